/// The secret behind the fingerprints of accounts: a changed byte of it is noticed before an account counts as another.

import Glibc
import TestSupport
import Testing

@Suite("The ledger's salt is held against its digest")
struct SaltTests {
  @Test(
    "A flipped byte anywhere in it stops every start and every verify, with the file's name",
    arguments: [0, 31, 32, 63])
  func flipped(_ place: Int) async throws {
    try await withAccounts { root in
      var salt = try root.read("ledger/salt")
      #expect(salt.count == 64)
      salt[place] ^= 0x10
      try root.write(salt, to: "ledger/salt")
      for verb in [["ledger", "verify"], ["ledger", "prove"], ["once"], ["run"]] {
        let answer = try await WaybillProgram.run(verb + ["--root", root.path])
        #expect(answer.status == .exited(3), "\(verb)")
        #expect(answer.errorLines.count == 1)
        #expect(answer.errors.contains("ledger/salt is damaged"), "\(verb): \(answer.errors)")
      }
    }
  }

  @Test("A salt that is gone is found by verify, and said where it is made anew")
  func gone() async throws {
    try await withAccounts { root in
      #expect(unlink(root.path("ledger/salt")) == 0)
      let proof = try await WaybillProgram.run(["ledger", "verify", "--root", root.path])
      #expect(proof.status == .exited(3))
      #expect(proof.errors.contains("ledger/salt is missing"), "\(proof.errors)")
      let once = try await WaybillProgram.run(["once", "--root", root.path])
      #expect(once.status == .exited(0))
      #expect(once.errors.contains("ledger/salt was missing and is made anew"), "\(once.errors)")
    }
  }

  @Test("One that an earlier program wrote without a digest gets it at the next start, and means the same")
  func earlier() async throws {
    try await withAccounts { root in
      let salt = try root.read("ledger/salt")
      try root.write(Array(salt.prefix(32)), to: "ledger/salt")
      try root.write(Self.accounts + "\n", to: "inbox/easyecom/carriers-2.csv")
      let once = try await WaybillProgram.run(["once", "--root", root.path])
      #expect(once.status == .exited(0), "\(once.errors)")
      #expect(try root.read("ledger/salt") == salt)
      // The same account again: known by its fingerprint.
      #expect(try root.text("outbox/easyecom/carriers-2.csv.ack.json").contains("\"duplicate\": 1"))
    }
  }

  private static let accounts =
    "location_key,carrier,username,password,extra_credential_1\nWH-1,Ekart,MERCHANT-1,sample-token,PNQ-04\n"

  /// An exchange that knows one carrier's account.
  private func withAccounts(_ body: (TemporaryFolder) async throws -> Void) async throws {
    try await withTemporaryFolder { root in
      try root.write(Self.accounts, to: "inbox/easyecom/carriers-1.csv")
      let once = try await WaybillProgram.run(["once", "--root", root.path, "--quiet"])
      #expect(once.status == .exited(0), "\(once.errors)")
      try await body(root)
    }
  }
}

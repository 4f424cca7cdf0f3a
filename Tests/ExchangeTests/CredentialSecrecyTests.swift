/// Credentials on every way through the exchange, killed at every point: nothing of them is left anywhere.

import Files
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Credentials stay secret")
struct CredentialSecrecyTests {
  /// A part of every password, token and location code that is dropped.
  private static let mark = "S3CRET"

  @Test("No byte of a credential is anywhere when the work is done")
  func undisturbed() async throws {
    try await withTemporaryFolder { root in
      try Self.drill.prepare(root)
      for number in Self.drill.drops.indices {
        try Self.drill.drop(number, in: root)
        try await Self.succeed(root, drop: number)
      }
      try Self.expectOutcomes(root)
      try Self.expectNoTrace(root)
      try await expectSilentVerbs(root)
    }
  }

  @Test("None either when the program was killed on the way", arguments: CrashPoint.Name.ofWork, [1, 3])
  func killed(_ point: CrashPoint.Name, _ passage: Int) async throws {
    try await withTemporaryFolder { root in
      try Self.drill.prepare(root)
      for number in Self.drill.drops.indices {
        try Self.drill.drop(number, in: root)
        let killed = try await Drill.once(
          root, drop: number, environment: ["WAYBILL_CRASH": "\(point.rawValue):\(passage)"])
        #expect(
          killed.status == .killed(by: SIGKILL) || passage > 1 || number > 0, "\(point) is never passed")
        #expect(!killed.output.contains(Self.mark) && !killed.errors.contains(Self.mark))
        try await Self.succeed(root, drop: number)
      }
      try Self.expectOutcomes(root)
      try Self.expectNoTrace(root)
    }
  }

  private static func succeed(_ root: TemporaryFolder, drop: Int) async throws {
    let finished = try await Drill.once(root, drop: drop)
    #expect(finished.status == .exited(0), "\(finished.errors)")
    #expect(!finished.output.contains(mark) && !finished.errors.contains(mark))
  }

  // MARK: What is looked at

  /// The files came to what they were made for; else the test would prove nothing.
  private static func expectOutcomes(_ root: TemporaryFolder) throws {
    for (file, outcome, read) in [
      ("easyecom/carriers-1.csv", "accepted", 2), ("easyecom/carriers-1b.csv", "duplicate_file", 2),
      ("easyecom/carriers-2.json", "accepted", 1), ("easyecom/carriers-3.csv.gz", "accepted", 1),
      ("easyecom/carriers-4.json", "rejected", 0), ("easyecom/carriers-5.csv", "rejected", 0),
      ("easyecom/carriers-6.csv", "accepted_with_errors", 3),
      ("easyecom/carriers-6.csv.errors.csv", "accepted", 1),
      ("easyecom/carriers-7.csv", "accepted", 1), ("easyecom/carriers-8.jsonl", "accepted_with_errors", 2),
      ("easyecom/carriers-9.csv", "accepted", 1), ("easyecom/carriers-10.csv.gz", "rejected", 0),
      ("easyecom/orders-1.csv", "rejected", 0), ("easyecom/orders-2.csv", "accepted_with_errors", 2),
      ("easyecom/orders-3.jsonl", "accepted_with_errors", 2), ("easyecom/accounts.csv", "accepted", 1),
      ("booon/carriers-1.csv", "accepted", 1), ("booon/carriers-2.csv", "accepted_with_errors", 1),
      ("nexar/carriers-1.csv", "rejected", 0), ("dtdc/letter.csv", "rejected", 0),
      ("strict-shop/carriers-1.csv", "held", 0), ("whole-shop/carriers-1.csv", "rejected", 0),
    ] {
      let bytes = try FolderTree(at: root.path("outbox")).bytes(of: file + ".ack.json")
      let ack = try JSONDecoder().decode(Ack.self, from: Data(bytes))
      #expect(
        ack.outcome == outcome && ack.rows.read == read, "\(file): \(ack.outcome), \(ack.rows.read) rows")
    }
  }

  private static func expectNoTrace(_ root: TemporaryFolder) throws {
    let tree = try FolderTree(at: root.path, leavingOut: ["exchange.json"])
    #expect(tree.files.contains { $0.hasPrefix("ledger/archive/") })
    for file in tree.files {
      let bytes = tree.bytes(of: file)
      #expect(!holds(bytes, Array(mark.utf8)), "\(file) holds a credential")
      #expect(!holds(bytes, mark.utf8.flatMap { [$0, 0] }), "\(file) holds a credential in UTF-16")
      let isPacked = bytes.starts(with: [0x1F, 0x8B])
      #expect(!isPacked || !file.hasPrefix("ledger/"), "\(file) is a packed original")
    }
  }

  private static func holds(_ bytes: [UInt8], _ word: [UInt8]) -> Bool {
    guard bytes.count >= word.count else { return false }
    return bytes.indices.dropLast(word.count - 1).contains { start in
      bytes[start] == word[0] && bytes[start..<start + word.count].elementsEqual(word)
    }
  }

  /// No verb shows any, not even the one that is given a file of them.
  private func expectSilentVerbs(_ root: TemporaryFolder) async throws {
    try root.write(
      Self.header + "WH-1,Ekart,M-9,S3CRET-check\nWH-1,,M-9,S3CRET-check\n", to: "carriers-x.csv")
    for words in [
      ["status"], ["status", "--json"], ["ledger", "dump"], ["ledger", "verify"], ["ledger", "prove"],
      ["check", root.path("carriers-x.csv"), "--partner", "easyecom"], ["order", "CR-1"],
      ["order", "CR-1", "--json"], ["config", "show"], ["rules"],
    ] {
      let told = try await WaybillProgram.run(words + ["--root", root.path])
      #expect(
        told.status == .exited(0) || told.status == .exited(1), "\(words): \(told.status) \(told.errors)")
      #expect(!told.output.isEmpty, "\(words)")
      #expect(!told.output.contains(Self.mark) && !told.errors.contains(Self.mark), "\(words)")
    }
  }

  // MARK: What is dropped

  private static let header = "location_key,carrier,username,password,extra_credential_1\n"

  private static let drill: Drill = {
    let sound = header + "WH-1,Ekart,M-1,\"S3CRET,\"\"one\"\"\",S3CRET-PNQ\nWH-2,Ekart,M-2,=S3CRET-two,\n"
    let object = #"{"location_key":"WH-3","carrier":"Ekart","username":"M-3","password":"S3CRET\u002dthree"}"#
    let ragged =
      header + "WH-4,Ekart,M-4,S3CRET-four\nWH-5,Ekart,,S3CRET-five,S3CRET-L\nWH-6,Ekart,M-6,S3CRET-six,\n"
    let held = header + "WH-7,Ekart,M-7,\"S3CRET-sev"
    let utf16 = (header + "WH-9,Ekart,M-9,S3CRET-nine,\n").utf16.flatMap {
      [UInt8($0 & 255), UInt8($0 >> 8)]
    }
    let orders = "order_number,sku,quantity,location_key,Extra Credential 1,password\n"
    let rejected = header + "WH-A,Ekart,M,S3CRET-a,\nWH-B,,M,S3CRET-b,\nWH-C,Ekart,,S3CRET-c,\n"
    let packed = gzip(header + "WH-8,Ekart,M-8,S3CRET-eight,S3CRET-L\n")
    let first: [Drill.Upload] = [
      .init("easyecom", "carriers-1.csv", sound),
      .init("easyecom", "carriers-2.json", "[" + object + "]"),
      .init("easyecom", "carriers-3.csv.gz", packed),
      .init("easyecom", "carriers-4.json", "[" + object + ",{\"password\":\"S3CRET-x\" \"y\":1}]"),
      .init("easyecom", "carriers-5.csv", "pass_word," + header + "S3CRET,WH-1,Ekart,M-1,S3CRET,S3CRET\n"),
      .init("easyecom", "carriers-6.csv", ragged),
      .init("easyecom", "carriers-7.csv", held),
      .init(
        "easyecom", "carriers-8.jsonl", object + "\n{\"location_key\":\"WH-3\",\"password\":\"S3CRET-l}\n"),
      .init("easyecom", "carriers-9.csv", [0xFF, 0xFE] + utf16),
      .init("easyecom", "carriers-10.csv.gz", Array(packed.dropLast(5)) + [1, 2, 3, 4, 5]),
      .init("easyecom", "accounts.csv", header + "WH-D,Ekart,M-D,S3CRET-d,\n"),
      .init("easyecom", "orders-1.csv", header + "WH-1,Ekart,M-1,S3CRET-m,S3CRET-n\n"),
      .init(
        "easyecom", "orders-2.csv",
        orders + "CR-1,TEA,1,WH-1,S3CRET-e,S3CRET-f\nCR-2,TEA,none,WH-1,S3CRET-g,S3CRET-h\n"),
      .init(
        "easyecom", "orders-3.jsonl",
        """
        {"order_number":"CR-3","location_key":"WH-1","pass_word":"S3CRET-i","items":[{"sku":"TEA","quantity":1}]}
        {"order_number":"CR-4","location_key":"WH-1","Password":{"is":"S3CRET-j"},"items":[{"sku":"TEA","quantity":0}]}

        """),
      .init("booon", "carriers-1.csv", header + "WH-1,Ekart,B-1,S3CRET-k,\n"),
      .init("nexar", "carriers-1.csv", sound),
      .init("dtdc", "letter.csv", "who,Pass-Word\nme,S3CRET-l\n"),
      .init("strict-shop", "carriers-1.csv", rejected),
      .init("whole-shop", "carriers-1.csv", rejected),
    ]
    let second: [Drill.Upload] = [
      .init("easyecom", "carriers-1b.csv", sound),
      .init("easyecom", "carriers-7.csv", held + "en\",\n"),
      .init("booon", "carriers-2.csv", header + "WH-1,Ekart,B-1,S3CRET-another,\n"),
      .init("easyecom", "carriers-6.csv.errors.csv", header + "WH-5,Ekart,M-5,S3CRET-five,S3CRET-L\n"),
    ]
    return Drill(
      name: "credentials", drops: [first, second],
      configuration: """
        {"partners": {"strict-shop": {"role": "marketplace", "errorBudget": 0.2},
          "whole-shop": {"role": "marketplace", "atomicFiles": true}}}
        """)
  }()

  private static func gzip(_ text: String) -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "printf %s \"$0\" | gzip -n", text]
    let output = Pipe()
    process.standardOutput = output
    guard (try? process.run()) != nil else { return [] }
    let packed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return [UInt8](packed)
  }
}

/// The golden exchanges: every folder of `fixtures/exchanges`, processed by the program and held byte for byte.

import TestSupport
import Testing

@Suite struct GoldenExchangeTests {
  @Test("An exchange ends in the recorded outbox and ledger", arguments: ExchangeCase.all(in: "exchanges"))
  func ends(_ exchange: ExchangeCase) async throws {
    let result = try await exchange.run()
    let difference = try result.difference(from: exchange.path, withLedger: true)
    #expect(difference == nil, "\(exchange): \(difference ?? "")")
    try expectSoundAcks(result)
  }

  @Test("Every rule of the five seeds has its exchange, which names the seed")
  func seedsAreNamed() throws {
    let stories = try ExchangeCase.all(in: "exchanges").map { exchange in
      String(decoding: try FolderTree(at: fixture(exchange.path)).bytes(of: "README.md"), as: UTF8.self)
    }
    #expect(stories.allSatisfy { $0.hasPrefix("# ") && $0.count > 80 })
    for seed in [
      "booon-marketplace", "dtdc-raftaar-wms", "ecom-express-status-push", "ekart-carrier",
      "nexar-logistics-wms",
    ] {
      #expect(stories.contains { $0.contains("`\(seed)`") }, "no exchange names the seed \(seed)")
    }
  }
}

/// What holds of every ack: the rows read are the sum of the five outcomes, and every answer it names lies beside it.
func expectSoundAcks(_ result: ExchangeResult) throws {
  for (file, ack) in try result.acks() {
    let rows = ack.rows
    let sum = rows.applied + rows.duplicate + rows.recorded + rows.parked + rows.rejected
    #expect(rows.read == sum, "\(file): read \(rows.read), but the outcomes sum to \(sum)")
    let folder = file.split(separator: "/").dropLast().joined(separator: "/")
    for answer in ack.answers {
      #expect(
        result.outbox.entries[folder + "/" + answer] != nil, "\(file) names \(answer), which is not there")
    }
  }
}

extension FolderTree {
  /// The bytes of a file of the tree; empty where there is none.
  func bytes(of file: String) -> [UInt8] {
    if case .file(let bytes)? = entries[file] { bytes } else { [] }
  }
}

/// The golden exchanges once more, by the filters: the same outbox, byte for byte, over however many tasks the work is spread.

import Foundation
import Orders
import TestSupport
import Testing

@testable import Exchange

@Suite("The golden exchanges through the filters") struct FilteredGoldenTests {
  /// An operator's verbs, and what edited settings ask for, are done on the one machine; the exchanges that need one in between come back to it for that.
  static let exchanges = ExchangeCase.all(in: "exchanges").filter { !$0.needsOperator }

  @Test("An exchange that is routed, judged and assembled ends in the recorded outbox", arguments: exchanges)
  func ends(_ exchange: ExchangeCase) throws {
    for tasks in [1, 3, 16] {
      let outbox = try exchange.filtered(tasks: tasks).outbox
      var found = FolderTree(entries: [:])
      for (path, bytes) in outbox { found.entries[path] = .file(bytes) }
      var expected = try FolderTree(at: fixture(exchange.path + "/expected/outbox"))
      expected.entries = expected.entries.filter { $0.value != .folder && !$0.key.hasPrefix("reports/") }
      let difference = expected.difference(from: found)
      #expect(difference == nil, "\(tasks) tasks: \(difference ?? "")")
    }
  }
}

extension ExchangeCase {
  var needsOperator: Bool {
    drops.contains { command(after: $0) != nil } || drops.dropFirst().contains { settings(of: $0) != nil }
  }

  /// Processes the drops by the filters.
  func filtered(tasks: Int) throws -> FilteredExchange {
    let settings = try? Data(contentsOf: URL(filePath: fixture(path + "/exchange.json")))
    var exchange = try FilteredExchange(tasks: tasks, settings: settings.map { [UInt8]($0) })
    for drop in drops.indices { try exchange.process(try files(of: drop), at: try instant(of: drop)) }
    return exchange
  }
}

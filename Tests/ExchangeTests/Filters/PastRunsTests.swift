import Files
import Orders
import TestSupport
import Testing

@testable import Exchange

@Suite("Records of a snapshot in their order") struct PastRunsTests {
  @Test("however many runs they are laid aside in, the records come in the order of their places")
  func order() async throws {
    let exchange = try #require(ExchangeCase.all(in: "exchanges").first { $0.name == "trading-day" })
    let lines = try exchange.filtered(tasks: 3).snapshot.filter { $0.kind == .past }
    #expect(lines.count > 100)
    try withTemporaryFolder { root in
      // Two parts, neither of them sorted by place; the last line of one lacks its end.
      for part in 0..<2 {
        let own = lines.indices.filter { $0 % 2 == part }.map {
          String(decoding: lines[$0].bytes, as: UTF8.self)
        }
        try root.write(own.joined(separator: "\n") + (part == 0 ? "\n" : ""), to: "past/part-0000\(part)")
      }
      try root.write("nobody's", to: "past/_SUCCESS")
      let expected = try lines.map { try PastRecord($0).place }.sorted()
      for bytes in [1, 5_000, PastRuns.runBytesMax] {
        var runs = try PastRuns(of: try Folder(path: root.path("past")), runBytesMax: bytes)
        var found: [RecordPlace] = []
        while let record = runs.first {
          found.append(record.place)
          try runs.removeFirst()
        }
        #expect(found == expected, "runs of \(bytes) bytes")
      }
    }
  }
}

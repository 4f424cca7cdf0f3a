import Files
import Orders
import TestSupport
import Testing

@testable import Outbox

@Suite("A feed's file")
struct FeedFileTests {
  @Test("A record put in one go is that of its fields, or is left to them", arguments: UInt64(1)...4)
  func inOneGo(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    try withTemporaryFolder { place in
      let folder = try Folder(path: place.path)
      var fast = file("fast", folder)
      var slow = file("slow", folder)
      var putCount = 0
      for turn in 0..<500 {
        let texts = (0..<4).map { _ in text(&numbers) }
        let state = ShipmentState.allCases.randomElement(using: &numbers) ?? .open
        let since = Timestamp(
          milliseconds: Int64.random(in: 0..<2_000_000_000_000, using: &numbers) / 1000 * 1000 + Int64(
            turn % 2) * 7)
        let words = texts.map { word(of: $0) }
        let keys = FeedFile.Keys(
          orderNumber: words[0], shipment: UInt32(turn % 12), invoiceID: words[1], awbNumber: words[2])
        if try fast.put(keys, courier: words[3], state, since: since) {
          putCount += 1
        } else {
          try write(texts, keys, state, since, to: &fast)
        }
        try write(texts, keys, state, since, to: &slow, byFields: true)
      }
      #expect(putCount > 200)
      let count = fast.recordCount
      #expect(count == 500)
      let inOneGo = try fast.finish().bytes(in: folder)
      #expect(try slow.finish().bytes(in: folder) == inOneGo, "seed \(seed)")
    }
  }

  private func file(_ name: String, _ folder: Folder) -> FeedFile {
    FeedFile(
      .tracking, partner: "easyecom", number: 1, zone: .kolkata, staging: folder,
      stagedName: Array(name.utf8))
  }

  private func text(_ numbers: inout SeededNumbers) -> [UInt8] {
    let isPlain = Int.random(in: 0..<10, using: &numbers) > 0
    return (0..<Int.random(in: 0...32, using: &numbers)).map { _ in
      isPlain
        ? UInt8.random(in: UInt8(ascii: "#")...UInt8(ascii: "Z"), using: &numbers)
        : UInt8.random(in: 0...255, using: &numbers)
    }
  }

  /// The text as a word, with its digits told apart where they stand at its end.
  private func word(of text: [UInt8]) -> NumberedWord {
    let digits = KeyDigits(text.span)
    guard digits.count > 0, digits.end == text.count else {
      return NumberedWord(ShortWord(text.span) ?? .none)
    }
    let before = Array(text[..<digits.start])
    return NumberedWord(NumberedWord(ShortWord(before.span) ?? .none), digits)
  }

  private func write(
    _ texts: [[UInt8]], _ keys: FeedFile.Keys, _ state: ShipmentState, _ since: Timestamp,
    to file: inout FeedFile, byFields: Bool = false
  ) throws {
    let (order, invoice, awb, courier) = (texts[0], texts[1], texts[2], texts[3])
    file.begin(.put)
    if byFields || !file.put(keys) {
      file.add(.orderNumber, text: order.span)
      file.add(.shipment, number: Int(keys.shipment))
      file.add(.invoiceID, given: invoice.span)
      file.add(.awbNumber, given: awb.span)
    }
    file.add(.courier, given: courier.span)
    file.add(.state, state: state)
    file.add(.since, time: since)
    try file.end()
  }
}

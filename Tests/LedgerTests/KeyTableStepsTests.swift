// Keys of many steps, entered together, against the same keys one by one.

import Files
import Orders
import Testing

@testable import Ledger

@Suite("Keys of a run of steps")
struct KeyTableStepsTests {
  @Test(
    "Entered together they make the very table that they make one by one",
    arguments: [
      KeyTable.Kind.isPacked, [.isPacked, .standsForItself], [.isPacked, .hasPrefix, .standsForItself],
    ],
    UInt64(1)...8)
  func together(kind: KeyTable.Kind, seed: UInt64) {
    var numbers = SeededNumbers(seed: seed &* 31 &+ UInt64(kind.rawValue))
    var (together, single) = (KeyTable(seed: seed, kind), KeyTable(seed: seed, kind))
    let hasPrefix = kind.contains(.hasPrefix)
    for _ in 0..<60 {
      together.beginPage()
      single.beginPage()
      var (bytes, steps) = ([UInt8](), [ReplayStep]())
      var listed = KeyedSteps()
      var values = InlineArray<128, UInt32>(repeating: Books.noKey)
      for place in 0..<Int.random(in: 0...128, using: &numbers) {
        let key = Array(text(&numbers).utf8)
        let prefix = hasPrefix ? UInt32.random(in: 0..<3, using: &numbers) : 0
        let spelling =
          key.first == UInt8(ascii: "K") && key.count == 5 ? UInt8(3) : SoughtKeys.Spellings.unlisted
        steps.append(
          ReplayStep(
            .addLine, of: hasPrefix ? prefix : UInt32(place), record: 0, time: .distantPast,
            key: ReplayStep.Key(
              text: Slice(offset: bytes.count, length: key.count),
              sought: together.sought(key.span, prefix: prefix), spelling: spelling)))
        bytes += key
        if Int.random(in: 0..<10, using: &numbers) == 0 { continue }
        listed.append(place)
        values[place] = UInt32.random(in: 0..<1 << 30, using: &numbers)
      }
      let movesKnown = !kind.contains(.standsForItself) && Bool.random(using: &numbers)
      let before = values
      together.enter(listed, of: steps.span, in: bytes.span, movesKnown: movesKnown, &values)
      for index in 0..<listed.count {
        let place = Int(listed.places[index])
        let key = bytes[steps[place].text.range]
        let prefix = hasPrefix ? steps[place].subject : 0
        let value = kind.contains(.standsForItself) ? UInt32(single.count) : before[place]
        let (number, isNew) = single.findOrInsert(
          key.span, prefix: prefix, single.sought(key.span, prefix: prefix), value: value)
        if !isNew && movesKnown { single.setValue(number, value) }
        #expect(values[place] == UInt32(number), "seed \(seed)")
      }
      expectSame(together, single, "seed \(seed)")
    }
    #expect(single.count > 300)
  }

  /// Short ranges of numbers, so that keys come again in the same run; some that end in no digits, or in another text.
  private func text(_ numbers: inout SeededNumbers) -> String {
    let number = Int.random(in: 1_000..<2_000, using: &numbers)
    return [
      "K\(number)", "BOX-\(number)", "\(number)", "P-\(number % 40)-1", "t\(number % 7)", "X\(number)Y",
    ]
    .randomElement(using: &numbers) ?? ""
  }

  private func expectSame(_ a: KeyTable, _ b: KeyTable, _ note: Comment) {
    let (a, b) = (a.arrays, b.arrays)
    #expect(a.slots == b.slots && a.words == b.words && a.arena == b.arena, note)
    #expect(a.prefixes == b.prefixes && a.values == b.values && a.shapes == b.shapes, note)
  }
}

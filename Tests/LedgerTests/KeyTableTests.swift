// The key table against the obvious one: a dictionary, and the keys in a list.

import Files
import Orders
import Testing

@testable import Ledger

@Suite("Keys by their bytes")
struct KeyTableTests {
  /// The obvious table.
  private struct Oracle {
    var keys: [[UInt8]] = []
    var values: [UInt32] = []
    var numbers: [[UInt8]: Int] = [:]

    mutating func insert(_ key: [UInt8], _ value: UInt32) {
      numbers[key] = keys.count
      keys.append(key)
      values.append(value)
    }

    mutating func removeLast() {
      numbers[keys.removeLast()] = nil
      values.removeLast()
    }
  }

  @Test(
    "It finds, grows and forgets as a dictionary does",
    arguments: [KeyTable.Kind(), .hasPrefix, .isPacked, [.hasPrefix, .isPacked]], [UInt64(1), 2, 3, 4, 5])
  func againstADictionary(kind: KeyTable.Kind, seed: UInt64) {
    var numbers = SeededNumbers(seed: seed &* 31 &+ UInt64(kind.rawValue))
    var table = KeyTable(seed: seed, kind)
    var oracle = Oracle()
    let prefixMax: UInt32 = kind.contains(.hasPrefix) ? 3 : 0
    for _ in 0..<4_000 {
      let prefix = UInt32.random(in: 0...prefixMax, using: &numbers)
      let text = Bool.random(using: &numbers) ? key(&numbers) : paper(&numbers)
      let whole = [UInt8(prefix)] + text
      switch Int.random(in: 0..<10, using: &numbers) {
      case 0..<6:
        guard oracle.numbers[whole] == nil else { continue }
        let value = UInt32.random(in: 0 ... .max, using: &numbers)
        let number = table.insert(text.span, prefix: prefix, value: value)
        #expect(number == oracle.keys.count, "seed \(seed)")
        oracle.insert(whole, value)
      case 6..<8:
        if oracle.keys.isEmpty { continue }
        let back = Int.random(in: 1...min(3, oracle.keys.count), using: &numbers)
        for _ in 0..<back {
          table.removeLast()
          oracle.removeLast()
        }
      case 8:
        if oracle.keys.isEmpty { continue }
        let number = Int.random(in: oracle.keys.indices, using: &numbers)
        oracle.values[number] = UInt32.random(in: 0 ... .max, using: &numbers)
        table.setValue(number, oracle.values[number])
      default:
        #expect(table.number(of: text, prefix) == oracle.numbers[whole], "seed \(seed)")
      }
    }
    #expect(table.count == oracle.keys.count)
    for (number, whole) in oracle.keys.enumerated() {
      let (prefix, text) = (UInt32(whole[0]), Array(whole.dropFirst()))
      #expect(table.number(of: text, prefix) == number, "seed \(seed)")
      #expect(table.worth(of: text, prefix) == oracle.values[number], "seed \(seed)")
      #expect(table.bytes(of: number) == text[...] && table.prefix(of: number) == prefix, "seed \(seed)")
      var written = GrowingBytes()
      var word = NumberedWord.none
      if table.write(number, to: &word) {
        let isPlain = written.appendLine(upTo: NumberedWord.bytesMax) { $0.put(plain: word) }
        #expect(written.bytes == text || !isPlain, "seed \(seed)")
      } else {
        #expect(text.count > ShortWord.bytesMax)
      }
    }
  }

  @Test(
    "Room that is made ahead changes no key, and once it is given back the table is as large as one that grew",
    arguments: [KeyTable.Kind(), .hasPrefix, .isPacked, [.hasPrefix, .isPacked]], [UInt64(1), 2, 3])
  func roomAhead(kind: KeyTable.Kind, seed: UInt64) {
    var numbers = SeededNumbers(seed: seed &* 37 &+ UInt64(kind.rawValue))
    var (ahead, grown) = (KeyTable(seed: seed, kind), KeyTable(seed: seed, kind))
    let prefixMax: UInt32 = kind.contains(.hasPrefix) ? 3 : 0
    for _ in 0..<12 {
      let count = Int.random(in: 1...300, using: &numbers)
      let outlook = ReplayOutlook(
        transaction: Double.random(in: 1...20, using: &numbers),
        journal: Double.random(in: 1...20, using: &numbers))
      ahead.makeRoom(for: count, outlook)
      for _ in 0..<count {
        let prefix = UInt32.random(in: 0...prefixMax, using: &numbers)
        let text = Bool.random(using: &numbers) ? key(&numbers) : paper(&numbers)
        let known = grown.find(text.span, prefix: prefix)
        let number = known ?? grown.insert(text.span, prefix: prefix, value: 7)
        let found = ahead.findOrInsert(
          text.span, prefix: prefix, ahead.sought(text.span, prefix: prefix), value: 7)
        #expect(found.number == number && found.isNew == (known == nil), "seed \(seed)")
      }
    }
    ahead.giveBackRoom()
    #expect(ahead.arrays.slots.count == grown.arrays.slots.count, "seed \(seed)")
    #expect(ahead.arrays.words == grown.arrays.words && ahead.arrays.arena == grown.arrays.arena)
    for number in 0..<grown.count {
      #expect(ahead.number(of: Array(grown.bytes(of: number)), grown.prefix(of: number)) == number)
    }
  }

  @Test("What was taken out is not found, and every older key still is, at whatever fill")
  func emptied() {
    var table = KeyTable(seed: 9)
    let keys = (0..<300).map { Array("key-\($0)".utf8) }
    for (number, key) in keys.enumerated() { _ = table.insert(key.span, value: UInt32(number)) }
    for last in keys.indices.reversed() {
      table.removeLast()
      #expect(table.number(of: keys[last]) == nil)
      #expect(keys[..<last].enumerated().allSatisfy { table.number(of: $1) == $0 })
    }
    #expect(table.count == 0)
  }

  @Test(
    "Keys lie near to where they are sought, however full the table is and however alike they are",
    arguments: [KeyTable.Kind(), .isPacked, .hasPrefix, [.hasPrefix, .isPacked]], [40, 3_000, 24_000])
  func spread(kind: KeyTable.Kind, count: Int) {
    var table = KeyTable(seed: 6, kind)
    for number in 0..<count {
      let prefix = kind.contains(.hasPrefix) ? UInt32(number / 3) : 0
      table.insert(Array("FK-OD\(100_000 + number)".utf8).span, prefix: prefix, value: 0)
    }
    // Keys thrown at random at slots of which three quarters are taken stand in rows of a hundred at most, or two.
    var (row, longest) = (0, 0)
    for slot in table.slots {
      row = slot == 0 ? 0 : row + 1
      longest = max(longest, row)
    }
    #expect(longest <= min(count, 400))
    #expect(table.slots.count { $0 != 0 } == count)
    if count == 40 { #expect(longest < 30) }
  }

  @Test("The same text under another number is another key; an empty text is a key")
  func prefixes() {
    var table = KeyTable(seed: 1, .hasPrefix)
    let empty: [UInt8] = []
    _ = table.insert(empty.span, prefix: 1, value: 10)
    _ = table.insert(empty.span, prefix: .max, value: 11)
    #expect(table.worth(of: empty, 1) == 10)
    #expect(table.worth(of: empty, .max) == 11)
    #expect(table.number(of: empty, 0) == nil)
    #expect(table.prefix(of: 1) == .max)
  }

  @Test("A key that stands for itself has no other value, and a table of its arrays is the same table")
  func arrays() throws {
    var numbers = SeededNumbers(seed: 5)
    var table = KeyTable(seed: 3, [.isPacked, .standsForItself])
    var keys: [[UInt8]] = []
    for _ in 0..<2_000 {
      let key = paper(&numbers) + key(&numbers)
      if table.number(of: key) != nil { continue }
      table.insert(key.span, value: UInt32(keys.count))
      keys.append(key)
    }
    let again = try #require(KeyTable(like: KeyTable(seed: 3, [.isPacked, .standsForItself]), table.arrays))
    for (number, key) in keys.enumerated() {
      #expect(again.number(of: key) == number && again.worth(of: key, 0) == UInt32(number))
      #expect(again.bytes(of: number) == key[...] && again.isText(key, number))
      #expect(!again.isText(key + [48], number))
    }
    var other = table.arrays
    other.values = [0]
    #expect(KeyTable(like: table, other) == nil)
  }

  @Test(
    "Many keys looked up at once are those looked up one by one", arguments: [KeyTable.Kind(), .isPacked])
  func stage(kind: KeyTable.Kind) {
    var numbers = SeededNumbers(seed: 8)
    var table = KeyTable(seed: 2, kind)
    var keys: [[UInt8]] = []
    for _ in 0..<500 {
      let key = paper(&numbers)
      if table.number(of: key) == nil {
        table.insert(key.span, value: UInt32.random(in: 0...9, using: &numbers))
      }
      keys.append(key)
    }
    for start in stride(from: 0, to: 400, by: 50) {
      let some = keys[start..<start + 40] + (0..<10).map { _ in paper(&numbers) }
      var bytes: [UInt8] = []
      var cells: [Slice] = []
      for key in some {
        cells.append(Slice(offset: bytes.count, length: key.count))
        bytes += key
      }
      var sought = SoughtKeys()
      sought.take(cells.span, from: 0, by: 1, count: cells.count, in: bytes.span, for: table.seeking)
      var found: [UInt32] = []
      table.find(&sought, 0..<cells.count, of: cells.span, from: 0, by: 1, in: bytes.span, into: &found)
      #expect(found == some.map { key in table.number(of: key).map { UInt32($0) } ?? .max })
    }
  }

  @Test(
    "Keys taken up for a whole batch are found stage by stage, whatever came into the table between",
    arguments: UInt64(1)...8)
  func stages(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    var table = KeyTable(seed: 2, .isPacked)
    // Few spellings and digits, so that keys come again, with other texts before digits that are the same.
    let texts = (0..<40).map { "\("ABCDEFGH".prefix(1 + $0 % 8))-\($0)-" } + ["", "", ""]
    let keys = (0..<600).map { _ in
      let text = texts.randomElement(using: &numbers) ?? ""
      return Array("\(text)\(10_000 + Int.random(in: 0..<12, using: &numbers))".utf8)
    }
    var bytes: [UInt8] = []
    var cells: [Slice] = []
    for (place, key) in keys.enumerated() {
      // Now and then there is none.
      let count = place % 17 == 3 ? 0 : key.count
      cells.append(Slice(offset: bytes.count, length: count))
      bytes += key[..<count]
    }
    var sought = SoughtKeys()
    sought.take(cells.span, from: 0, by: 1, count: cells.count, in: bytes.span, for: table.seeking)
    #expect(sought.count == cells.count)
    var found: [UInt32] = []
    for start in stride(from: 0, to: keys.count, by: 60) {
      let rows = start..<start + 60
      table.find(&sought, rows, of: cells.span, from: start, by: 1, in: bytes.span, into: &found)
      let expected = rows.map { row in
        cells[row].isAbsent ? .max : table.number(of: keys[row]).map { UInt32($0) } ?? .max
      }
      #expect(found == expected, "seed \(seed), rows from \(start)")
      for row in rows where !cells[row].isAbsent {
        let key = keys[row]
        if table.number(of: key) == nil { table.insert(key.span, value: 0) }
      }
    }
  }

  @Test("Of shapes that were kept none is believed to be longer than one may be", arguments: [40, 41])
  func longShape(bytes count: Int) {
    var kept: [UInt8] = []
    kept.putNumber(1)
    kept.putText([UInt8](repeating: UInt8(ascii: "K"), count: count - 3))
    kept.putText("-IN")
    #expect((try? KeyShapes(kept))?.shapes.count == (count == 40 ? 2 : nil))
  }

  @Test("Numbered papers need a word of eight bytes, and nothing of the arena")
  func packed() {
    var table = KeyTable(seed: 1, .isPacked)
    for number in 0..<1_000 {
      let digits = String(number + 1_000_000_000_000)
      table.insert(Array("FK-OD\(digits.dropFirst(4))".utf8).span, value: 0)
      table.insert(Array("\(digits)-A".utf8).span, value: 0)
      table.insert(Array(digits.utf8).span, value: 0)
    }
    // The first of each shape lies there: nobody knew yet that there would be others.
    #expect(table.arrays.arena.count < 40)
  }

  /// Numbers of papers, as partners give them: some all digits, some long, some with a text before or behind.
  private func paper(_ numbers: inout SeededNumbers) -> [UInt8] {
    let texts = [
      "", "AMZ-171-", "FK-OD", "INV/25-26/", "a text that is much too long to be the shape of any key ",
    ]
    let before = texts.randomElement(using: &numbers) ?? ""
    let after = ["", "", "", "-1", "/B"].randomElement(using: &numbers) ?? ""
    let digits = (0..<Int.random(in: 1...18, using: &numbers)).map { _ in
      String(Int.random(in: 0...1, using: &numbers))
    }
    return Array((before + digits.joined() + after).utf8)
  }

  /// Short keys of few letters, so that they meet again and again.
  private func key(_ numbers: inout SeededNumbers) -> [UInt8] {
    (0..<Int.random(in: 0...6, using: &numbers)).map { _ in UInt8.random(in: 97...101, using: &numbers) }
  }
}

/// Look-ups by arrays, for spans may not stand in an expectation.
extension KeyTable {
  fileprivate func isText(_ key: [UInt8], _ number: Int) -> Bool { isText(key.span, of: number) }
  fileprivate func number(of key: [UInt8], _ prefix: UInt32 = 0) -> Int? { find(key.span, prefix: prefix) }
  fileprivate func worth(of key: [UInt8], _ prefix: UInt32) -> UInt32? { value(of: key.span, prefix: prefix) }
}

// The key table against the obvious one: a dictionary, and the keys in a list.

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
    "It finds, grows and forgets as a dictionary does", arguments: [0, 1, 2, 4], [UInt64(1), 2, 3, 4, 5])
  func againstADictionary(prefixWidth: Int, seed: UInt64) {
    var numbers = SeededNumbers(seed: seed &* 31 &+ UInt64(prefixWidth))
    var table = KeyTable(seed: seed, prefixWidth: prefixWidth)
    var oracle = Oracle()
    let prefixMax = UInt32(truncatingIfNeeded: (UInt64(1) << UInt64(8 * prefixWidth)) - 1)
    for _ in 0..<4_000 {
      let prefix = prefixWidth == 0 ? 0 : UInt32.random(in: 0...min(prefixMax, 3), using: &numbers)
      let text = key(&numbers)
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

  @Test("The same text under another number is another key; an empty text is a key")
  func prefixes() {
    var table = KeyTable(seed: 1, prefixWidth: 4)
    let empty: [UInt8] = []
    _ = table.insert(empty.span, prefix: 1, value: 10)
    _ = table.insert(empty.span, prefix: .max, value: 11)
    #expect(table.worth(of: empty, 1) == 10)
    #expect(table.worth(of: empty, .max) == 11)
    #expect(table.number(of: empty, 0) == nil)
    #expect(table.prefix(of: 1) == .max)
  }

  /// Short keys of few letters, so that they meet again and again.
  private func key(_ numbers: inout SeededNumbers) -> [UInt8] {
    (0..<Int.random(in: 0...6, using: &numbers)).map { _ in UInt8.random(in: 97...101, using: &numbers) }
  }
}

/// Look-ups by arrays, for spans may not stand in an expectation.
extension KeyTable {
  fileprivate func number(of key: [UInt8], _ prefix: UInt32 = 0) -> Int? { find(key.span, prefix: prefix) }
  fileprivate func worth(of key: [UInt8], _ prefix: UInt32) -> UInt32? { value(of: key.span, prefix: prefix) }
}

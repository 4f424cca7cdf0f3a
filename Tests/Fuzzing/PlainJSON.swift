// The plain JSON reader: the grammar of RFC 8259, rule by rule, and nothing kept.

import Formats
import Foundation
import Orders

/// Whether bytes are a JSON text.
struct PlainJSON {
  enum Finding: Equatable {
    case valid(depth: Int)
    case broken
    /// More bytes could make it whole.
    case endsEarly
  }

  private enum Stop: Error { case broken, endsEarly }

  private let bytes: ArraySlice<UInt8>
  private var place: Int
  private var deepest = 0
  private static let depthMax = 2_000

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  static func read(_ bytes: ArraySlice<UInt8>) -> Finding {
    var text = PlainJSON(bytes)
    do {
      text.skipBlanks()
      try text.value(1)
      text.skipBlanks()
      return text.place == bytes.endIndex ? .valid(depth: text.deepest) : .broken
    } catch {
      return error as? Stop == .endsEarly ? .endsEarly : .broken
    }
  }

  private mutating func skipBlanks() {
    while place < bytes.endIndex, [32, 9, 10, 13].contains(bytes[place]) { place += 1 }
  }

  private mutating func next() throws -> UInt8 {
    guard place < bytes.endIndex else { throw Stop.endsEarly }
    place += 1
    return bytes[place - 1]
  }

  private mutating func value(_ depth: Int) throws {
    guard place < bytes.endIndex else { throw Stop.endsEarly }
    switch bytes[place] {
    case 123: try list(depth, closing: 125, named: true)
    case 91: try list(depth, closing: 93, named: false)
    case 34: try string()
    case 116: try word("true")
    case 102: try word("false")
    case 110: try word("null")
    default: try number()
    }
  }

  private mutating func list(_ depth: Int, closing: UInt8, named: Bool) throws {
    deepest = max(deepest, depth)
    if depth > Self.depthMax { throw Stop.broken }
    place += 1
    skipBlanks()
    if place < bytes.endIndex, bytes[place] == closing {
      place += 1
      return
    }
    while true {
      skipBlanks()
      if named {
        if place < bytes.endIndex, bytes[place] != 34 { throw Stop.broken }
        try string()
        skipBlanks()
        if try next() != 58 { throw Stop.broken }
        skipBlanks()
      }
      try value(depth + 1)
      skipBlanks()
      let byte = try next()
      if byte == closing { return }
      if byte != 44 { throw Stop.broken }
    }
  }

  private mutating func string() throws {
    if try next() != 34 { throw Stop.broken }
    while true {
      let byte = try next()
      if byte == 34 { return }
      if byte < 32 { throw Stop.broken }
      if byte != 92 { continue }
      let escape = try next()
      if escape == 117 {
        for _ in 0..<4 {
          let digit = try next()
          if !Character(UnicodeScalar(digit)).isHexDigit || digit > 127 { throw Stop.broken }
        }
      } else if !"\"\\/bfnrt".utf8.contains(escape) {
        throw Stop.broken
      }
    }
  }

  private mutating func word(_ word: String) throws {
    for letter in word.utf8 where try next() != letter { throw Stop.broken }
  }

  private mutating func digits() throws {
    let start = place
    while place < bytes.endIndex, (48...57).contains(bytes[place]) { place += 1 }
    if place == start { throw place == bytes.endIndex ? Stop.endsEarly : Stop.broken }
  }

  private mutating func number() throws {
    if bytes[place] == 45 { place += 1 }
    if place < bytes.endIndex, bytes[place] == 48 { place += 1 } else { try digits() }
    if place < bytes.endIndex, bytes[place] == 46 {
      place += 1
      try digits()
    }
    if place < bytes.endIndex, bytes[place] | 32 == 101 {
      place += 1
      if place < bytes.endIndex, bytes[place] == 43 || bytes[place] == 45 { place += 1 }
      try digits()
    }
  }

  // MARK: Held against a reading

  /// A document that breaks the grammar is never read to its end, one that keeps it is never called broken.
  static func checkDocument(_ input: [UInt8], _ whole: FuzzedReading, depthMax: Int) throws {
    if input.starts(with: [0xFF, 0xFE]) || input.starts(with: [0xFE, 0xFF]) { return }
    let text = input.starts(with: [0xEF, 0xBB, 0xBF]) ? input[3...] : input[...]
    let codes = whole.fault?.faults.map(\.code) ?? []
    switch read(text) {
    case .valid(let depth):
      try compareWithFoundation(text, isValid: true, depth: depth)
      // A key beneath the records adds to the depth; what lies deeper than the bound is refused as such.
      let isDeep = depth > depthMax
      let isMeant = codes.allSatisfy { $0 == .unknownShape || isDeep && $0 == .overBound }
      try expect(isMeant, "a sound document is said to be \(codes)")
    case .broken:
      try compareWithFoundation(text, isValid: false, depth: 0)
      try expect(whole.fault != nil, "a broken document was read to its end")
      try expect(!codes.contains(.truncated) || whole.fault?.isIncomplete == true, "truncated, and not held")
    case .endsEarly:
      let isBlank = text.allSatisfy { [32, 9, 10, 13].contains($0) }
      try expect(whole.fault != nil, "a document that ends early was read to its end")
      let isMeant = codes.allSatisfy { [.truncated, .unknownShape, .overBound].contains($0) }
      try expect(
        isBlank ? codes == [.emptyFile] : isMeant, "a document that ends early is said to be \(codes)")
    }
  }

  /// "One bad record in JSON Lines costs that record": as many rows as lines that are not blank, each judged by itself.
  static func checkLines(_ input: [UInt8], _ whole: FuzzedReading, depthMax: Int) throws {
    if input.starts(with: [0xFF, 0xFE]) || input.starts(with: [0xFE, 0xFF]) { return }
    let text = input.starts(with: [0xEF, 0xBB, 0xBF]) ? input[3...] : input[...]
    let lines = text.split(separator: 10, omittingEmptySubsequences: false)
    guard whole.fault == nil else {
      let codes = whole.fault?.faults.map(\.code) ?? []
      let isBlank = text.allSatisfy { [32, 9, 10, 13].contains($0) }
      if isBlank { return try expect(codes == [.emptyFile], "blank lines are said to be \(codes)") }
      let last = lines.last ?? []
      // A bare number may go on, so it is no end.
      if last.first == 123, case .valid(let depth) = read(last), depth <= depthMax {
        throw FuzzFinding("the last line is whole, and the file is said to be \(codes)")
      }
      return try expect(whole.fault?.isIncomplete == true, "lines are refused whole: \(codes)")
    }
    let records = lines.filter { !$0.allSatisfy { [32, 9, 13].contains($0) } }
    try expect(records.count == whole.rows.count, "\(whole.rows.count) rows of \(records.count) lines")
    for (record, row) in zip(records, whole.rows) {
      let isBroken = row.faults.contains { [.brokenJSON, .nulByte].contains($0.code) && $0.column == nil }
      switch read(record) {
      case .valid(let depth):
        let isDeep = depth > depthMax
        try expect(!isBroken || isDeep, "a sound line is said to be \(row.faults.map(\.code))")
      case .broken, .endsEarly:
        let isRefused = row.faults.contains { $0.code.rawValue < 150 }
        try expect(isRefused, "a broken line was taken: row \(row.number)")
      }
    }
  }

  /// The system's own reader, where it is as strict as the RFC: it is another author's opinion of the grammar.
  private static func compareWithFoundation(_ text: ArraySlice<UInt8>, isValid: Bool, depth: Int) throws {
    // It refuses what it cannot hold (depth, huge exponents, half pairs) and takes commas before a bracket.
    if depth > 500 || text.count > 20_000 || text.contains(0) { return }
    guard let string = String(validating: text, as: UTF8.self) else { return }
    let hasExponent = string.contains { $0 == "e" || $0 == "E" } && string.contains { $0.isNumber }
    if string.contains("\\u") || hasExponent || string.unicodeScalars.contains("\u{FEFF}") { return }
    let close: Set<UInt8> = [93, 125]
    var before: UInt8 = 0
    for byte in text where ![32, 9, 10, 13].contains(byte) {
      if before == 44 && close.contains(byte) { return }
      before = byte
    }
    let taken = (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)) != nil
    try expect(taken == isValid, "the plain reader says \(isValid), the system's says \(taken)")
  }
}

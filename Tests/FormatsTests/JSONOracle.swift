/// What a JSON file says, read by the plainest of means: the whole of it becomes a tree first.
import Orders

@testable import Formats

/// A value and the bytes it stands in.
struct OracleValue {
  indirect enum Content {
    case object([(key: [UInt8], value: OracleValue)])
    case array([OracleValue])
    /// Unescaped; `isBad` where half a surrogate pair or a NUL was escaped.
    case string([UInt8], badCode: String?)
    case plain
  }

  var content: Content
  var range: Range<Int>

  var members: [(key: [UInt8], value: OracleValue)]? {
    if case .object(let members) = content { return members }
    return nil
  }
  var elements: [OracleValue]? {
    if case .array(let elements) = content { return elements }
    return nil
  }
}

/// Recursive descent over all the bytes.
struct OracleParser {
  enum Stop: Error { case runsOut, broken(Int) }

  let bytes: [UInt8]
  var place = 0

  mutating func skipBlanks() {
    while place < bytes.count, [9, 10, 13, 32].contains(bytes[place]) { place += 1 }
  }

  private func byte() throws -> UInt8 {
    if place < bytes.count { return bytes[place] }
    throw Stop.runsOut
  }

  private mutating func expect(_ wanted: Character) throws {
    skipBlanks()
    if try byte() != wanted.asciiValue! { throw Stop.broken(place) }
    place += 1
  }

  mutating func value() throws -> OracleValue {
    skipBlanks()
    let start = place
    var content = OracleValue.Content.plain
    switch Character(UnicodeScalar(try byte())) {
    case "{": content = .object(try object())
    case "[": content = .array(try array())
    case "\"": content = try string()
    case "t": try word("true")
    case "f": try word("false")
    case "n": try word("null")
    default: try number()
    }
    return OracleValue(content: content, range: start..<place)
  }

  private mutating func word(_ word: String) throws {
    for letter in word.utf8 {
      if try byte() != letter { throw Stop.broken(place) }
      place += 1
    }
  }

  private mutating func digits() throws {
    var count = 0
    while (48...57).contains(try byte()) {
      place += 1
      count += 1
    }
    if count == 0 { throw Stop.broken(place) }
  }

  private mutating func number() throws {
    if try byte() == 45 { place += 1 }
    if try byte() == 48 { place += 1 } else { try digits() }
    if try byte() == 46 {
      place += 1
      try digits()
    }
    if try byte() | 32 == 101 {
      place += 1
      if try byte() == 43 || byte() == 45 { place += 1 }
      try digits()
    }
  }

  private mutating func string() throws -> OracleValue.Content {
    place += 1
    var units: [UInt8] = []
    var badCode: String?
    var high: UInt32?
    func settle() { if high != nil { badCode = badCode ?? "W111" } }
    while true {
      let next = try byte()
      if next == 34 {
        settle()
        place += 1
        return .string(units, badCode: badCode)
      }
      if next < 32 { throw Stop.broken(place) }
      if next != 92 {
        settle()
        high = nil
        units.append(next)
        place += 1
        continue
      }
      place += 1
      let escape = try byte()
      if escape != 117 {
        guard
          let plain = [34: 34, 92: 92, 47: 47, 98: 8, 102: 12, 110: 10, 114: 13, 116: 9][escape] as UInt8?
        else {
          throw Stop.broken(place)
        }
        settle()
        high = nil
        units.append(plain)
        place += 1
        continue
      }
      place += 1
      var scalar: UInt32 = 0
      for _ in 0..<4 {
        guard let digit = Character(UnicodeScalar(try byte())).hexDigitValue, bytes[place] < 128 else {
          throw Stop.broken(place)
        }
        scalar = scalar * 16 + UInt32(digit)
        place += 1
      }
      if let first = high, (0xDC00...0xDFFF).contains(scalar) {
        units += Array(String(UnicodeScalar(0x10000 + (first - 0xD800) * 0x400 + scalar - 0xDC00)!).utf8)
        high = nil
        continue
      }
      settle()
      high = (0xD800...0xDBFF).contains(scalar) ? scalar : nil
      if (0xDC00...0xDFFF).contains(scalar) { badCode = badCode ?? "W111" }
      if scalar == 0 { badCode = badCode ?? "W107" }
      if let sound = UnicodeScalar(scalar) { units += Array(String(sound).utf8) }
    }
  }

  private mutating func object() throws -> [(key: [UInt8], value: OracleValue)] {
    try expect("{")
    var members: [(key: [UInt8], value: OracleValue)] = []
    skipBlanks()
    if try byte() == 125 {
      place += 1
      return members
    }
    while true {
      skipBlanks()
      if try byte() != 34 { throw Stop.broken(place) }
      guard case .string(let key, _) = try string() else { return members }
      try expect(":")
      members.append((key, try value()))
      skipBlanks()
      if try byte() == 125 {
        place += 1
        return members
      }
      try expect(",")
    }
  }

  private mutating func array() throws -> [OracleValue] {
    try expect("[")
    var elements: [OracleValue] = []
    skipBlanks()
    if try byte() == 93 {
      place += 1
      return elements
    }
    while true {
      elements.append(try value())
      skipBlanks()
      if try byte() == 93 {
        place += 1
        return elements
      }
      try expect(",")
    }
  }
}

/// The records of a file of kind `documents`.
struct JSONOracle {
  struct Record: Equatable {
    var line: Int
    var raw: String
    /// Invoice and document, as they read.
    var cells: [String?]
    /// The first fault of syntax, or W207 for an object in place of a key.
    var code: String?
  }

  let bytes: [UInt8]
  private(set) var records: [Record] = []
  private(set) var ending = "end"

  init(_ bytes: [UInt8], isLines: Bool) {
    self.bytes = bytes
    if isLines { readLines() } else { readDocument() }
  }

  private func line(of place: Int) -> Int { 1 + bytes[..<place].count { $0 == 10 } }

  private mutating func readLines() {
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 10)
      let isWhole = end != nil
      var range = start..<(end ?? bytes.count)
      start = (end ?? bytes.count) + 1
      while let last = range.last, [9, 13, 32].contains(bytes[last]) { range = range.dropLast() }
      while let first = range.first, [9, 13, 32].contains(bytes[first]) { range = range.dropFirst() }
      if range.isEmpty { continue }
      // A blank behind the line lets a number end with it.
      var parser = OracleParser(bytes: bytes[range] + (isWhole ? [10] : []))
      do {
        let value = try parser.value()
        parser.skipBlanks()
        if parser.place < range.count { throw OracleParser.Stop.broken(parser.place) }
        add(value, shiftedBy: range.lowerBound)
      } catch {
        if !isWhole {
          ending = "W106 line \(line(of: range.lowerBound)) incomplete"
          return
        }
        var isNUL = false
        if case OracleParser.Stop.broken(let place) = error, place < range.count {
          isNUL = bytes[range.lowerBound + place] == 0
        }
        add(range, cells: [nil, nil], code: isNUL ? "W107" : "W102")
      }
    }
    if records.isEmpty { ending = "W151 line 0" }
  }

  private mutating func readDocument() {
    var parser = OracleParser(bytes: bytes)
    parser.skipBlanks()
    if parser.place == bytes.count {
      ending = "W151 line 0"
      return
    }
    do {
      let value = try parser.value()
      parser.skipBlanks()
      if parser.place < bytes.count { throw OracleParser.Stop.broken(parser.place) }
      if let elements = value.elements {
        for element in elements { add(element, shiftedBy: 0) }
      } else if let members = value.members {
        var found: [OracleValue] = []
        if JSONOracle.wrapped(members, level: 1, &found) {
          for element in found { add(element, shiftedBy: 0) }
        } else if members.contains(where: { JSONOracle.place($0.key) != nil }) {
          add(value, shiftedBy: 0)
        } else {
          ending = "W154"
        }
      } else {
        ending = "W154"
      }
    } catch OracleParser.Stop.broken(let place) {
      ending = place < bytes.count && bytes[place] == 0 ? "W107" : "W102"
      if place > 0 { ending += " \(place)" }
    } catch {
      ending = "W106 incomplete"
    }
  }

  /// 0: invoice, 1: document.
  private static func place(_ key: [UInt8]) -> Int? {
    let name = ColumnNames.plain(key.span, 0..<key.count)
    return ["invoiceid", "document"].firstIndex { name.elementsEqual($0.utf8) }
  }

  private static func wrapped(
    _ members: [(key: [UInt8], value: OracleValue)], level: Int, _ found: inout [OracleValue]
  ) -> Bool {
    var hasFound = false
    for (key, value) in members {
      let isWrapping = JSONReader.isWrapping(key.span, 0..<key.count)
      let opens = value.elements.map { $0.isEmpty || $0[0].members != nil } ?? false
      if isWrapping && opens {
        found += value.elements ?? []
        hasFound = true
      } else if !hasFound, level == 1, JSONReader.isData(key.span, 0..<key.count), let inner = value.members {
        hasFound = wrapped(inner, level: 2, &found)
      }
      if !hasFound && place(key) == 0 { return false }
    }
    return hasFound
  }

  private mutating func add(_ value: OracleValue, shiftedBy shift: Int) {
    let range = value.range.lowerBound + shift..<value.range.upperBound + shift
    guard let members = value.members else { return add(range, cells: [nil, nil], code: "W155") }
    var cells: [String?] = [nil, nil]
    var codes: [String] = []
    var seen: Set<Int> = []
    for (key, member) in members {
      guard let place = JSONOracle.place(key) else { continue }
      if !seen.insert(place).inserted { codes.append("W110") }
      switch member.content {
      case .string(let text, let badCode):
        cells[place] = JSONOracle.read(text)
        if let badCode { codes.append(badCode) }
      case .plain:
        let text = Array(bytes[member.range.lowerBound + shift..<member.range.upperBound + shift])
        cells[place] = text == Array("null".utf8) ? nil : JSONOracle.read(text)
      case .object, .array:
        cells[place] = nil
        if place == 0 { codes.append("W207") }
      }
    }
    add(range, cells: codes.isEmpty ? cells : [nil, nil], code: codes.min())
  }

  private static func read(_ text: [UInt8]) -> String? {
    var text = text[...]
    while let first = text.first, [9, 10, 13, 32].contains(first) { text = text.dropFirst() }
    while let last = text.last, [9, 10, 13, 32].contains(last) { text = text.dropLast() }
    return isAbsent(Array(text).span) ? nil : shown(text)
  }

  private mutating func add(_ range: Range<Int>, cells: [String?], code: String?) {
    let raw = Array(bytes[range])
    let unsound = ByteScanner.firstUnsound(raw.span, from: 0)
    var codes = code.map { [$0] } ?? []
    if unsound < raw.count { codes.append(raw[unsound] == 0 ? "W107" : "W101") }
    let least = codes.min()
    records.append(
      Record(
        line: line(of: range.lowerBound), raw: shown(raw), cells: least == nil ? cells : [nil, nil],
        code: least))
  }
}

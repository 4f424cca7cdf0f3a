/// The text of a configuration, read as strictly as a file that decides about orders deserves.
///
/// JSON (RFC 8259) in UTF-8, a mark at the start allowed. Foundation's parsers are of no use here: they accept a comma before a
/// closing bracket, and of two equal keys they silently take one, so that a setting could be switched off without a word.

/// A value of the configuration.
indirect enum ConfigurationValue: Equatable {
  case object([Member])
  case list([ConfigurationValue])
  case text(String)
  case number(Double)
  case truth(Bool)
  case null

  struct Member: Equatable {
    let key: String
    let value: ConfigurationValue
  }
}

/// Reads one JSON text.
struct ConfigurationText {
  /// A configuration is a page, not a data file.
  static let bytesMax = 4 << 20
  static let depthMax = 32

  private let bytes: [UInt8]
  private var place = 0

  static func read(_ bytes: [UInt8]) throws(ConfigurationFault) -> ConfigurationValue {
    if bytes.count > bytesMax {
      throw ConfigurationFault(path: "", sentence: "is larger than \(bytesMax) bytes")
    }
    if String(validating: bytes, as: UTF8.self) == nil {
      throw ConfigurationFault(path: "", sentence: "is not UTF-8 text")
    }
    var text = ConfigurationText(bytes: bytes)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { text.place = 3 }
    text.skipBlanks()
    let value = try text.value(at: "", depth: 1)
    text.skipBlanks()
    if text.place < bytes.count { throw text.fault("", "something follows the end of the text") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func value(at path: String, depth: Int) throws(ConfigurationFault) -> ConfigurationValue {
    if depth > Self.depthMax { throw fault(path, "lies deeper than \(Self.depthMax) levels") }
    switch peek {
    case UInt8(ascii: "{"): return try object(at: path, depth: depth)
    case UInt8(ascii: "["): return try list(at: path, depth: depth)
    case UInt8(ascii: "\""): return .text(try text(at: path))
    case UInt8(ascii: "t"): return try word("true", .truth(true), at: path)
    case UInt8(ascii: "f"): return try word("false", .truth(false), at: path)
    case UInt8(ascii: "n"): return try word("null", .null, at: path)
    case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
      return .number(try number(at: path))
    case nil: throw fault(path, "the text ends where a value is needed")
    default: throw fault(path, "no JSON value starts like this")
    }
  }

  private mutating func object(at path: String, depth: Int) throws(ConfigurationFault) -> ConfigurationValue {
    place += 1
    var members: [ConfigurationValue.Member] = []
    var seen: Set<[UInt8]> = []
    skipBlanks()
    if take(UInt8(ascii: "}")) { return .object([]) }
    while true {
      guard peek == UInt8(ascii: "\"") else { throw fault(path, "a key in double quotes is needed") }
      let start = place
      let key = try text(at: path)
      let inner = path.key(key)
      if !seen.insert(Array(key.utf8)).inserted {
        place = start
        throw fault(inner, "stands here a second time")
      }
      skipBlanks()
      if !take(UInt8(ascii: ":")) { throw fault(inner, "a colon is needed after the key") }
      skipBlanks()
      members.append(ConfigurationValue.Member(key: key, value: try value(at: inner, depth: depth + 1)))
      skipBlanks()
      if take(UInt8(ascii: "}")) { return .object(members) }
      if !take(UInt8(ascii: ",")) { throw fault(path, "a comma or } is needed") }
      skipBlanks()
    }
  }

  private mutating func list(at path: String, depth: Int) throws(ConfigurationFault) -> ConfigurationValue {
    place += 1
    var items: [ConfigurationValue] = []
    skipBlanks()
    if take(UInt8(ascii: "]")) { return .list([]) }
    while true {
      items.append(try value(at: path.item(items.count), depth: depth + 1))
      skipBlanks()
      if take(UInt8(ascii: "]")) { return .list(items) }
      if !take(UInt8(ascii: ",")) { throw fault(path, "a comma or ] is needed") }
      skipBlanks()
    }
  }

  private mutating func word(_ word: String, _ value: ConfigurationValue, at path: String)
    throws(ConfigurationFault) -> ConfigurationValue
  {
    guard bytes[place...].starts(with: word.utf8) else { throw fault(path, "no JSON value starts like this") }
    place += word.utf8.count
    return value
  }

  private mutating func number(at path: String) throws(ConfigurationFault) -> Double {
    let start = place
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) && skipDigits() == 0 { throw fault(path, "a digit is needed") }
    if take(UInt8(ascii: ".")) && skipDigits() == 0 { throw fault(path, "a digit is needed") }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      if skipDigits() == 0 { throw fault(path, "a digit is needed") }
    }
    // A number too large for a Double becomes infinite, and lies outside every range that a setting has.
    return Double(String(decoding: bytes[start..<place], as: UTF8.self)) ?? .infinity
  }

  private mutating func text(at path: String) throws(ConfigurationFault) -> String {
    place += 1
    var decoded: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        place += 1
        return String(decoding: decoded, as: UTF8.self)
      case UInt8(ascii: "\\"):
        place += 1
        decoded += Array(String(try escape(at: path)).utf8)
      case 0..<0x20: throw fault(path, "a control character must be written as an escape")
      default:
        decoded.append(byte)
        place += 1
      }
    }
    throw fault(path, "the closing quote is missing")
  }

  private mutating func escape(at path: String) throws(ConfigurationFault) -> Unicode.Scalar {
    guard let byte = peek else { throw fault(path, "the closing quote is missing") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var unit = try codeUnit(at: path)
      if unit & 0xFC00 == 0xD800, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
        let low = try codeUnit(at: path)
        guard low & 0xFC00 == 0xDC00 else { throw fault(path, "half of a surrogate pair is missing") }
        unit = 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
      }
      guard let scalar = Unicode.Scalar(unit) else {
        throw fault(path, "half of a surrogate pair is missing")
      }
      return scalar
    default: throw fault(path, "JSON has no such escape")
    }
  }

  private mutating func codeUnit(at path: String) throws(ConfigurationFault) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault(path, "four hexadecimal digits are needed after \\u")
      }
      unit = unit << 4 | UInt32(digit)
      place += 1
    }
    return unit
  }

  // MARK: Bytes

  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    place += 1
    return true
  }

  private mutating func skipDigits() -> Int {
    let start = place
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
    return place - start
  }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
  }

  private func fault(_ path: String, _ sentence: String) -> ConfigurationFault {
    let before = bytes[..<place]
    let line = 1 + before.count { $0 == 0x0A }
    let column = place - (before.lastIndex(of: 0x0A) ?? -1)
    return ConfigurationFault(path: path, sentence: "\(sentence) (line \(line), column \(column))")
  }
}

/// The path of a key, as messages name it.
extension String {
  /// The path of a member of the object at this path.
  func key(_ key: String) -> String {
    let isPlain =
      !key.isEmpty
      && key.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
    if !isPlain { return "\(self)[\(key.quotedForMessage)]" }
    return isEmpty ? key : "\(self).\(key)"
  }

  /// The path of an item of the list at this path.
  func item(_ number: Int) -> String { "\(self)[\(number)]" }
}

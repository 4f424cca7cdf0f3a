/// What the names in a header or the keys of an object mean, for one kind of file.
///
/// Names are compared without case, blanks, `_` and `-`. A look-up makes no string: it hashes the bytes that count and
/// compares them with the one candidate.
import Orders

/// The meaning of one header cell or key.
struct Role: Equatable, Sendable {
  let raw: UInt8

  /// Not ours: checked for syntax only.
  static let unknown = Role(raw: 255)
  /// The nested lines of an order.
  static let lines = Role(raw: 254)
  /// The `_error` member of an object from an errors file that came back.
  static let ownErrors = Role(raw: 253)

  private init(raw: UInt8) { self.raw = raw }

  /// The column at a place among the kind's columns.
  ///
  /// - Parameter yields: another name of the column wins where both stand side by side (`Column.yieldingName`).
  init(place: Int, yields: Bool) {
    precondition(place < 64)
    raw = UInt8(place) | (yields ? 64 : 0)
  }

  var isColumn: Bool { raw < 128 }
  var place: Int { Int(raw & 63) }
  var yields: Bool { raw & 64 != 0 }
}

struct ColumnNames: Sendable {
  private struct Entry {
    var hash: UInt32 = 0
    var start: UInt16 = 0
    var length: UInt16 = 0
    var role = Role.unknown
  }

  private var slots = [Entry](repeating: Entry(), count: 256)
  private var text: [UInt8] = []

  /// The columns of a kind, and the words under which orders nest their lines.
  static func all(of kind: Kind) -> ColumnNames { everything[Int(kind.rawValue)] }
  /// The columns that stand in the nested lines of an order.
  static let ofLines = ColumnNames(kind: .orders, linesOnly: true)
  /// The places of those columns: suborder, SKU, quantity, price, cancelled quantity.
  static func linePlaces(of kind: Kind) -> [Int] { kind.columns.indices.filter { kind.columns[$0].isOfLine } }
  static let linesWords = ["suborders", "order_items", "items"]

  private static let everything = Kind.allCases.map { ColumnNames(kind: $0, linesOnly: false) }

  private init(kind: Kind, linesOnly: Bool) {
    for (place, column) in kind.columns.enumerated() where column.isOfLine || !linesOnly {
      for name in column.names {
        add(name, Role(place: place, yields: name == column.column.yieldingName))
      }
    }
    if kind == .orders && !linesOnly {
      for word in ColumnNames.linesWords { add(word, .lines) }
    }
  }

  private mutating func add(_ name: String, _ role: Role) {
    let plain = Array(name.utf8)
    let known = self.role(plain.span, 0..<plain.count)
    // Two spellings of one name come to the same (`order_number`, `orderNumber`).
    precondition(known == .unknown || known == role, "one name, two columns")
    if known == role { return }
    let (hash, _) = ColumnNames.digest(plain.span, 0..<plain.count)
    var slot = Int(hash) & 255
    while slots[slot].length != 0 { slot = (slot + 1) & 255 }
    let start = text.count
    for byte in plain { if let counted = ColumnNames.counted(byte) { text.append(counted) } }
    slots[slot] = Entry(
      hash: hash, start: UInt16(start), length: UInt16(text.count - start), role: role)
  }

  /// The byte as it takes part in the comparison; nil where it does not.
  @inline(__always)
  private static func counted(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 9, 32, UInt8(ascii: "_"), UInt8(ascii: "-"): nil
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
    default: byte
    }
  }

  private static func digest(_ bytes: Span<UInt8>, _ range: Range<Int>) -> (hash: UInt32, length: Int) {
    var hash: UInt32 = 2_166_136_261
    var length = 0
    for place in range {
      guard let byte = counted(bytes[place]) else { continue }
      hash = (hash ^ UInt32(byte)) &* 16_777_619
      length += 1
    }
    return (hash ^ hash >> 15, length)
  }

  /// What the name in a range of bytes means.
  func role(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Role {
    let (hash, length) = ColumnNames.digest(bytes, range)
    var slot = Int(hash) & 255
    while slots[slot].length != 0 {
      let entry = slots[slot]
      if entry.hash == hash, Int(entry.length) == length, spells(entry, bytes, range) { return entry.role }
      slot = (slot + 1) & 255
    }
    return .unknown
  }

  private func spells(_ entry: Entry, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var place = Int(entry.start)
    for position in range {
      guard let byte = ColumnNames.counted(bytes[position]) else { continue }
      if text[place] != byte { return false }
      place += 1
    }
    return true
  }

  static func plain(_ name: String) -> [UInt8] {
    let bytes = Array(name.utf8)
    return plain(bytes.span, 0..<bytes.count)
  }

  /// A name as it is compared.
  static func plain(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    var name: [UInt8] = []
    for place in range { if let byte = counted(bytes[place]) { name.append(byte) } }
    return name
  }
}

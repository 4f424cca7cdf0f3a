/// The shape of a file's records: most senders write every record with the same keys, in the same order, with the same blanks.
import Orders

/// What lies between the values of a record, learned from one that was read and found sound.
///
/// The next record is held against these pieces, sixteen bytes at a time, and only its values are looked at. A record that differs
/// in any byte between its values is read by the general reader; so what is learned decides how fast a file is read, never what is
/// read in it.
struct JSONTemplate {
  /// The bytes before a value (or, the last piece, those that close the record), and what the value means.
  ///
  /// Where the value before or behind was a string, its quote is one of these bytes: most values have no other neighbours.
  struct Piece {
    /// Where the bytes begin in `text`; behind them follow zeros to the end of a block of sixteen, and one block more.
    var start: UInt32
    var length: UInt32
    /// Bits for the bytes of the first and of the second block that count.
    var firstMask: UInt32
    var secondMask: UInt32
    /// How many bytes may be looked at from the piece's place on: its blocks, and the first one of the value.
    var reach: UInt32
    /// The column that the value belongs to; negative where it belongs to none.
    var column: Int32
    /// How many objects of the record are open around the value.
    var depth: Int16
    /// Is it the key of an order's lines?
    var isOfLines: Bool
    /// How many quotes of the value before it are among its bytes, and of the value behind it: one or none.
    var lead: UInt8
    var tail: UInt8
  }

  /// How long the value behind a piece mostly is.
  struct Habit {
    /// `unsteady` where it is longer than can be foreseen, or changes from record to record.
    var length: UInt32
    /// How often it was another length lately.
    var misses: UInt32 = 0

    static let unsteady: UInt32 = .max
    /// Longer values are not foreseen.
    static let lengthMax = 31
  }

  private(set) var pieces: [Piece] = []
  /// One for each piece, as the learned record had it.
  private(set) var habits: [Habit] = []
  private(set) var text: [UInt8] = []
  /// Line ends between the values.
  private(set) var lineFeeds: UInt32 = 0
  /// The place behind the last of its columns.
  private(set) var columnsEnd = 0
  /// No record of this shape is shorter.
  private(set) var bytesLeast = 0
  private var columnBits: UInt64 = 0

  /// Longer pieces are not learned: they are no habit but content.
  private static let pieceBytesMax = 256
  private static let piecesMax = 128
  /// Objects deeper than this are values like any other.
  private static let depthMax = 4

  /// Learns the shape of a sound object; nil where it has none to learn from: with an empty object in it, with a key spelled in
  /// escapes, with two names of one column, or with our own `_error` member.
  ///
  /// - Parameter firstPlace: the column whose cell is the record's first.
  init?(
    _ bytes: Span<UInt8>, _ object: Range<Int>, _ keys: JSONKeys, _ syntax: JSONSyntax,
    firstPlace: Int = 0
  ) {
    var lesson = Lesson(
      keys: keys, syntax: syntax, firstPlace: firstPlace, literal: object.lowerBound)
    do throws(JSONStop) {
      var place = object.lowerBound
      guard try learn(bytes, &place, &lesson, depth: 1), place == object.upperBound,
        add(bytes, lesson, place, -1, isOfLines: false, depth: 0)
      else { return nil }
    } catch {
      return nil
    }
  }

  /// What is known while a record is learned.
  private struct Lesson {
    let keys: JSONKeys
    let syntax: JSONSyntax
    let firstPlace: Int
    /// Where the bytes before the next value begin, the closing quote of the value before among them.
    var literal: Int
    var lead: UInt8 = 0
    var columns: UInt64 = 0
    var hasLines = false
  }

  /// Learns an object and those within it that mean nothing to us: their keys are bytes between values like any other.
  private mutating func learn(
    _ bytes: Span<UInt8>, _ place: inout Int, _ lesson: inout Lesson, depth: Int
  ) throws(JSONStop) -> Bool {
    let syntax = lesson.syntax
    place += 1
    if try syntax.next(bytes, &place) == UInt8(ascii: "}") { return false }
    while true {
      try syntax.pass(ByteScanner.quote, bytes, &place)
      let keyStart = place
      if try syntax.skipString(bytes, &place) { return false }
      let role = depth == 1 ? lesson.keys.meaning(bytes, keyStart..<place - 1) : .unknown
      try syntax.pass(UInt8(ascii: ":"), bytes, &place)
      let value = try syntax.next(bytes, &place)
      var column = -1
      if role.isColumn {
        let bit: UInt64 = 1 << UInt64(role.place)
        // One name may yield to another of its column: which of them counts is for the general reader to say.
        if role.yields || lesson.columns & bit != 0 { return false }
        lesson.columns |= bit
        column = role.place - lesson.firstPlace
      } else if role == .lines {
        if lesson.hasLines || value != UInt8(ascii: "[") { return false }
        lesson.hasLines = true
      } else if role == .ownErrors {
        return false
      }
      if value == UInt8(ascii: "{"), role == .unknown, depth < JSONTemplate.depthMax {
        guard try learn(bytes, &place, &lesson, depth: depth + 1) else { return false }
      } else {
        guard add(bytes, lesson, place, column, isOfLines: role == .lines, depth: depth) else {
          return false
        }
        let start = place
        try syntax.skipValue(bytes, &place, depth: depth)
        lesson.lead = value == ByteScanner.quote ? 1 : 0
        lesson.literal = place - Int(lesson.lead)
        let length = place - start - 2
        if value == ByteScanner.quote, length <= Habit.lengthMax {
          habits[habits.count - 1].length = UInt32(length)
        }
      }
      if try syntax.isClosed(by: UInt8(ascii: "}"), bytes, &place) { return true }
    }
  }

  /// Adds the piece that ends before `place`, where a value begins or the record has ended.
  private mutating func add(
    _ bytes: Span<UInt8>, _ lesson: Lesson, _ place: Int, _ column: Int, isOfLines: Bool, depth: Int
  ) -> Bool {
    let tail = depth > 0 && bytes[place] == ByteScanner.quote ? 1 : 0
    let length = place + tail - lesson.literal
    if length > JSONTemplate.pieceBytesMax || pieces.count == JSONTemplate.piecesMax {
      return false
    }
    let blocks = (length + 15) / 16
    pieces.append(
      Piece(
        start: UInt32(text.count), length: UInt32(length), firstMask: JSONTemplate.mask(length),
        secondMask: JSONTemplate.mask(length - 16), reach: UInt32(max(blocks * 16, length + 17)),
        column: Int32(column), depth: Int16(depth), isOfLines: isOfLines, lead: lesson.lead,
        tail: UInt8(tail)))
    habits.append(Habit(length: Habit.unsteady))
    if column >= 0 {
      columnsEnd = max(columnsEnd, column + 1)
      columnBits |= 1 << UInt64(column)
    }
    bytesLeast += length - tail - Int(lesson.lead)
    for place in lesson.literal..<place + tail {
      text.append(bytes[place])
      if bytes[place] == ByteScanner.lineFeed { lineFeeds += 1 }
    }
    text.append(contentsOf: repeatElement(0, count: (max(blocks, 1) + 1) * 16 - length))
    return true
  }

  /// Bits for so many bytes of a block.
  @inline(__always)
  static func mask(_ length: Int) -> UInt32 {
    length >= 16 ? 0xFFFF : (1 &<< UInt32(truncatingIfNeeded: max(length, 0))) &- 1
  }

  /// The places among so many columns of which it has none.
  @inline(__always)
  func absent(of columnCount: Int) -> BitPlaces {
    BitPlaces(bits: ~columnBits & ((1 &<< UInt64(truncatingIfNeeded: columnCount)) &- 1))
  }

  /// The places of the bits of a word, the lowest first.
  struct BitPlaces: Sequence, IteratorProtocol {
    var bits: UInt64

    @inline(__always)
    mutating func next() -> Int? {
      if bits == 0 { return nil }
      defer { bits &= bits &- 1 }
      return bits.trailingZeroBitCount
    }
  }
}

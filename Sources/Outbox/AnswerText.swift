// Answer text is the bytes of an answer while they are put together, piece by piece.

import Files

/// A run of bytes that grows at its end and can be cut back.
struct AnswerText: ~Copyable {
  private(set) var room = GrowingBytes()

  var count: Int { room.count }
  var isEmpty: Bool { room.count == 0 }
  /// What was appended so far.
  var bytes: [UInt8] { room.bytes }

  mutating func truncate(to count: Int) { room.truncate(to: count) }

  @inline(__always)
  mutating func append(_ byte: UInt8) { room.append(byte) }
  @inline(__always)
  mutating func append(_ piece: Span<UInt8>) { room.append(piece) }
  mutating func append(_ piece: [UInt8]) { append(piece.span) }
  mutating func append(_ piece: ArraySlice<UInt8>) { append(piece.span) }
  mutating func append(_ text: String) { append(text.utf8.span) }

  mutating func append(_ other: borrowing AnswerText, from start: Int) {
    room.append(other.room, from: start)
  }

  mutating func append(digits number: some BinaryInteger) {
    guard let short = UInt32(exactly: number) else { return append(String(number)) }
    _ = appendLine(upTo: 10) { $0.put(digits: short) }
  }

  /// Appends a line of plain pieces in one go; appends nothing, and says false, where one of them is not plain.
  /// - Parameter bytes: no line is longer.
  @inline(__always)
  mutating func appendLine(upTo bytes: Int, _ write: (inout LineWriter) -> Void) -> Bool {
    room.appendLine(upTo: bytes, write)
  }
}

extension UInt8 {
  static var lineEnd: UInt8 { UInt8(ascii: "\n") }
  static var comma: UInt8 { UInt8(ascii: ",") }
}

/// A fixed list of words, kept end to end so that using one touches no reference count.
struct WordList {
  private let bytes: [UInt8]
  private let ends: [Int]

  init(_ words: [String]) {
    bytes = words.flatMap { Array($0.utf8) }
    ends = words.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.utf8.count) }
  }

  func append(_ index: Int, to text: inout AnswerText) {
    text.append(bytes.span.extracting(ends[index]..<ends[index + 1]))
  }
}

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

  mutating func append(digits number: some BinaryInteger) { append(String(number)) }
}

extension UInt8 {
  static var lineEnd: UInt8 { UInt8(ascii: "\n") }
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

/// The digits of a number that mostly grows by one: row after row, line after line.
struct CountingDigits {
  private var value: UInt32 = 0
  private var digits: [UInt8] = [UInt8(ascii: "0")]

  mutating func append(_ number: UInt32, to text: inout AnswerText) {
    if number == value &+ 1, number != 0 {
      countOn()
    } else if number != value {
      digits = Array(String(number).utf8)
    }
    value = number
    text.append(digits.span)
  }

  private mutating func countOn() {
    var place = digits.count - 1
    while place >= 0, digits[place] == UInt8(ascii: "9") {
      digits[place] = UInt8(ascii: "0")
      place -= 1
    }
    if place >= 0 { digits[place] += 1 } else { digits.insert(UInt8(ascii: "1"), at: 0) }
  }
}

// Answer text is the bytes of an answer while they are put together, piece by piece.

/// A run of bytes that grows at its end and can be cut back.
///
/// Room is filled with zeros in large steps and then written over: a piece costs one comparison and its copying, which
/// the compiler turns into wide moves because both ends are spans of one length. Appending to an array as such asks for
/// room and for sole ownership at every piece, which took three times as long on the lines of a carrier's reply.
struct AnswerText {
  private var room: [UInt8] = []
  private(set) var count = 0

  private static let firstRoomBytes = 1024

  /// What was appended so far.
  var slice: ArraySlice<UInt8> { room[..<count] }
  var bytes: [UInt8] { Array(slice) }
  var isEmpty: Bool { count == 0 }

  mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= self.count)
    self.count = count
  }

  mutating func append(_ byte: UInt8) {
    if count == room.count { makeRoom(for: 1) }
    room[count] = byte
    count += 1
  }

  mutating func append(_ piece: Span<UInt8>) {
    let start = count
    let end = start + piece.count
    if end > room.count { makeRoom(for: piece.count) }
    var whole = room.mutableSpan
    var place = whole._mutatingExtracting(start..<end)
    for index in piece.indices { place[index] = piece[index] }
    count = end
  }

  mutating func append(_ piece: [UInt8]) { append(piece.span) }
  mutating func append(_ piece: ArraySlice<UInt8>) { append(piece.span) }
  mutating func append(_ text: String) { append(text.utf8.span) }

  mutating func append(digits number: some BinaryInteger) { append(String(number)) }

  private mutating func makeRoom(for bytes: Int) {
    let wanted = max(count + bytes, room.count * 2, AnswerText.firstRoomBytes)
    room += [UInt8](repeating: 0, count: wanted - room.count)
  }
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

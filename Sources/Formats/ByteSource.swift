/// The bytes of a file as UTF-8: a UTF-8 mark is taken off, UTF-16 with its mark is transcoded, and so are lines in Windows-1252
/// where a partner has that agreed.
import Orders

struct ByteSource {
  private enum Encoding {
    case unknown, utf8, utf16LittleEndian, utf16BigEndian, windows1252
  }

  private let fill: (inout [UInt8], Int) throws -> Int
  private(set) var isAtEnd = false
  /// Does the file end in the middle of a UTF-16 unit?
  private(set) var isCutShort = false
  private var encoding = Encoding.unknown
  /// What a file is that opens with no mark.
  private let unmarked: Encoding
  /// Bytes that do not yet make whole scalars, or a whole line.
  private var pending: [UInt8] = []
  private var lines: Windows1252Lines

  /// - Parameters:
  ///   - windows1252LineMax: lines up to so many bytes that are not UTF-8 are Windows-1252; nil: everything is UTF-8.
  ///   - fill: appends up to so many of the next bytes and returns how many; 0 at the end.
  init(windows1252LineMax: Int? = nil, _ fill: @escaping (inout [UInt8], Int) throws -> Int) {
    self.fill = fill
    unmarked = windows1252LineMax == nil ? .utf8 : .windows1252
    lines = Windows1252Lines(lineBytesMax: windows1252LineMax ?? 0)
  }

  /// Appends more bytes, about so many; false at the end of the file.
  mutating func read(into bytes: inout [UInt8], _ count: Int) throws -> Bool {
    if isAtEnd { return false }
    switch encoding {
    case .utf8:
      if try fill(&bytes, count) == 0 { isAtEnd = true }
    case .unknown:
      try open(into: &bytes)
    case .utf16LittleEndian, .utf16BigEndian:
      if try fill(&pending, max(count, 4)) == 0 { isAtEnd = true }
      try transcode(into: &bytes)
    case .windows1252:
      if try fill(&pending, max(count, 1)) == 0 { isAtEnd = true }
      lines.pass(&pending, isLast: isAtEnd, to: &bytes)
    }
    return !isAtEnd
  }

  /// Looks at the first three bytes for a mark.
  private mutating func open(into bytes: inout [UInt8]) throws {
    while pending.count < 3, !isAtEnd {
      if try fill(&pending, 3 - pending.count) == 0 { isAtEnd = true }
    }
    if pending.starts(with: [0xEF, 0xBB, 0xBF]) {
      encoding = .utf8
      pending = []
    } else if pending.starts(with: [0xFF, 0xFE]) {
      encoding = .utf16LittleEndian
      pending.removeFirst(2)
      if isAtEnd { try transcode(into: &bytes) }
    } else if pending.starts(with: [0xFE, 0xFF]) {
      encoding = .utf16BigEndian
      pending.removeFirst(2)
      if isAtEnd { try transcode(into: &bytes) }
    } else {
      encoding = unmarked
      if encoding == .windows1252 {
        if isAtEnd { lines.pass(&pending, isLast: true, to: &bytes) }
        return
      }
      bytes.append(contentsOf: pending)
      pending = []
    }
  }

  /// Half a surrogate pair comes out as bytes that are not UTF-8, so that its record is refused.
  private mutating func transcode(into bytes: inout [UInt8]) throws {
    var place = 0
    while place + 2 <= pending.count {
      var scalar = unit(at: place)
      if scalar & 0xFC00 == 0xD800 {
        if place + 4 > pending.count && !isAtEnd { break }
        if place + 4 <= pending.count {
          let low = unit(at: place + 2)
          if low & 0xFC00 == 0xDC00 {
            scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
            place += 2
          }
        }
      }
      place += 2
      JSONText.append(scalar, to: &bytes)
    }
    pending.removeFirst(place)
    if isAtEnd { isCutShort = !pending.isEmpty }
  }

  private func unit(at place: Int) -> UInt32 {
    let first = UInt32(pending[place])
    let second = UInt32(pending[place + 1])
    return encoding == .utf16LittleEndian ? second << 8 | first : first << 8 | second
  }
}

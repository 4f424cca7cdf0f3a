/// Lines of text in Windows-1252, which older spreadsheet programs on Windows save as "CSV".

/// Passes lines on as UTF-8: those that are UTF-8 already as they are, the others read as Windows-1252.
///
/// Line by line, because what comes back to us is mixed: our errors files are UTF-8, whatever the partner's own files are. That a line of
/// Windows-1252 with a letter beyond ASCII happens to be UTF-8 takes two such characters in a row that no language writes.
struct Windows1252Lines {
  /// Longer lines are passed on as they are: no record is that long, and what comes out must not depend on how the bytes came in.
  private let lineBytesMax: Int
  /// Is the line at hand too long?
  private var isInLongLine = false

  init(lineBytesMax: Int) { self.lineBytesMax = lineBytesMax }

  /// Takes whole lines from the front of `pending`.
  mutating func pass(_ pending: inout [UInt8], isLast: Bool, to bytes: inout [UInt8]) {
    var start = 0
    while let end = pending[start...].firstIndex(where: { $0 == 10 || $0 == 13 }) {
      append(pending[start...end], to: &bytes)
      isInLongLine = false
      start = end + 1
    }
    if isLast || isInLongLine || pending.count - start > lineBytesMax {
      append(pending[start...], to: &bytes)
      isInLongLine = !isLast
      start = pending.count
    }
    pending.removeFirst(start)
  }

  private func append(_ line: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
    // The end of the line counts: whether it came with the rest of it must make no difference.
    if isInLongLine || line.count > lineBytesMax || isUTF8(line) {
      bytes.append(contentsOf: line)
      return
    }
    for byte in line {
      switch byte {
      case 0x80...0x9F:
        let scalar = Windows1252Lines.scalars[Int(byte) - 0x80]
        // Five bytes mean nothing: they stay, and their row is refused.
        if scalar == 0 { bytes.append(byte) } else { JSONText.append(scalar, to: &bytes) }
      case 0xA0...: JSONText.append(UInt32(byte), to: &bytes)
      default: bytes.append(byte)
      }
    }
  }

  private func isUTF8(_ line: ArraySlice<UInt8>) -> Bool {
    let span = line.span
    var place = 0
    // Zero bytes are sound here; whoever reads the line refuses them.
    while true {
      place = ByteScanner.firstUnsound(span, from: place)
      if place >= span.count { return true }
      if span[place] != 0 { return false }
      place += 1
    }
  }

  /// 0x80 to 0x9F by the Unicode consortium's table of code page 1252; 0: no character.
  private static let scalars: [UInt32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
    0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,
    0x017E, 0x0178,
  ]
}

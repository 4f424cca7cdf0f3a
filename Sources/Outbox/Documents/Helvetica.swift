// Helvetica is the type that every PDF reader brings along: no file is embedded for it, so its widths must be known here.
//
// Its texts are single bytes in WinAnsi, the encoding of Western Europe. The widths are those of the standard fonts that the
// PDF reference names, in thousandths of the type size.

/// The regular and the bold face.
enum Helvetica: Int {
  case regular, bold

  /// The width of one WinAnsi byte in thousandths of the type size.
  func width(_ byte: UInt8) -> Int {
    guard byte >= 0x20 else { return 0 }
    return Int((self == .regular ? Helvetica.regularWidths : Helvetica.boldWidths)[Int(byte) - 0x20])
  }

  /// The byte that shows a character, which may be spelled as a letter and its accent; nil: WinAnsi has none.
  static func byte(_ character: Character) -> UInt8? {
    if let byte = character.asciiValue { return (0x20...0x7E).contains(byte) ? byte : nil }
    return bytes[character]
  }

  static let ellipsis: UInt8 = 0x85

  private static let bytes: [Character: UInt8] = {
    var bytes: [Character: UInt8] = [:]
    for byte in UInt8(0xA1)...0xFF { bytes[Character(Unicode.Scalar(byte))] = byte }
    for (character, byte) in zip("€‚ƒ„…†‡ˆ‰Š‹Œ", UInt8(0x80)...) {
      // 0x81 has no character of its own.
      bytes[character] = byte == 0x80 ? byte : byte + 1
    }
    bytes["Ž"] = 0x8E
    for (character, byte) in zip("‘’“”•–—˜™š›œ", UInt8(0x91)...) { bytes[character] = byte }
    bytes["ž"] = 0x9E
    bytes["Ÿ"] = 0x9F
    // What looks the same to a reader, and is another character to a computer.
    for hyphen: Character in ["\u{2010}", "\u{2011}", "\u{2212}"] { bytes[hyphen] = 0x2D }
    return bytes
  }()

  /// From byte 0x20 on; 0 where WinAnsi has no character.
  private static let regularWidths: [UInt16] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, 0,
    556, 0, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 0, 611, 0,
    0, 222, 222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 0, 500, 667,
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
  ]

  private static let boldWidths: [UInt16] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584, 0,
    556, 0, 278, 556, 500, 1000, 556, 556, 333, 1000, 667, 333, 1000, 0, 611, 0,
    0, 278, 278, 500, 500, 350, 556, 1000, 333, 1000, 556, 333, 944, 0, 500, 667,
    278, 333, 556, 556, 556, 556, 280, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 611, 556, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    722, 722, 722, 722, 722, 722, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 556, 556, 556, 556, 556, 278, 278, 278, 278,
    611, 611, 611, 611, 611, 611, 611, 584, 611, 611, 611, 611, 611, 556, 611, 556,
  ]
}

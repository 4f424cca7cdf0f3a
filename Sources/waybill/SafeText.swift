/// Text that a terminal only shows: every character that would do something else is spelled out.
///
/// Spelled out as `\u{1B}` are the control characters of C0, DEL and C1, the line and paragraph separators, the marks that
/// turn the direction of writing (a file named `fdp.exe` must not look like `exe.pdf`), invisible fillers and tag
/// characters. Joiners stay: scripts of India need them. Bytes that are not UTF-8 are spelled `\xNN`.

enum SafeText {
  static func of(_ text: String) -> String {
    // Nearly all text is plain; it is handed back untouched.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var safe = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isHarmless(scalar) {
        safe.append(scalar)
      } else {
        safe.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
      }
    }
    return String(safe)
  }

  /// A name from the disk, which need not be UTF-8.
  static func of(_ bytes: some Collection<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return of(text) }
    let digits = Array("0123456789ABCDEF")
    return bytes.map { byte in
      byte >= 0x20 && byte < 0x7F
        ? String(UnicodeScalar(byte)) : "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }.joined()
  }

  static func isHarmless(_ scalar: UnicodeScalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F: false
    case 0x00AD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F: false
    case 0x2028...0x202E, 0x2060...0x206F: false
    case 0xFEFF, 0xFFF9...0xFFFB: false
    case 0xE0000...0xE0FFF: false
    default: true
    }
  }
}

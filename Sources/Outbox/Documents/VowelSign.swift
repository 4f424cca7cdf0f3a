// A vowel sign is a vowel written around its consonant: in most scripts of India some stand before it, though they are
// spoken and stored after it.

/// The vowel signs that are drawn before the consonant they follow in the text. Source: the Unicode code charts.
enum VowelSign {
  /// The scalars of one character, its vowel signs where a reader expects them.
  ///
  /// Signs in two parts, one before and one after the consonant, are taken apart. A sign goes before the consonant next to it,
  /// which is right while the consonants before that one show their vowel-killer.
  static func inDrawingOrder(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard text.contains(where: { $0.value >= 0x0900 && $0.value < 0x0E00 }) else { return text }
    var drawn: [Unicode.Scalar] = []
    for scalar in text {
      let (before, after) = twoParts[scalar] ?? (onlyBefore.contains(scalar) ? (scalar, nil) : (nil, scalar))
      if let before {
        // The consonant is the nearest scalar that is no mark.
        let base = drawn.lastIndex { !isMark($0) } ?? drawn.count
        drawn.insert(before, at: base)
      }
      if let after { drawn.append(after) }
    }
    return drawn
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }

  /// Devanagari, Bengali, Gurmukhi, Gujarati, Odia, Tamil, Malayalam.
  private static let onlyBefore: Set<Unicode.Scalar> = [
    "\u{093F}", "\u{094E}", "\u{09BF}", "\u{09C7}", "\u{09C8}", "\u{0A3F}", "\u{0ABF}", "\u{0B47}",
    "\u{0BC6}",
    "\u{0BC7}", "\u{0BC8}", "\u{0D46}", "\u{0D47}", "\u{0D48}",
  ]

  /// Bengali, Odia, Tamil, Malayalam.
  private static let twoParts: [Unicode.Scalar: (Unicode.Scalar?, Unicode.Scalar?)] = [
    "\u{09CB}": ("\u{09C7}", "\u{09BE}"), "\u{09CC}": ("\u{09C7}", "\u{09D7}"),
    "\u{0B48}": ("\u{0B47}", "\u{0B56}"), "\u{0B4B}": ("\u{0B47}", "\u{0B3E}"),
    "\u{0B4C}": ("\u{0B47}", "\u{0B57}"), "\u{0BCA}": ("\u{0BC6}", "\u{0BBE}"),
    "\u{0BCB}": ("\u{0BC7}", "\u{0BBE}"), "\u{0BCC}": ("\u{0BC6}", "\u{0BD7}"),
    "\u{0D4A}": ("\u{0D46}", "\u{0D3E}"), "\u{0D4B}": ("\u{0D47}", "\u{0D3E}"),
    "\u{0D4C}": ("\u{0D46}", "\u{0D57}"),
  ]
}

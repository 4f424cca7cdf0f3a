import Testing

@testable import waybill

@Suite("Text that a terminal only shows")
struct SafeTextTests {
  @Test(
    "what would move the cursor, colour the screen or turn the line is spelled out",
    arguments: [
      ("a\nb", "a\\u{A}b"), ("a\u{1B}[2Jb", "a\\u{1B}[2Jb"), ("\u{7F}", "\\u{7F}"),
      ("\u{9B}31m", "\\u{9B}31m"),
      ("x\u{2028}y\u{2029}z", "x\\u{2028}y\\u{2029}z"), ("ab\u{202E}fdp.exe", "ab\\u{202E}fdp.exe"),
      ("\u{2066}a\u{2069}", "\\u{2066}a\\u{2069}"), ("\u{200F}\u{61C}", "\\u{200F}\\u{61C}"),
      ("\u{FEFF}a\u{200B}", "\\u{FEFF}a\\u{200B}"), ("\u{E0041}", "\\u{E0041}"), ("a\r", "a\\u{D}"),
      ("\0", "\\u{0}"),
    ])
  func hostile(text: String, shown: String) {
    #expect(SafeText.of(text) == shown)
    #expect(SafeText.of(Array(text.utf8)) == shown)
  }

  @Test(
    "what people write stays as it is",
    arguments: ["orders-0711.csv", "Müller & Söhne", "मुंबई", "क्‍ष", "北京.csv", "café", "👩‍🚒.json", "a\\b"])
  func plain(text: String) { #expect(SafeText.of(text) == text) }

  @Test("bytes that are not UTF-8 are spelled one by one")
  func invalid() {
    #expect(SafeText.of([0x61, 0xFF, 0x0A, 0x62]) == "a\\xFF\\x0Ab")
    #expect(SafeText.of([0xC3]) == "\\xC3")
  }

  @Test("no character that passes does anything but show, over all of Unicode")
  func everyScalar() {
    var offenders: [String] = []
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = UnicodeScalar(value), SafeText.isHarmless(scalar) else { continue }
      let isOffender =
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: scalar.properties.isBidiControl
        }
      if isOffender { offenders.append(String(value, radix: 16)) }
    }
    #expect(offenders == [])
  }
}

@Suite("How many columns a text takes")
struct TextWidthTests {
  @Test(
    "letters of East Asia and pictures take two, marks above a letter none",
    arguments: [
      ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("北京", 4), ("ｱ", 1), ("Ａ", 2), ("한", 2), ("👩‍🚒", 2),
      ("🇮🇳", 2),
      ("→", 1), ("…", 1), ("\u{200D}", 0),
    ])
  func widths(text: String, columns: Int) { #expect(TextWidth.of(text) == columns) }

  @Test("what is cut takes no more than its room and says that it was cut")
  func cuts() {
    #expect(TextWidth.cut("abcdef", to: 6) == "abcdef")
    #expect(TextWidth.cut("abcdefg", to: 6) == "abcde…")
    #expect(TextWidth.cut("北京北京", to: 6) == "北京…")
    #expect(TextWidth.cutMiddle("manifests-of-the-whole-week.csv", to: 16) == "manifests-…k.csv")
    for room in 2...40 {
      let name = "北京-manifests-0711-of-the-whole-week.csv"
      #expect(TextWidth.of(TextWidth.cutMiddle(name, to: room)) <= room)
      #expect(TextWidth.of(TextWidth.cut(name, to: room)) <= room)
    }
  }
}

/// A page of HTML in the making: markup comes only from literals of this program, everything else is text and escaped.
///
/// Tags and names of attributes are `StaticString`, so nothing that was read anywhere can become one. Text of the world
/// stands in `<bdi>`, so that writing from right to left stays in its own cell, and characters that are invisible or turn
/// the direction are shown as the replacement character. Joiners stay: scripts of India need them.
public struct HTMLPage {
  public private(set) var bytes: [UInt8] = []
  private var openTags: [String] = []

  public typealias Attributes = KeyValuePairs<StaticString, String>

  public init() {}

  /// Literal markup of this program, as it is.
  public mutating func literal(_ markup: StaticString) {
    markup.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  public mutating func open(_ tag: StaticString, _ attributes: Attributes = [:]) {
    start(tag, attributes)
    openTags.append("\(tag)")
  }

  public mutating func close(_ tag: StaticString) {
    let last = openTags.popLast()
    precondition(last == "\(tag)", "\(tag) is closed where \(last ?? "nothing") is open")
    literal("</")
    literal(tag)
    literal(">")
  }

  /// An element that holds nothing: `<br>`, `<rect …/>`.
  public mutating func empty(_ tag: StaticString, _ attributes: Attributes = [:]) { start(tag, attributes) }

  public mutating func element(_ tag: StaticString, _ text: String) { element(tag, [:], text) }

  public mutating func element(_ tag: StaticString, _ attributes: Attributes, _ text: String) {
    open(tag, attributes)
    self.text(text)
    close(tag)
  }

  private mutating func start(_ tag: StaticString, _ attributes: Attributes) {
    literal("<")
    literal(tag)
    for (name, value) in attributes {
      literal(" ")
      literal(name)
      literal("=\"")
      text(value)
      literal("\"")
    }
    literal(">")
  }

  /// Our own words.
  public mutating func text(_ text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": literal("&amp;")
      case "<": literal("&lt;")
      case ">": literal("&gt;")
      case "\"": literal("&quot;")
      case "'": literal("&#39;")
      default:
        bytes.append(contentsOf: UTF8.encode(HTMLPage.isShown(scalar) ? scalar : "\u{FFFD}") ?? .init())
      }
    }
  }

  /// Our own words in which commands stand between backticks.
  mutating func words(_ text: String) {
    for (place, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
      if place.isMultiple(of: 2) { self.text(String(part)) } else { element("code", String(part)) }
    }
  }

  /// What a partner wrote.
  /// - Parameter lengthMax: how many characters of it there is room for.
  public mutating func given(_ text: String, lengthMax: Int = HTMLPage.cellLengthMax) {
    literal("<bdi>")
    self.text(HTMLPage.shortened(text, lengthMax))
    literal("</bdi>")
  }

  /// As much of a text as there is room for.
  static func shortened(_ text: String, _ lengthMax: Int = HTMLPage.cellLengthMax) -> String {
    var short = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if short.count == lengthMax { return String(short) + "…" }
      short.append(scalar)
    }
    return String(short)
  }

  /// How much of a text a cell shows.
  public static let cellLengthMax = 120

  /// Is it a character that shows, and that turns nothing round?
  static func isShown(_ scalar: UnicodeScalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F: false
    case 0x00AD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F: false
    case 0x2028...0x202E, 0x2060...0x206F: false
    case 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE0FFF: false
    default: true
    }
  }
}

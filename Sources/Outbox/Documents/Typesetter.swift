// The typesetter turns a partner's text into glyphs of known width: the only place that knows which font shows what.

/// Picks a font for every character of a text, and breaks texts into lines.
///
/// Helvetica shows the Latin letters of Western Europe. Every other character is shown by the first of the other fonts that
/// has it. Where none has, the character is left out and a note says so, because a wrong letter or a question mark in a
/// name is worse than none.
///
/// The other fonts are used without shaping, the joining of letters that scripts of India ask for: every consonant keeps
/// its full form with its vowel-killer visible (`क्ष` is drawn as क, its stroke, ष), and marks stand where the font puts them
/// unasked. People read this without doubt, as in print without ligatures, but it is not fine typography. Only the
/// vowel signs that stand before their consonant are moved there (`VowelSign`), for without that a word reads wrong. Scripts
/// that run from right to left, or whose letters stack, cannot be read unshaped: they count as shown by no font.
/// The text that a reader copies out of the document is the partner's, in the partner's order.
struct Typesetter {
  let fonts: [TrueTypeFont]

  /// What is drawn, and measured, as one; a line never breaks inside it.
  struct Cluster {
    enum Glyphs {
      case latin(UInt8)
      /// Glyphs of one of the fonts in the order of drawing, and the text that they stand for.
      case other(font: Int, glyphs: [ShownGlyph], text: [Unicode.Scalar])
    }

    let glyphs: Glyphs
    /// In thousandths of the type size.
    let width: Int

    /// A letter or a digit, of any script.
    fileprivate var isWord: Bool {
      switch glyphs {
      case .latin(let byte):
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte >= 0xC0
      case .other: true
      }
    }

    var isSpace: Bool { if case .latin(0x20) = glyphs { true } else { false } }
  }

  struct ShownGlyph: Equatable {
    let glyph: UInt16
    let scalar: Unicode.Scalar
  }

  /// A text in clusters, and what has to be said about it.
  struct Setting {
    let weight: Helvetica
    var clusters: [Cluster]
    /// Empty: nothing was left out.
    var note: [Cluster]
  }

  /// Lines of one size.
  struct Block {
    var lines: [[Cluster]]
    let weight: Helvetica
    let sizeMicrometres: Int

    var leadingMicrometres: Int { sizeMicrometres * 6 / 5 }
    var heightMicrometres: Int { lines.count * leadingMicrometres }
  }

  /// - Parameters:
  ///   - text: UTF-8; control bytes count as spaces.
  ///   - noun: what the text is, for the note: `name`, `address` …
  func set(_ text: some Sequence<UInt8>, as noun: String, _ weight: Helvetica = .regular) -> Setting {
    let clean = Typesetter.legible(String(decoding: Array(text), as: UTF8.self))
    var clusters: [Cluster] = []
    var isWhole = true
    for character in clean {
      let isSpace = character == " "
      if isSpace && clusters.last?.isSpace ?? true { continue }
      if let cluster = cluster(character, weight) { clusters.append(cluster) } else { isWhole = false }
    }
    if clusters.last?.isSpace ?? false { clusters.removeLast() }
    guard !isWhole else { return Setting(weight: weight, clusters: clusters, note: []) }
    // Commas that stood between words left out say nothing.
    if !clusters.contains(where: \.isWord) { clusters = [] }
    let note = plain("(\(noun) in another script: see order)", weight)
    return Setting(weight: weight, clusters: clusters, note: note)
  }

  /// Words of our own, which Helvetica can show.
  func plain(_ words: String, _ weight: Helvetica) -> [Cluster] {
    words.compactMap { character in
      Helvetica.byte(character).map { Cluster(glyphs: .latin($0), width: weight.width($0)) }
    }
  }

  /// Words of our own, to be fitted as a text is.
  func words(_ words: String, _ weight: Helvetica = .regular) -> Setting {
    Setting(weight: weight, clusters: plain(words, weight), note: [])
  }

  private func cluster(_ character: Character, _ weight: Helvetica) -> Cluster? {
    if let byte = Helvetica.byte(character) {
      return Cluster(glyphs: .latin(byte), width: weight.width(byte))
    }
    let text = Array(character.unicodeScalars)
    let shown = VowelSign.inDrawingOrder(text.filter { !$0.properties.isDefaultIgnorableCodePoint })
    guard shown.allSatisfy({ !Typesetter.needsShaping($0) }) else { return nil }
    for (place, font) in fonts.enumerated() {
      let glyphs = shown.compactMap { scalar in
        font.glyph(for: scalar).map { ShownGlyph(glyph: $0, scalar: scalar) }
      }
      guard glyphs.count == shown.count else { continue }
      let width = glyphs.reduce(0) { $0 + font.widthThousandths(of: $1.glyph) }
      return Cluster(glyphs: .other(font: place, glyphs: glyphs, text: text), width: width)
    }
    return nil
  }

  /// Controls and line ends become spaces; marks that are never seen go, but for those that letters of a script need.
  private static func legible(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar.value < 0x7F, scalar.value >= 0x20 {
        scalars.append(scalar)
        continue
      }
      switch scalar.properties.generalCategory {
      // The rupee sign is younger than Helvetica.
      case .currencySymbol where scalar.value == 0x20B9: scalars.append(contentsOf: "Rs ".unicodeScalars)
      case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: scalars.append(" ")
      case .format:
        // The two joiners decide how letters of India's scripts meet.
        if scalar.value == 0x200C || scalar.value == 0x200D { scalars.append(scalar) }
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  /// Right to left: Hebrew to Arabic. Stacking: Tibetan to Myanmar, Khmer. Top to bottom: Mongolian.
  private static let shapedScripts: [ClosedRange<UInt32>] = [
    0x0590...0x08FF, 0x0F00...0x109F, 0x1780...0x18AF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF,
    0x1E800...0x1EFFF,
  ]

  private static func needsShaping(_ scalar: Unicode.Scalar) -> Bool {
    shapedScripts.contains { $0.contains(scalar.value) }
  }

  // MARK: - Lines

  /// The text in the largest of the sizes in which it fits; in the last size it is cut, and an ellipsis says so.
  ///
  /// A note about what was left out is never cut.
  /// - Parameter sizes: type sizes in micrometres, the largest first.
  func fit(_ setting: Setting, widthMicrometres: Int, heightMicrometres: Int, sizes: [Int]) -> Block {
    let gap = setting.clusters.isEmpty || setting.note.isEmpty ? [] : plain(" ", setting.weight)
    let whole = setting.clusters + gap + setting.note
    for size in sizes.dropLast() {
      let block = Block(
        lines: lines(whole, size, widthMicrometres), weight: setting.weight, sizeMicrometres: size)
      if block.heightMicrometres <= heightMicrometres { return block }
    }
    let size = sizes[sizes.count - 1]
    var block = Block(lines: [], weight: setting.weight, sizeMicrometres: size)
    let linesMax = max(1, heightMicrometres / block.leadingMicrometres)
    block.lines = lines(whole, size, widthMicrometres)
    if block.lines.count > linesMax {
      let note = lines(setting.note, size, widthMicrometres)
      let kept = lines(setting.clusters, size, widthMicrometres)
      block.lines =
        cut(kept, to: max(linesMax - note.count, 0), size, widthMicrometres, setting.weight) + note
    }
    return block
  }

  private func cut(
    _ lines: [[Cluster]], to linesMax: Int, _ size: Int, _ widthMicrometres: Int, _ weight: Helvetica
  ) -> [[Cluster]] {
    guard lines.count > linesMax else { return lines }
    var kept = Array(lines.prefix(linesMax))
    guard var last = kept.popLast() else { return [] }
    let ellipsis = Cluster(glyphs: .latin(Helvetica.ellipsis), width: weight.width(Helvetica.ellipsis))
    while !last.isEmpty, Typesetter.width(last, size) + ellipsis.width * size / 1000 > widthMicrometres {
      last.removeLast()
    }
    return kept + [last + [ellipsis]]
  }

  /// Breaks at spaces, and inside a word only where it is longer than a line.
  private func lines(_ clusters: [Cluster], _ size: Int, _ widthMicrometres: Int) -> [[Cluster]] {
    let widthMax = widthMicrometres * 1000 / size
    var lines: [[Cluster]] = []
    var line: [Cluster] = []
    var width = 0
    var lastSpace: Int?
    for cluster in clusters {
      if cluster.isSpace && line.isEmpty { continue }
      while width + cluster.width > widthMax && !line.isEmpty {
        if cluster.isSpace || lastSpace == nil {
          lines.append(line)
          line = []
        } else if let space = lastSpace {
          lines.append(Array(line[..<space]))
          line = Array(line[(space + 1)...])
        }
        width = line.reduce(0) { $0 + $1.width }
        lastSpace = nil
      }
      if cluster.isSpace {
        if line.isEmpty { continue }
        lastSpace = line.count
      }
      line.append(cluster)
      width += cluster.width
    }
    if line.last?.isSpace ?? false { line.removeLast() }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  static func width(_ line: [Cluster], _ sizeMicrometres: Int) -> Int {
    line.reduce(0) { $0 + $1.width } * sizeMicrometres / 1000
  }
}

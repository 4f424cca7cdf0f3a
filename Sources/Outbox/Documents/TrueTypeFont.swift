// A TrueType font is a file of tables: which glyph shows a character (cmap), how wide it is (hmtx), where its outline lies
// (loca) and the outline itself (glyf). All numbers are big endian.

/// A font that the operator's machine brings, for the scripts that Helvetica lacks.
///
/// Every reading stays inside the file: what lies outside reads as 0, so that a damaged font draws wrong and harms nothing.
/// Source: the OpenType specification.
struct TrueTypeFont {
  private let bytes: [UInt8]
  private let characters: CharacterMap
  private let longOffsets: Bool
  private let widthCount: Int
  let glyphCount: Int
  let unitsPerEm: Int

  private enum CharacterMap {
    /// Ranges of 16-bit characters (format 4), at this offset.
    case ranges(Int)
    /// Groups of 32-bit characters (format 12), at this offset.
    case groups(Int)
  }

  enum Table: String, CaseIterable {
    case cmap, glyf, head, hhea, hmtx, loca, maxp, os2 = "OS/2"
  }

  private var tables: [Range<Int>] = []

  /// - Returns: nil for what is no TrueType font, has no outlines of this kind, or may not be embedded.
  init?(_ bytes: [UInt8]) {
    self.bytes = bytes
    let reader = BigEndianReader(bytes: bytes)
    guard reader.u32(0) == 0x0001_0000 || reader.u32(0) == 0x7472_7565 else { return nil }
    var tables = [Range<Int>](repeating: 0..<0, count: Table.allCases.count)
    for entry in 0..<reader.u16(4) {
      let place = 12 + entry * 16
      let start = reader.u32(place + 8)
      let end = start + reader.u32(place + 12)
      guard place + 16 <= bytes.count, end <= bytes.count else { return nil }
      for (index, table) in Table.allCases.enumerated()
      where bytes[place..<(place + 4)].elementsEqual(table.rawValue.utf8) {
        tables[index] = start..<end
      }
    }
    func start(_ table: Table) -> Int { tables[Table.allCases.firstIndex(of: table)!].lowerBound }
    self.tables = tables
    for needed in [Table.cmap, .glyf, .head, .hhea, .hmtx, .loca, .maxp] where start(needed) == 0 {
      return nil
    }
    // The maker's terms: 2 alone means that the font may not go into documents.
    if start(.os2) != 0, reader.u16(start(.os2) + 8) & 0xF == 2 { return nil }
    unitsPerEm = reader.u16(start(.head) + 18)
    longOffsets = reader.u16(start(.head) + 50) != 0
    widthCount = reader.u16(start(.hhea) + 34)
    glyphCount = reader.u16(start(.maxp) + 4)
    guard unitsPerEm > 0, widthCount > 0, glyphCount > 0,
      let characters = TrueTypeFont.characterMap(reader, start(.cmap))
    else { return nil }
    self.characters = characters
  }

  private static func characterMap(_ reader: BigEndianReader, _ start: Int) -> CharacterMap? {
    var ranges: CharacterMap?
    for entry in 0..<reader.u16(start + 2) {
      let place = start + 4 + entry * 8
      let (platform, encoding) = (reader.u16(place), reader.u16(place + 2))
      // Unicode, in Unicode's own or in Microsoft's numbering.
      guard platform == 0 || (platform == 3 && (encoding == 1 || encoding == 10)) else { continue }
      let map = start + reader.u32(place + 4)
      if reader.u16(map) == 12 { return .groups(map) }
      if reader.u16(map) == 4 { ranges = .ranges(map) }
    }
    return ranges
  }

  private var reader: BigEndianReader { BigEndianReader(bytes: bytes) }

  func table(_ table: Table) -> ArraySlice<UInt8> { bytes[tables[Table.allCases.firstIndex(of: table)!]] }

  private func start(_ table: Table) -> Int { self.table(table).startIndex }

  // MARK: - Glyphs

  /// The glyph that shows a character; nil: the font has none.
  func glyph(for scalar: Unicode.Scalar) -> UInt16? {
    let found =
      switch characters {
      case .ranges(let map): glyph(Int(scalar.value), ranges: map)
      case .groups(let map): glyph(Int(scalar.value), groups: map)
      }
    return found > 0 && found < glyphCount ? UInt16(found) : nil
  }

  private func glyph(_ character: Int, ranges map: Int) -> Int {
    guard character <= 0xFFFF else { return 0 }
    let doubledCount = reader.u16(map + 6)
    for segment in stride(from: 0, to: doubledCount, by: 2) where reader.u16(map + 14 + segment) >= character
    {
      let first = reader.u16(map + 16 + doubledCount + segment)
      guard character >= first else { return 0 }
      let delta = reader.u16(map + 16 + 2 * doubledCount + segment)
      let offsetPlace = map + 16 + 3 * doubledCount + segment
      let offset = reader.u16(offsetPlace)
      if offset == 0 { return (character + delta) & 0xFFFF }
      let glyph = reader.u16(offsetPlace + offset + 2 * (character - first))
      return glyph == 0 ? 0 : (glyph + delta) & 0xFFFF
    }
    return 0
  }

  private func glyph(_ character: Int, groups map: Int) -> Int {
    let count = min(reader.u32(map + 12), bytes.count / 12)
    for group in 0..<count {
      let place = map + 16 + group * 12
      if character <= reader.u32(place + 4) {
        let first = reader.u32(place)
        return character < first ? 0 : reader.u32(place + 8) + character - first
      }
    }
    return 0
  }

  /// How far the next glyph stands, in thousandths of the type size.
  func widthThousandths(of glyph: UInt16) -> Int { advance(of: glyph) * 1000 / unitsPerEm }

  func advance(of glyph: UInt16) -> Int { reader.u16(start(.hmtx) + min(Int(glyph), widthCount - 1) * 4) }

  func leftSideBearing(of glyph: UInt16) -> Int {
    let place = Int(glyph) < widthCount ? Int(glyph) * 4 + 2 : widthCount * 4 + (Int(glyph) - widthCount) * 2
    return reader.u16(start(.hmtx) + place)
  }

  /// The glyph's outline as it stands in the file; empty for a space.
  func outline(of glyph: UInt16) -> ArraySlice<UInt8> {
    let (loca, glyf) = (start(.loca), table(.glyf))
    func offset(_ index: Int) -> Int {
      longOffsets ? reader.u32(loca + index * 4) : reader.u16(loca + index * 2) * 2
    }
    let first = glyf.startIndex + offset(Int(glyph))
    let end = glyf.startIndex + offset(Int(glyph) + 1)
    guard Int(glyph) < glyphCount, first < end, end <= glyf.endIndex else { return [] }
    return bytes[first..<end]
  }

  /// A measure of the font in thousandths of the type size, from a signed number in one of its tables.
  func measureThousandths(_ table: Table, at offset: Int) -> Int {
    reader.i16(start(table) + offset) * 1000 / unitsPerEm
  }
}

/// Reads numbers out of bytes, and 0 where there are none.
struct BigEndianReader {
  let bytes: [UInt8]

  func u8(_ place: Int) -> Int { place >= 0 && place < bytes.count ? Int(bytes[place]) : 0 }
  func u16(_ place: Int) -> Int { u8(place) << 8 | u8(place + 1) }
  func u32(_ place: Int) -> Int { u16(place) << 16 | u16(place + 2) }
  func i16(_ place: Int) -> Int { Int(Int16(truncatingIfNeeded: u16(place))) }
}

// A subset is a small font with only the glyphs that one document shows, renumbered from 0.

extension TrueTypeFont {
  /// The file of a font with the given glyphs, numbered from 1 in their order; glyph 0 is the font's own sign for "none".
  ///
  /// Glyphs made of others bring these along, behind the given ones. Instructions for coarse screens are left out, and with
  /// them the tables that only they use.
  func subset(_ glyphs: [UInt16]) -> [UInt8] {
    var kept: [UInt16] = [0] + glyphs
    var numbers: [UInt16: Int] = [:]
    for (number, glyph) in kept.enumerated() { numbers[glyph] = number }
    var outlines: [UInt8] = []
    var offsets: [UInt8] = []
    var widths: [UInt8] = []
    var place = 0
    while place < kept.count {
      let glyph = kept[place]
      offsets.append(u32: outlines.count)
      outlines += plainOutline(Array(outline(of: glyph))) { part in
        if let number = numbers[part] { return number }
        numbers[part] = kept.count
        kept.append(part)
        return kept.count - 1
      }
      while outlines.count % 4 != 0 { outlines.append(0) }
      widths.append(u16: advance(of: glyph))
      widths.append(u16: leftSideBearing(of: glyph))
      place += 1
    }
    offsets.append(u32: outlines.count)

    var head = Array(table(.head))
    head.put(u32: 0, at: 8)
    head.put(u16: 1, at: 50)
    var heights = Array(table(.hhea))
    heights.put(u16: kept.count, at: 34)
    var bounds = Array(table(.maxp))
    bounds.put(u16: kept.count, at: 4)
    return TrueTypeFont.file([
      ("glyf", outlines), ("head", head), ("hhea", heights), ("hmtx", widths), ("loca", offsets),
      ("maxp", bounds),
    ])
  }

  /// An outline without its instructions, the glyphs it is made of under their new numbers; empty where it is cut short.
  private func plainOutline(_ outline: [UInt8], renumber: (UInt16) -> Int) -> [UInt8] {
    let reader = BigEndianReader(bytes: outline)
    let contours = reader.i16(0)
    if contours >= 0 {
      let lengthPlace = 10 + contours * 2
      let points = lengthPlace + 2 + reader.u16(lengthPlace)
      guard contours > 0, points <= outline.count else { return [] }
      return outline[..<lengthPlace] + [0, 0] + outline[points...]
    }
    var plain = Array(outline.prefix(10))
    var place = 10
    var flags = ComponentFlags.more
    while flags & ComponentFlags.more != 0 {
      flags = reader.u16(place)
      let length = 4 + ComponentFlags.argumentBytes(flags)
      guard place + length <= outline.count else { return [] }
      plain.append(u16: flags & ~ComponentFlags.hasInstructions)
      plain.append(u16: renumber(UInt16(reader.u16(place + 2))))
      plain += outline[(place + 4)..<(place + length)]
      place += length
    }
    return plain
  }

  /// How a part of a composed glyph is described.
  private enum ComponentFlags {
    static let more = 0x0020
    static let hasInstructions = 0x0100

    /// Where the part stands, and how it is scaled.
    static func argumentBytes(_ flags: Int) -> Int {
      let offsets = flags & 0x0001 != 0 ? 4 : 2
      if flags & 0x0080 != 0 { return offsets + 8 }
      if flags & 0x0040 != 0 { return offsets + 4 }
      return flags & 0x0008 != 0 ? offsets + 2 : offsets
    }
  }

  /// A font file of the given tables, which are in the order of their tags.
  private static func file(_ tables: [(tag: String, bytes: [UInt8])]) -> [UInt8] {
    var file: [UInt8] = []
    file.append(u32: 0x0001_0000)
    // How a binary search over the tables begins: 4 of 6 tables, 2 halvings, the rest.
    for number in [tables.count, 4 * 16, 2, (tables.count - 4) * 16] { file.append(u16: number) }
    var offset = 12 + tables.count * 16
    for table in tables {
      file += Array(table.tag.utf8)
      file.append(u32: checksum(table.bytes))
      file.append(u32: offset)
      file.append(u32: table.bytes.count)
      offset += (table.bytes.count + 3) / 4 * 4
    }
    for table in tables {
      file += table.bytes
      while file.count % 4 != 0 { file.append(0) }
    }
    return file
  }

  private static func checksum(_ bytes: [UInt8]) -> Int {
    let reader = BigEndianReader(bytes: bytes)
    return stride(from: 0, to: bytes.count, by: 4).reduce(0) { ($0 + reader.u32($1)) & 0xFFFF_FFFF }
  }
}

extension [UInt8] {
  fileprivate mutating func append(u16 value: Int) {
    append(UInt8(truncatingIfNeeded: value >> 8))
    append(UInt8(truncatingIfNeeded: value))
  }

  fileprivate mutating func append(u32 value: Int) {
    append(u16: value >> 16)
    append(u16: value)
  }

  fileprivate mutating func put(u16 value: Int, at place: Int) {
    guard place + 2 <= count else { return }
    self[place] = UInt8(truncatingIfNeeded: value >> 8)
    self[place + 1] = UInt8(truncatingIfNeeded: value)
  }

  fileprivate mutating func put(u32 value: Int, at place: Int) {
    put(u16: value >> 16, at: place)
    put(u16: value, at: place + 2)
  }
}

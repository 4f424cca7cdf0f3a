internal import Files
internal import Orders

/// The locations and couriers that a page's steps name: thousands of rows in a row name the same few.
///
/// A name has a place in the list for each run of steps that name it, so that whoever keeps the books looks it up once for all of
/// them, and reads none of their texts.
struct ReplayNames: Sendable {
  /// The names, in the order in which steps first bear them; one may stand here again where others came between.
  private(set) var texts: [Slice] = []
  private var couriers = Near()
  private var locations = Near()

  /// A step bears no name.
  static let none = UInt32.max

  /// Names that were met: the short ones, and of the others each at the place that its hash gives it, where a text stands, and its
  /// place in the list plus one; 0 stands for no name yet.
  private struct Near {
    var short = ShortTexts()
    var texts = InlineArray<32, Slice>(repeating: .absent)
    var places = InlineArray<32, UInt32>(repeating: 0)
  }

  /// Reads the name of a courier. An assignment that names none leaves the shipment's what it is.
  @inline(__always)
  mutating func courier(_ walk: inout FieldWalk, in bytes: Span<UInt8>) -> UInt32 {
    let (place, count) = walk.text()
    return count == 0 ? Self.none : Self.number(ofTextAt: place, count, walk, in: bytes, &couriers, &texts)
  }

  /// Reads the name of a location.
  @inline(__always)
  mutating func location(_ walk: inout FieldWalk, in bytes: Span<UInt8>) -> UInt32 {
    let (place, count) = walk.text()
    return Self.number(ofTextAt: place, count, walk, in: bytes, &locations, &texts)
  }

  @inline(__always)
  private static func number(
    ofTextAt place: Int, _ count: Int, _ walk: borrowing FieldWalk, in bytes: Span<UInt8>,
    _ near: inout Near, _ texts: inout [Slice]
  ) -> UInt32 {
    guard let words = walk.words(ofTextAt: place, count: count) else {
      return other(Slice(offset: place, length: count), in: bytes, &near, &texts)
    }
    let known = near.short.number(of: words, length: count)
    if known != ShortTexts.unknown { return known }
    return learn(Slice(offset: place, length: count), words, in: bytes, &near, &texts)
  }

  @inline(never)
  private static func learn(
    _ name: Slice, _ words: (low: UInt64, high: UInt64), in bytes: Span<UInt8>, _ near: inout Near,
    _ texts: inout [Slice]
  ) -> UInt32 {
    let number = other(name, in: bytes, &near, &texts)
    near.short.learn(words, length: Int(name.length), number)
    return number
  }

  @inline(never)
  private static func other(
    _ name: Slice, in bytes: Span<UInt8>, _ near: inout Near, _ texts: inout [Slice]
  ) -> UInt32 {
    let text = bytes.extracting(name.range)
    let hash = Int(truncatingIfNeeded: keyHash(text, seed: 0))
    var place = hash & 31
    for _ in 0..<2 {
      let known = near.places[place]
      if known == 0 { break }
      if sameBytes(bytes.extracting(near.texts[place].range), text) { return known - 1 }
      place = hash >> 5 & 31
    }
    texts.append(name)
    near.texts[place] = name
    near.places[place] = UInt32(truncatingIfNeeded: texts.count)
    return UInt32(truncatingIfNeeded: texts.count - 1)
  }
}

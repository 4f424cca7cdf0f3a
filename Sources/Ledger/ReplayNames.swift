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

  /// Names that were met, each at one of the two places that its hash gives it: a text, and its place in the list plus one; 0 stands
  /// for no name yet.
  private struct Near {
    var texts = InlineArray<32, Slice>(repeating: .absent)
    var places = InlineArray<32, UInt32>(repeating: 0)
  }

  /// An assignment that names no courier leaves the shipment's what it is.
  @inline(__always)
  mutating func number(ofCourier name: Slice, in bytes: Span<UInt8>) -> UInt32 {
    name.isAbsent ? Self.none : Self.number(of: name, in: bytes, near: &couriers, &texts)
  }

  @inline(__always)
  mutating func number(ofLocation name: Slice, in bytes: Span<UInt8>) -> UInt32 {
    Self.number(of: name, in: bytes, near: &locations, &texts)
  }

  @inline(__always)
  private static func number(
    of name: Slice, in bytes: Span<UInt8>, near: inout Near, _ texts: inout [Slice]
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

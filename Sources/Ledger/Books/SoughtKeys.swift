internal import Files
public import Orders

/// What the keys of a column are sought by, row for row: whatever of a look-up follows from the keys alone.
///
/// It is made where rows are parsed, on another core if there is one; the look-up then asks the table only.
public struct SoughtKeys: Sendable {
  @usableFromInline private(set) var soughts: [KeyTable.Sought] = []
  /// Of each key which of the spellings it has around its digits.
  private(set) var spellings: [UInt8] = []
  /// The shape that each spelling turned out to have in the table; `unknownShape` as long as nobody has looked.
  var shapes = InlineArray<16, UInt16>(repeating: SoughtKeys.unknownShape)

  static let unknownShape = UInt16.max

  public init() {}

  public var count: Int { soughts.count }

  @inlinable @inline(__always)
  public subscript(_ row: Int) -> KeyTable.Sought { soughts[row] }

  public mutating func removeAll() {
    soughts.removeAll(keepingCapacity: true)
    spellings.removeAll(keepingCapacity: true)
  }

  /// Takes up one key more.
  public mutating func append(_ key: Span<UInt8>, for seeking: KeySeeking) {
    soughts.append(seeking.sought(key))
    spellings.append(Spellings.unlisted)
  }

  /// Takes up the keys of some rows; those before are forgotten.
  ///
  /// - Parameters:
  ///   - cells: of these every `width`th from `first` on is a key, and an empty one is none; `count` of them.
  ///   - bytes: what the cells are ranges of.
  public mutating func take(
    _ cells: Span<Slice>, from first: Int, by width: Int, count: Int, in bytes: Span<UInt8>,
    for seeking: KeySeeking
  ) {
    removeAll()
    shapes = InlineArray(repeating: SoughtKeys.unknownShape)
    shapes[0] = 0
    // Each list is filled by itself, without a look at whether there is room for one more.
    var (soughts, spellings) = ([KeyTable.Sought](), [UInt8]())
    swap(&soughts, &self.soughts)
    swap(&spellings, &self.spellings)
    var known = Spellings()
    let isPacked = seeking.kind.contains(.isPacked)
    soughts.append(addingCapacity: count) { soughts in
      spellings.append(addingCapacity: count) { spellings in
        for index in 0..<count {
          let cell = cells[first &+ index &* width]
          if cell.isAbsent {
            soughts.append(.nothing)
            spellings.append(Spellings.unlisted)
            continue
          }
          let sought = seeking.sought(bytes.extracting(cell.range))
          soughts.append(sought)
          spellings.append(isPacked ? known.place(of: cell, sought, in: bytes) : Spellings.unlisted)
        }
      }
    }
    swap(&soughts, &self.soughts)
    swap(&spellings, &self.spellings)
  }

  /// The texts before the digits of keys that end in them, as they were met first; at most one for each place.
  ///
  /// Two keys with one spelling and the same digits are one key, so that nobody needs to compare their texts again.
  struct Spellings: Sendable {
    private var texts = InlineArray<16, Slice>(repeating: .absent)

    static let unlisted = UInt8.max

    /// The place of the key's text; 0 stands for none, `unlisted` for one that has no place.
    @inline(__always)
    mutating func place(of cell: Slice, _ sought: KeyTable.Sought, in bytes: Span<UInt8>) -> UInt8 {
      let length = sought.digits.start
      if sought.digits.count == 0 || sought.digits.end != Int(cell.length) { return Spellings.unlisted }
      if length == 0 { return 0 }
      let place = Int(truncatingIfNeeded: sought.shape & 15)
      if place == 0 { return Spellings.unlisted }
      let text = Slice(offset: Int(cell.offset), length: length)
      if texts[place].isAbsent { texts[place] = text }
      let isSame = sameBytes(bytes.extracting(text.range), bytes.extracting(texts[place].range))
      return isSame ? UInt8(truncatingIfNeeded: place) : Spellings.unlisted
    }
  }
}

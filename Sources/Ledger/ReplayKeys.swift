internal import Files
internal import Orders

/// The keys of a page's steps, in each table of the books that a replay puts many keys into.
struct ReplayKeys: Sendable {
  var orderNumbers: Column
  var invoices: Column
  var awbs: Column
  var lineKeys: Column

  /// The keys of one table.
  struct Column: Sendable {
    private let seeking: KeySeeking
    private var spellings = SoughtKeys.Spellings()
    /// Texts before digits that were met, of eight bytes at most, each at the place that its word gives it.
    private var known = InlineArray<16, Known>(repeating: Known())

    private struct Known: Sendable {
      var text: UInt64 = 0
      /// The hash of the shape that the key has then.
      var shape: UInt64 = 0
      /// None is known yet as long as this is 0.
      var length: UInt32 = 0
      var spelling = SoughtKeys.Spellings.unlisted
    }

    fileprivate init(_ seeking: KeySeeking) {
      precondition(
        seeking.kind.contains(.isPacked), "of keys that are not packed nothing is known but their hash")
      self.seeking = seeking
    }

    /// Reads a key and takes it apart.
    @inline(__always)
    mutating func key(_ walk: inout FieldWalk, in bytes: Span<UInt8>, prefix: UInt32 = 0) -> ReplayStep.Key {
      let text = ReplayReader.slice(&walk)
      let key = bytes.extracting(text.range)
      let digits = KeyDigits(key)
      let length = digits.start
      // What stands before the digits is mostly what stood before those of another key of the page.
      guard length > 0, length <= 8, digits.end == key.count, digits.count > 0,
        let word = walk.word(at: Int(text.offset))
      else { return self.key(text, digits, in: bytes, prefix: prefix) }
      let before = word & .max &>> UInt64(truncatingIfNeeded: 64 &- 8 &* length)
      let place = Int(truncatingIfNeeded: (before &* 0x9E37_79B9_7F4A_7C15) &>> 60)
      if known[place].text != before || known[place].length != UInt32(truncatingIfNeeded: length) {
        let found = self.key(text, digits, in: bytes, prefix: prefix)
        if found.spelling != SoughtKeys.Spellings.unlisted {
          known[place] = Known(
            text: before, shape: KeyShapes.hash(key, digits), length: UInt32(truncatingIfNeeded: length),
            spelling: found.spelling)
        }
        return found
      }
      let apart = KeyTable.Sought(hash: 0, shape: known[place].shape, digits: digits)
      return ReplayStep.Key(
        text: text, sought: seeking.sought(apart, prefix: prefix), spelling: known[place].spelling)
    }

    @inline(never)
    private mutating func key(
      _ text: Slice, _ digits: KeyDigits, in bytes: Span<UInt8>, prefix: UInt32
    ) -> ReplayStep.Key {
      let shape = KeyShapes.hash(bytes.extracting(text.range), digits)
      let apart = KeyTable.Sought(hash: 0, shape: shape, digits: digits)
      let sought = seeking.sought(apart, prefix: prefix)
      return ReplayStep.Key(
        text: text, sought: sought, spelling: spellings.place(of: text, sought, in: bytes))
    }
  }

  /// All books seek by the same.
  static let ofBooks = ReplayKeys(Books())

  private init(_ books: Books) {
    orderNumbers = Column(books.orderNumbers.seeking)
    invoices = Column(books.invoices.seeking)
    awbs = Column(books.awbs.seeking)
    lineKeys = Column(books.lineKeys.seeking)
  }
}

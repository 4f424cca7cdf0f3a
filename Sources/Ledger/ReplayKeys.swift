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
    /// The texts before digits that were met. A key's spelling is the number of its text, from 1; 0 is that of keys which are nothing
    /// but digits.
    private var texts = ShortTexts()
    /// The hashes of the shapes that keys of these spellings have.
    private var shapes = InlineArray<16, UInt64>(repeating: 0)
    private var spellings = 1

    fileprivate init(_ seeking: KeySeeking) {
      precondition(
        seeking.kind.contains(.isPacked), "of keys that are not packed nothing is known but their hash")
      self.seeking = seeking
    }

    /// Reads a key and takes it apart.
    @inline(__always)
    mutating func key(_ walk: inout FieldWalk, in bytes: Span<UInt8>, prefix: UInt32 = 0) -> ReplayStep.Key {
      let (place, count) = walk.text()
      let text = Slice(offset: place, length: count)
      let digits = walk.digitsAtEnd(ofTextAt: place, count: count)
      let length = count &- digits.count
      guard digits.count > 0, let before = walk.words(ofTextAt: place, count: length) else {
        return otherKey(text, in: bytes, prefix: prefix)
      }
      // What stands before the digits is mostly what stood before those of another key of the page.
      let known = length == 0 ? 0 : texts.number(of: before, length: length)
      if known > 15 { return learn(text, before, length, in: bytes, prefix: prefix) }
      let apart = KeyTable.Sought(
        hash: 0, shape: shapes[Int(truncatingIfNeeded: known & 15)], digits: digits)
      return ReplayStep.Key(
        text: text, sought: seeking.sought(apart, prefix: prefix), spelling: UInt8(truncatingIfNeeded: known))
    }

    /// Takes apart a key whose text was not met yet.
    @inline(never)
    private mutating func learn(
      _ text: Slice, _ before: (low: UInt64, high: UInt64), _ length: Int, in bytes: Span<UInt8>,
      prefix: UInt32
    ) -> ReplayStep.Key {
      if spellings < 16 {
        texts.learn(before, length: length, UInt32(spellings))
        let key = bytes.extracting(text.range)
        shapes[spellings] = KeyShapes.hash(key, KeyDigits(key))
        spellings += 1
      }
      return otherKey(text, in: bytes, prefix: prefix)
    }

    /// Takes apart a key that is not like most.
    @inline(never)
    private func otherKey(_ text: Slice, in bytes: Span<UInt8>, prefix: UInt32) -> ReplayStep.Key {
      let key = bytes.extracting(text.range)
      let digits = KeyDigits(key)
      let apart = KeyTable.Sought(hash: 0, shape: KeyShapes.hash(key, digits), digits: digits)
      return ReplayStep.Key(
        text: text, sought: seeking.sought(apart, prefix: prefix), spelling: SoughtKeys.Spellings.unlisted)
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

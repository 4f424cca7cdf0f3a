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

    fileprivate init(_ seeking: KeySeeking) { self.seeking = seeking }

    /// Takes a key apart.
    @inline(__always)
    mutating func key(_ text: Slice, in bytes: Span<UInt8>, prefix: UInt32 = 0) -> ReplayStep.Key {
      let sought = seeking.sought(bytes.extracting(text.range), prefix: prefix)
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

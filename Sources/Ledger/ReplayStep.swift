internal import Files
internal import Orders

/// One change that a row made to the books, as a replay needs it: of a fixed width, its texts still where they lie in the frame.
///
/// Rows are taken apart some hundred changes at a time, so that the places in the tables that they are about to touch can be looked
/// at together before the first of them is made: a start makes millions of them, one behind the other.
struct ReplayStep: Sendable {
  enum Kind {
    /// An event told in short, or a carrier's effect that changes nothing but its shipment and the scan numbers.
    case event, carrier
    case createOrder, createShipment, setInvoice, addLine, assign, confirm, manifest, cancel
    /// What only the journal keeps: the shipment's newest record is another one, and that is all.
    case note
    /// A whole row with effects that are rare, or that the tally counts: taken as any reader takes it.
    case row
  }

  let kind: Kind
  let state: ShipmentState
  private let flags: UInt8
  /// Which of the page's spellings of its table's keys the key in `text` has.
  let spelling: UInt8
  let code: CodeIndex
  /// The order or the shipment; of a `row` its place in the list of rows.
  let subject: UInt32
  /// Where the row's record begins in the frame.
  let record: UInt32
  private let digitsEnd: UInt32
  // The location or the courier, by its place in the page's names; of a line its quantity.
  private let named: UInt32
  let text: Slice
  // A step has a key or a fold: what the key is sought by (hash, digits), or the record that the fold names and its time.
  private let words: (UInt64, UInt64)
  /// A scan number, or what a line's content comes to.
  let number: UInt64
  /// The row's time.
  let time: Timestamp

  /// A key as the page's reader took it apart, in its table, which is one of packed keys.
  struct Key {
    let text: Slice
    let sought: KeyTable.Sought
    let spelling: UInt8

    @inline(__always)
    static var none: Key {
      Key(text: .absent, sought: KeyTable.Sought(hash: 0), spelling: SoughtKeys.Spellings.unlisted)
    }
  }

  @inline(__always)
  init(
    _ kind: Kind, of subject: UInt32 = 0, record: Int, time: Timestamp, state: ShipmentState = .open,
    onReturn: Bool = false, code: CodeIndex = 0, key: Key = .none, named: UInt32 = ReplayNames.none,
    number: UInt64 = 0
  ) {
    self.kind = kind
    self.state = state
    flags = onReturn ? Self.onReturnFlag : 0
    spelling = key.spelling
    self.code = code
    self.subject = subject
    self.record = UInt32(truncatingIfNeeded: record)
    digitsEnd = UInt32(truncatingIfNeeded: key.sought.digits.end)
    self.named = named
    text = key.text
    words = (key.sought.hash, key.sought.digits.word)
    self.number = number
    self.time = time
  }

  /// One that folds the shipment's events.
  @inline(__always)
  init(
    _ kind: Kind, of subject: UInt32, record: Int, time: Timestamp, _ fold: Fold, isCancel: Bool = false,
    code: CodeIndex = 0, text: Slice = .absent, number: UInt64 = 0
  ) {
    self.kind = kind
    state = fold.state
    flags =
      (fold.onReturn ? Self.onReturnFlag : 0) | (isCancel ? Self.cancelFlag : 0)
      | (fold.hasSetBy ? Self.setByFlag : 0)
    spelling = SoughtKeys.Spellings.unlisted
    self.code = code
    self.subject = subject
    self.record = UInt32(truncatingIfNeeded: record)
    digitsEnd = 0
    named = ReplayNames.none
    self.text = text
    words = (fold.setBy.raw, UInt64(bitPattern: fold.since.milliseconds))
    self.number = number
    self.time = time
  }

  private static let onReturnFlag: UInt8 = 1
  private static let cancelFlag: UInt8 = 2
  private static let setByFlag: UInt8 = 4

  /// What a fold comes to.
  struct Fold {
    let state: ShipmentState
    let onReturn: Bool
    let hasSetBy: Bool
    /// The earlier record that put the shipment into its state, and that record's time, where the fold names one.
    let setBy: Position
    let since: Timestamp

    @inline(__always)
    init(state: ShipmentState, onReturn: Bool) {
      (self.state, self.onReturn, hasSetBy) = (state, onReturn, false)
      (setBy, since) = (.none, .distantPast)
    }

    @inline(__always)
    init(state: ShipmentState, onReturn: Bool, setBy: Position, since: Timestamp) {
      (self.state, self.onReturn, hasSetBy) = (state, onReturn, true)
      (self.setBy, self.since) = (setBy, since)
    }
  }

  var onReturn: Bool { flags & Self.onReturnFlag != 0 }
  /// Did the event ask for a cancellation?
  var isCancel: Bool { flags & Self.cancelFlag != 0 }
  /// The place of its name among the page's names; `ReplayNames.none` where it bears none.
  @inline(__always)
  var name: UInt32 { named }
  /// Of a line.
  var quantity: Int32 { Int32(bitPattern: named) }

  /// What the key in `text` is sought by, but for its shape, which its spelling stands for.
  @inline(__always)
  var sought: KeyTable.Sought {
    KeyTable.Sought(hash: words.0, digits: KeyDigits(word: words.1, end: Int(digitsEnd)))
  }

  @inline(__always)
  var hash: UInt64 { words.0 }

  @inline(__always)
  var fold: Effect.FoldResult {
    let hasSetBy = flags & Self.setByFlag != 0
    let since = hasSetBy ? Timestamp(milliseconds: Int64(bitPattern: words.1)) : time
    return Effect.FoldResult(
      after: state, onReturn: onReturn, setBy: hasSetBy ? Position(raw: words.0) : nil, since: since)
  }
}

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

  var kind: Kind
  var state = ShipmentState.open
  var onReturn = false
  /// Did the event ask for a cancellation?
  var isCancel = false
  private var hasSetBy = false
  var code: CodeIndex = 0
  /// The order or the shipment; of a `row` its place in the list of rows.
  var subject: UInt32 = 0
  /// Where the row's record begins in the frame.
  var record: UInt32 = 0
  var quantity: Int32 = 0
  private var digitsEnd: UInt32 = 0
  var text = Slice.absent
  var second = Slice.absent
  // A step has a key or a fold: what the key is sought by (hash, shape, digits), or the record that the fold names and its time.
  private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
  /// A scan number, or what a line's content comes to.
  var number: UInt64 = 0
  /// The row's time.
  var time: Timestamp

  init(_ kind: Kind, record: Int, time: Timestamp) {
    self.kind = kind
    self.record = UInt32(truncatingIfNeeded: record)
    self.time = time
  }

  /// Of the key in `text`, in its table, which is one of packed keys.
  @inline(__always)
  var sought: KeyTable.Sought {
    get {
      KeyTable.Sought(
        hash: words.0, shape: words.1, digits: KeyDigits(word: words.2, end: Int(digitsEnd)))
    }
    set {
      words = (newValue.hash, newValue.shape, newValue.digits.word)
      digitsEnd = UInt32(truncatingIfNeeded: newValue.digits.end)
    }
  }

  @inline(__always)
  var hash: UInt64 { words.0 }

  /// The earlier record that the fold says put the shipment into its state, and that record's time.
  mutating func follow(_ record: Position, since: Timestamp) {
    words = (record.raw, UInt64(bitPattern: since.milliseconds), 0)
    hasSetBy = true
  }

  @inline(__always)
  var fold: Effect.FoldResult {
    let since = hasSetBy ? Timestamp(milliseconds: Int64(bitPattern: words.1)) : time
    return Effect.FoldResult(
      after: state, onReturn: onReturn, setBy: hasSetBy ? Position(raw: words.0) : nil, since: since)
  }

  /// Does the step name a shipment that is there, and make its record the shipment's newest?
  @inline(__always)
  private var isOfShipment: Bool {
    switch kind {
    case .createOrder, .createShipment, .row: false
    default: true
    }
  }

  /// Appends a step of a row, whose steps begin at a place in the list.
  ///
  /// That a record is a shipment's newest is noted once: a step beside it that does so anyway makes a bare note superfluous.
  @inline(__always)
  func append(to steps: inout [ReplayStep], ofRowAt start: Int) {
    let last = steps.count - 1
    if last >= start, isOfShipment, steps[last].subject == subject, steps[last].isOfShipment {
      if kind == .note { return }
      if steps[last].kind == .note {
        steps[last] = self
        return
      }
    }
    steps.append(self)
  }
}

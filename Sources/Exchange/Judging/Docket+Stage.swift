internal import Ledger
public import Orders

/// The stage: what the rows that come next name, looked up for many of them at once, and what their short ways ask for.
extension Docket {
  /// The ways that a row can be judged by. A short one serves the rows that are as nearly all of their kind are; it says and
  /// writes what the long one would, without a list or an effect between.
  enum Way { case long, event, order, assignment, confirmation, manifest }

  struct Stage {
    /// The way that the rows may go.
    var way = Way.long
    /// The first of the rows that were looked up.
    var first = 0
    /// The numbers of their keys, `Books.noKey` for those that nobody knew; empty where none were looked up.
    var orders: [UInt32] = []
    var invoices: [UInt32] = []
    var awbs: [UInt32] = []
    /// How rows of the sender are taken up.
    var seeking: RowSeeking?
    /// The row in hand, and where its keys stand; -1: a row that comes from no batch.
    var row = -1
    var orderNumber = Slice.absent
    var invoice = Slice.absent
    var waybill = Slice.absent

    // Of events: what the codes ask for.
    var meanings: [Meaning] = []
    var secondMeanings: [Meaning] = []

    // Of steps: the states that the sender's rows lead to, by the state before, and those of an assignment that is not the first.
    var targets: [ShipmentState?] = []
    var targetsAgain: [ShipmentState?] = []
    /// May the sender assign orders of a partner, by the partner's number?
    var mayAssign: [Bool] = []
    /// Does the sender work at a location, by its number?
    var worksAt: [Bool?] = []

    struct Meaning {
      let event: EventKind?
      let endsReturn: Bool

      init(_ code: ScanCode) {
        event = code.scanClass.event
        endsReturn = code.endsReturn
      }
    }
  }

  /// So many rows are looked up at once.
  public static let rowsAtOnce = Books.nearRows

  /// Takes up the rows of a batch from one of them on, as many as are looked up at once: the judge then finds near what they ask
  /// for one by one.
  public mutating func prepare(_ batch: borrowing RowBatch, from first: Int) {
    stage.first = first
    stage.way = .long
    stage.orders.removeAll(keepingCapacity: true)
    stage.invoices.removeAll(keepingCapacity: true)
    stage.awbs.removeAll(keepingCapacity: true)
    let areEvents = batch.kind == .scans || batch.kind == .tracking
    if batch.cells.isEmpty || batch.kind == .reconcile || areEvents && !takesShortWay { return }
    let end = min(batch.rows.count, first + Books.nearRows)
    if !sought.isOf(batch) {
      // Taken out and put back: a copy would hold on to each of its tables.
      let seeking = stage.seeking.take() ?? RowSeeking(batch.kind, from: profile, books)
      sought.take(batch, first..<end, for: seeking)
      stage.seeking = consume seeking
    }
    if sought.isOf(batch) { bringTextsNear(batch, first..<end) }
    if areEvents { return prepareEvents(batch, first..<end) }
    bringNear(.orderNumber, batch, first..<end)
    bringNear(.invoiceID, batch, first..<end)
    bringNear(.awbNumber, batch, first..<end)
    if takesShortWay { prepareSteps(batch.kind) }
  }

  private mutating func bringNear(_ column: Column, _ batch: borrowing RowBatch, _ rows: Range<Int>) {
    let place = Int(batch.places[Int(column.rawValue)])
    if place == 255 { return }
    let width = batch.width
    let cells = rows.lowerBound * width..<rows.upperBound * width
    let keys = sought.place(rows.lowerBound)..<sought.place(rows.upperBound)
    func look(_ sought: inout SoughtKeys, into numbers: inout [UInt32], _ books: borrowing Books) {
      books.bringNear(
        column, &sought, keys, of: batch.cells.span.extracting(cells), at: place, width: width,
        in: batch.bytes.span, into: &numbers)
    }
    switch column {
    case .orderNumber: look(&sought.orders, into: &stage.orders, books)
    case .invoiceID: look(&sought.invoices, into: &stage.invoices, books)
    default: look(&sought.awbs, into: &stage.awbs, books)
    }
  }

  /// Brings near what the records of rows repeat of them, where another core read it last: of events the location, of other rows all.
  private func bringTextsNear(_ batch: borrowing RowBatch, _ rows: Range<Int>) {
    let bytes = batch.bytes.span
    var sum: UInt64 = 0
    if !sought.events.isEmpty {
      let events = sought.events.span
      for row in rows {
        let location = events[sought.place(row)].location
        if !location.isAbsent { sum &+= UInt64(bytes[Int(location.offset)]) }
      }
    } else {
      let (first, last) = (batch.rows[rows.lowerBound].raw, batch.rows[rows.upperBound - 1].raw)
      // A line of the cache has 64 bytes.
      for place in stride(from: first.range.lowerBound, to: min(last.range.upperBound, bytes.count), by: 64) {
        sum &+= UInt64(bytes[place])
      }
    }
    Books.note(sum)
  }

  private mutating func prepareEvents(_ batch: borrowing RowBatch, _ rows: Range<Int>) {
    if stage.meanings.isEmpty {
      stage.meanings = profile.codes.codes.map { Stage.Meaning($0) }
      stage.secondMeanings = profile.secondCodes?.codes.map { Stage.Meaning($0) } ?? []
    }
    bringNear(.awbNumber, batch, rows)
    if !stage.awbs.isEmpty { stage.way = .event }
  }

  private mutating func prepareSteps(_ kind: Kind) {
    switch kind {
    case .orders: stage.way = .order
    case .assignments: stage.way = .assignment
    case .confirmations: stage.way = .confirmation
    case .manifests: stage.way = .manifest
    default: return
    }
    if kind == .orders || !stage.targets.isEmpty { return }
    func targets(_ event: EventKind, mayStay: Bool = false) -> [ShipmentState?] {
      ShipmentState.allCases.map { state in
        switch Transitions.step(state, event, for: profile) {
        case .moves(let target): target
        case .stays, .duplicate: mayStay ? state : nil
        case .refused, .parked, .recorded: nil
        }
      }
    }
    switch kind {
    case .assignments:
      stage.targets = targets(.assign, mayStay: true)
      stage.targetsAgain = targets(.reassign, mayStay: true)
      stage.mayAssign = profiles.map { Transitions.mayAssign(profile, ordersOf: $0.role) }
    case .confirmations: stage.targets = targets(.confirm)
    default: stage.targets = targets(.manifest)
    }
  }

  /// Judges the row by its short way; nil, and nothing changed, where it must go the long way.
  mutating func judgeShort(_ batch: borrowing RowBatch, _ row: Int) -> Verdict? {
    switch stage.way {
    case .long: return nil
    case .event: return judgeNextEvent(batch, row)
    case .order: return judgeNextOrder(batch, row)
    case .assignment: return judgeNextAssignment(batch, row)
    case .confirmation: return judgeNextConfirmation(batch, row)
    case .manifest: return judgeNextManifest(batch, row)
    }
  }

  /// Is a shipment of that order, with that courier, the sender's own? The same as `owns`, asked with less.
  mutating func owns(order: OrderIndex, courier: UInt32) -> Bool {
    switch profile.role {
    case .orderManagement: return true
    case .carrier: return books.isPartner(partner, courier: courier)
    case .warehouse: return worksAt(books[order].location)
    case .marketplace: return books[order].creator == partner
    }
  }

  /// Does the sender work at the location with that number?
  mutating func worksAt(_ location: UInt32) -> Bool {
    if profile.locationKeys == nil { return true }
    let place = Int(location)
    if place < stage.worksAt.count, let works = stage.worksAt[place] { return works }
    let works = worksAt(books.locations.bytes(of: place))
    while stage.worksAt.count <= place { stage.worksAt.append(nil) }
    stage.worksAt[place] = works
    return works
  }
}

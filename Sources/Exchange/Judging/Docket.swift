public import Ledger
public import Orders

/// The docket: the rows of one file, called one after the other, judged against the books and entered in the journal's pages.
///
/// For each row it looks up the present holders of the keys that the row names, lets the tables of Orders decide, applies the
/// effects to the books and writes the row's record. It reads no clock and opens no file.
public struct Docket: ~Copyable {
  public var books: Books
  /// What rows came to so far, for those who ask later.
  public var tally = RowTally()
  /// Every partner's profile, by the number the books know it by.
  public var profiles: [PartnerProfile]
  /// The pages of the journal that are being written.
  public var writer = RowWriter()

  // The file in hand.
  public internal(set) var profile: PartnerProfile
  public internal(set) var partner: UInt8 = 0
  public internal(set) var claim = ClaimNumber(0)
  public internal(set) var fileName: [UInt8] = []
  public internal(set) var arrival = Timestamp.distantPast
  /// Where the frame that is being written will lie.
  public var frame: UInt64 = 0
  /// Parked rows that rows of this file released, in the order of their release.
  public var released: [ReleasedRow] = []

  /// Keys that rows wait for and that this file made known, by their number in the books' table of such keys.
  var woken: Set<Int> = []
  /// The file in hand, while rows of earlier files are judged again because of it.
  var inHand: (claim: ClaimNumber, partner: UInt8, name: [UInt8])?

  /// The documents that rows asked for: bit 0 the label, bit 1 the invoice; and who asked.
  var requested: [(shipment: ShipmentIndex, which: UInt8, partner: UInt8)] = []
  /// What the file changed, and how it stood before.
  private(set) var touched = Touched()
  /// Verdicts that were reached elsewhere; nil: the rows are judged here.
  var given: GivenVerdicts?
  /// The rows that were resumed for the file in hand, in their order.
  var resumptions: [Resumption] = []
  /// What an export of the sender's has named so far; nil: the file is none.
  var export: ExportComparison?

  /// Hides a carrier's credentials: equal credentials give equal numbers, and no number gives a credential.
  let fingerprint: ([ArraySlice<UInt8>]) -> UInt64
  /// What the fingerprint of a row's credentials was when it was judged, where they are known no more: asked in place of
  /// `fingerprint`, with the row's number, whether the courier's name counts, and what the account has now.
  var fingerprintOfRecord: ((_ row: UInt32, _ withCourier: Bool, _ known: UInt64?) -> UInt64)?
  /// Gives committed rows frames, and those of the open transaction.
  private let frames: History.PartSource
  private var marks = FrameMarks()
  /// Are frames for good what they are, or may others come to lie at the same offsets?
  private let keepsMarks: Bool
  /// Where the frame of the page in the writer lies; nil before the first page of a file.
  private var pageFrame: UInt64?

  /// May rows go their short ways? Both ways say the same, which the tests hold against each other.
  public var takesShortWay = true
  #if DEBUG
    /// How many did.
    public private(set) var shortWays = 0
  #endif
  var stage = Stage()
  /// What follows from the rows of the batch alone.
  var sought = SoughtRows()

  // The row in hand.
  var effects: [Effect] = []
  var heads: [Position] = []
  var position = Position.none
  var rowNumber: UInt32 = 0
  var time = Timestamp.distantPast
  var bytes: [UInt8] = []

  public init(
    books: Books, profiles: [PartnerProfile], fingerprint: @escaping ([ArraySlice<UInt8>]) -> UInt64,
    frames: @escaping History.FrameSource
  ) {
    self.init(
      books: books, profiles: profiles, fingerprint: fingerprint,
      parts: { frame, _, _ in FramePart(whole: try frames(frame)) }, keepsMarks: false)
  }

  /// - Parameter keepsMarks: no other frame ever comes to lie at an offset where there was one.
  public init(
    books: Books, profiles: [PartnerProfile], fingerprint: @escaping ([ArraySlice<UInt8>]) -> UInt64,
    parts frames: @escaping History.PartSource, keepsMarks: Bool = true
  ) {
    self.keepsMarks = keepsMarks
    self.books = books
    self.profiles = profiles
    profile = profiles[0]
    self.fingerprint = fingerprint
    self.frames = frames
  }

  /// A parked row that was released: what its settled file says.
  public struct ReleasedRow: Sendable {
    public let claim: ClaimNumber
    public let partner: UInt8
    public var row: UInt32
    public let line: UInt32
    public let orderNumber: [UInt8]
    public var invoiceID: [UInt8] = []
    public let awb: [UInt8]
    public let verdict: Verdict
    /// The value as sent that a rejection is about.
    public var value: [UInt8] = []
  }

  /// Takes up a file.
  public mutating func open(partner: UInt8, claim: ClaimNumber, name: [UInt8], arrival: Timestamp) {
    self.partner = partner
    self.claim = claim
    fileName = name
    self.arrival = arrival
    profile = profiles[Int(partner)]
    released.removeAll()
    if let given { released = given.released }
    resumptions.removeAll()
    requested.removeAll()
    woken.removeAll()
    touched = Touched()
    export = nil
    pageFrame = nil
    stage = Stage()
    sought.removeAll()
    if !keepsMarks { marks = FrameMarks() }
  }

  /// Starts a page of the journal with the row of that number.
  public mutating func startPage(row: UInt32) {
    if let pageFrame, writer.rowCount > 0 { marks.note(writer.page, frame: pageFrame) }
    pageFrame = frame
    writer.start(claim: claim, firstRow: row, arrival: arrival)
  }

  /// Judges a row, applies what it changes, and writes its record.
  ///
  /// - Parameter waiting: the record of the row while it waited for its order or AWB.
  public mutating func judge(
    _ batch: borrowing RowBatch, _ row: Int, resuming waiting: Position? = nil
  ) throws -> Verdict {
    if let given, batch.rows[row].faultCount == 0 { return try given.verdict(batch, row) }
    position = Position(frame: frame, record: writer.byteCount)
    if waiting == nil, batch.rows[row].faultCount == 0, let verdict = judgeShort(batch, row) {
      #if DEBUG
        shortWays += 1
      #endif
      return verdict
    }
    effects.removeAll(keepingCapacity: true)
    heads.removeAll(keepingCapacity: true)
    takeUpKeys(batch, row, isResumed: waiting != nil)
    let given = batch.rows[row]
    rowNumber = given.number
    // An order's date says when it was placed, not when a cancellation was asked for: such a row counts from its arrival.
    let ownTime = batch.kind == .orders && cancelsAny(batch, row) ? nil : given.time
    time = ownTime ?? arrival
    if let waiting { perform(.resume(waiting: waiting)) }
    var verdict: Verdict
    if given.faultCount > 0 {
      verdict = .rejected(Array(batch.faults(of: row)))
    } else {
      bytes = batch.bytes
      switch batch.kind {
      case .scans, .tracking: verdict = try judgeCarrierEvent(batch, row)
      case .orders: verdict = try judgeOrder(batch, row)
      case .assignments: verdict = try judgeAssignment(batch, row)
      case .confirmations: verdict = try judgeConfirmation(batch, row)
      case .manifests: verdict = try judgeManifest(batch, row)
      case .cancellations: verdict = try judgeCancellation(batch, row)
      case .documents: verdict = try judgeDocument(batch, row)
      case .inventory: verdict = judgeStock(batch, row)
      case .products: verdict = judgeProduct(batch, row)
      case .carriers: verdict = judgeAccount(batch, row)
      case .reconcile: verdict = try compare(batch, row)
      case .returns: verdict = .rejected([Fault(.kindNotAllowed)])
      }
      // A row of an export says what is; it asks for nothing that could wait.
      if verdict.rejection != nil, batch.kind != .reconcile, let key = unknownKey(verdict) {
        if profile.parkUnknown {
          verdict = wait(for: key, batch, row)
        } else if let lost = zerosLost(key) {
          verdict = .rejected([lost])
        }
      }
    }
    verdict.eventTime = ownTime
    self.given?.noteUnsound(verdict, row: rowNumber)
    note(verdict)
    bytes = []
    return verdict
  }

  /// Takes up a row that comes from no file.
  mutating func start(row: UInt32, at clock: Timestamp) {
    effects.removeAll(keepingCapacity: true)
    heads.removeAll(keepingCapacity: true)
    position = Position(frame: frame, record: writer.byteCount)
    rowNumber = row
    time = clock
    bytes = []
  }

  /// Writes the record of the row in hand, and counts it.
  mutating func note(_ verdict: Verdict) {
    writer.append(verdict, effects, bytes: bytes, heads: heads, at: position)
    tally.note(verdict, effects, from: partner, claim, at: position, time: time, bytes)
  }

  /// From here on what rows change can be taken back.
  mutating func beginTransaction() {
    books.beginTransaction()
    tally.beginTransaction()
  }

  /// The changes stand.
  mutating func endTransaction() {
    books.endTransaction()
    tally.endTransaction()
  }

  /// Takes back everything since `beginTransaction`; only while the books still can.
  mutating func rollBack() {
    books.rollBack()
    tally.rollBack()
  }

  /// Applies an effect of the row in hand.
  mutating func perform(_ effect: Effect) {
    switch effect {
    case .stock, .product, .account: touched.note(effect, bytes: bytes, in: books)
    case .addLine(let shipment, _, _, _, _, _), .dropLine(let shipment, _, _), .pieces(let shipment, _, _, _):
      // Of a shipment that the file created there is nothing to compare with.
      if shipment.raw < books.firstNewShipment, touched.linesBefore[shipment] == nil {
        touched.noteLines(of: shipment, before: pastHead(of: shipment))
      }
    default: break
    }
    heads.append(effect.shipment.map { books[$0].head } ?? .none)
    effects.append(effect)
    books.apply(
      effect, bytes: bytes, in: Books.RowContext(partner: partner, position: position, time: time))
    if books.waitingCount > 0 { wake(effect) }
  }

  /// The newest record about the shipment before the row in hand, whose own record is not written yet.
  func pastHead(of shipment: ShipmentIndex) -> Position {
    let head = books[shipment].head
    guard head == position else { return head }
    let first = effects.firstIndex { $0.shipment == shipment }
    return first.map { heads[$0] == position ? .none : heads[$0] } ?? .none
  }

  /// The history as the row in hand sees it: what is committed, what the transaction wrote, and the page being written.
  var history: History {
    History(parts: frames, marks: marks, open: (writer.page, frame))
  }

  /// One verdict for a row that acted on several shipments: applied if any was, else duplicate if any was, else the first refusal.
  func together(_ verdicts: [Verdict]) -> Verdict {
    verdicts.first { $0.outcome == .applied } ?? verdicts.first { $0.outcome == .recorded }
      ?? verdicts.first { $0.outcome == .duplicate } ?? verdicts[0]
  }
}

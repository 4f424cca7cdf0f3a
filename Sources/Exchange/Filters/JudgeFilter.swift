internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// `waybill judge`: the lines of each key come in, its past before its rows; verdicts go out, and the past that the next run needs.
///
/// A key is a connected component of what rows and records name together, so that nobody else's row can change what becomes of these.
/// State travels in the stream and leaves in the stream: a task may be tried again or run twice, and nothing is shared but the terms.
public struct JudgeFilter {
  private let terms: RunTerms
  private let answers: KeyAnswers
  private let output: LineOutput
  private let scratch: ScratchFolder
  private let fonts: FontShelf
  /// Books that hold the files of the exchange, and nothing else.
  private var books: Books
  private var files: [UInt64: FileRecord] = [:]
  /// Exports of this run: every key is asked what they do not name.
  private var exports: [UInt64] = []

  public init(_ terms: RunTerms, to output: LineOutput) throws {
    self.terms = terms
    self.output = output
    scratch = try ScratchFolder()
    fonts = FontShelf(folders: terms.configuration.fontFolders)
    books = terms.emptyBooks()
    answers = KeyAnswers(output, terms, books)
    for item in terms.items { try item.enter(in: &books) }
    for (decision, plan) in terms.plans where plan.way == .judged || plan.way == .withdrawn {
      guard let file = try terms.file(decision, partners: books.partners) else { continue }
      files[decision] = file
      if file.kind == .reconcile && plan.way == .judged { exports.append(decision) }
    }
    exports.sort()
  }

  public mutating func run(_ input: LineInput) throws {
    while let first = try input.peek() {
      try judge(first.key, input)
    }
    try answers.finish()
    try output.finish()
  }

  private func judge(_ key: [UInt8], _ input: LineInput) throws {
    var desk = KeyDesk(FilterBench(terms, scratch.folder, books: books, fonts: fonts))
    var agenda = exports[...]
    func visitExports(before decision: UInt64) throws {
      while let export = agenda.first, export < decision, let file = files[export] {
        agenda = agenda.dropFirst()
        try desk.judge([], of: file, to: answers)
      }
    }
    while let line = try input.peek(), line.key == key {
      switch line.kind {
      case .link:
        // What belongs together was found out before; the past keeps the links that it needs.
        _ = try input.next()
      case .past:
        let past = try PastRecord(line)
        try desk.take(past)
        try output.write(KeyedLine(past.unit, .past, line.arrival, line.payload))
        try answers.links(of: past)
        _ = try input.next()
      case .row:
        let decision = try KeyAnswers.decision(of: line)
        try visitExports(before: decision)
        if agenda.first == decision { agenda = agenda.dropFirst() }
        var rows: [RowBatch] = []
        while let row = try input.peek(), row.key == key, row.kind == .row,
          try KeyAnswers.decision(of: row) == decision
        {
          rows.append(try RowCoding.decode(try row.decoded()))
          _ = try input.next()
        }
        // Of a file that does not stand no row counts.
        guard let file = files[decision] else {
          if terms.plans[decision] == nil { throw FilterFault.unknownDecision(decision) }
          continue
        }
        let isWithdrawn = terms.plans[decision]?.way == .withdrawn
        try desk.judge(rows, of: file, isWithdrawn: isWithdrawn, to: answers)
      default: throw FilterFault.unreadable(line.kind.rawValue)
      }
    }
    try visitExports(before: .max)
  }
}

/// What a judge writes: lines for the files that are answered, the past of the next run, and how each file came out.
final class KeyAnswers {
  private let output: LineOutput
  private let partners: [[UInt8]]
  private let knownCouriers: [[UInt8]: [UInt8]]
  private var newCouriers: [[UInt8]: [UInt8]] = [:]
  private var tallies: [UInt64: FileTally] = [:]
  private let senders: [ClaimNumber: UInt8]

  init(_ output: LineOutput, _ terms: RunTerms, _ books: Books) {
    self.output = output
    partners = books.partners
    knownCouriers = Dictionary(
      terms.couriers.map { (foldCourier($0.text.span), $0.place) }, uniquingKeysWith: { first, _ in first })
    var senders: [ClaimNumber: UInt8] = [:]
    for (claim, record) in (try? terms.claims()) ?? [:] {
      senders[claim] = books.partners.number(of: record.partner)
    }
    self.senders = senders
  }

  static func decision(of line: KeyedLine) throws -> UInt64 {
    guard let number = UInt64(String(decoding: line.arrival.prefix(12), as: UTF8.self)) else {
      throw FilterFault.unreadable(line.kind.rawValue)
    }
    return number
  }

  private func tally(_ place: RecordPlace, _ change: (inout FileTally) -> Void) {
    change(&tallies[place.decision, default: FileTally(decision: place.decision)])
  }

  func row(_ place: RecordPlace, _ verdict: Verdict, _ batch: RowBatch) throws {
    if verdict.outcome == .rejected { tally(place) { $0.rejected += 1 } }
    try output.write(
      KeyedLine(
        KeyedLine.fileKey(place.decision), .verdict, padded(place.row, 10),
        coded: VerdictCoding.encode(verdict, of: batch)))
  }

  func past(_ past: PastRecord) throws {
    let line = past.line
    try output.write(line)
    try links(of: past)
    try couriers(of: past)
  }

  /// What the record ties to its unit, for whoever brings together what belongs together next time.
  func links(of past: PastRecord) throws {
    let cursor = try RowCursor(payload: past.page, frame: 0)
    for line in try past.linkLines(sender: senders[cursor.claim] ?? 0) { try output.write(line) }
  }

  /// Notes the spelling of couriers that nobody wrote before.
  private func couriers(of past: PastRecord) throws {
    var cursor = try RowCursor(payload: past.page, frame: 0)
    for (ordinal, effect) in try cursor.next().effects.enumerated() {
      guard case .assign(_, let courier, _, _) = effect, !courier.isAbsent else { continue }
      let text = Array(past.page[courier.range])
      let folded = foldCourier(text.span)
      let place = Array("\(past.place.text).\(padded(ordinal, 4))".utf8)
      // The one that is known may have been learned from this very record, in an earlier round of this run.
      if let known = knownCouriers[folded] ?? newCouriers[folded], known.lexicographicallyPrecedes(place) {
        continue
      }
      newCouriers[folded] = place
      try output.write(KeyedLine(KeyedLine.exchangeKey, .courier, place, Base64.encode(text)))
    }
  }

  private func ordered(_ place: RecordPlace, _ ordinal: Int) -> String {
    "\(place.text).\(padded(ordinal, 8))"
  }

  func feed(_ fed: FedPartner, _ place: RecordPlace, _ ordinal: Int, _ record: [UInt8]) throws {
    tally(place) { $0.feeds.insert(fed) }
    var bytes = [fed.partner]
    bytes.putText(fed.feed.rawValue)
    bytes.putText(record)
    try output.write(
      KeyedLine(KeyedLine.fileKey(place.decision), .feed, ordered(place, ordinal), coded: bytes))
  }

  func released(_ place: RecordPlace, _ ordinal: Int, _ row: Docket.ReleasedRow) throws {
    tally(place) {
      $0.settled.insert(row.claim)
      if row.verdict.outcome == .rejected { $0.spoiled.insert(row.claim) }
    }
    try output.write(
      KeyedLine(
        KeyedLine.fileKey(place.decision), .released, ordered(place, ordinal),
        coded: ReleasedCoding.encode(row)))
  }

  func document(
    _ place: RecordPlace, _ ordinal: Int, _ receiver: UInt8, _ name: [UInt8], _ content: [UInt8],
    _ fonts: [[UInt8]]
  ) throws {
    var bytes = [receiver]
    bytes.putText(name)
    bytes.putText(content)
    bytes.putNumber(UInt64(fonts.count))
    for font in fonts { bytes.putText(font) }
    try output.write(
      KeyedLine(KeyedLine.fileKey(place.decision), .document, ordered(place, ordinal), coded: bytes))
  }

  /// - Parameters:
  ///   - decision: the export's.
  ///   - place: where the shipment was created, which is the order of the answer.
  func missing(
    of decision: UInt64, _ place: RecordPlace, _ ordinal: Int, _ order: ArraySlice<UInt8>,
    _ invoice: ArraySlice<UInt8>, _ awb: ArraySlice<UInt8>, _ state: ShipmentState, _ since: Timestamp
  ) throws {
    var bytes: [UInt8] = []
    for text in [order, invoice, awb] { bytes.putText(text) }
    bytes.append(state.rawValue)
    bytes.putSigned(since.milliseconds)
    try output.write(
      KeyedLine(KeyedLine.fileKey(decision), .missing, ordered(place, ordinal), coded: bytes))
  }

  func finish() throws {
    for tally in tallies.values.sorted(by: { $0.decision < $1.decision }) { try output.write(tally.line) }
  }
}

/// A row that had waited, on its way to the file that released it.
enum ReleasedCoding {
  static func encode(_ row: Docket.ReleasedRow) -> [UInt8] {
    var bytes = [row.partner]
    bytes.putNumber(UInt64(row.claim.raw))
    bytes.putNumber(UInt64(row.row))
    bytes.putNumber(UInt64(row.line))
    for text in [row.orderNumber, row.invoiceID, row.awb, row.value] { bytes.putText(text) }
    bytes.putText(VerdictCoding.page(row.verdict))
    return bytes
  }

  static func decode(_ bytes: [UInt8]) throws -> Docket.ReleasedRow {
    var reader = RecordReader(bytes)
    let partner = try reader.byte()
    let claim = ClaimNumber(UInt32(truncatingIfNeeded: try reader.number()))
    let (row, line) = (try reader.number(), try reader.number())
    let (order, invoice, awb, value) = (
      try reader.array(), try reader.array(), try reader.array(), try reader.array()
    )
    return Docket.ReleasedRow(
      claim: claim, partner: partner, row: UInt32(truncatingIfNeeded: row),
      line: UInt32(truncatingIfNeeded: line), orderNumber: order, invoiceID: invoice, awb: awb,
      verdict: try VerdictCoding.verdict(of: try reader.array()), value: value)
  }
}

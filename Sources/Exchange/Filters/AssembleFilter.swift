internal import Files
internal import Intake
internal import Ledger
internal import Orders
internal import Outbox

/// `waybill assemble`: all lines about one file come in, its answers go out, and its decision for the ledger's list.
///
/// The work is that of the daemon's `FileRun`, on the file itself; only the verdicts come from elsewhere.
public struct AssembleFilter {
  private let terms: RunTerms
  private let output: LineOutput
  private var books: Books
  private let claims: [ClaimNumber: ClaimRecord]
  /// How many items the books have taken up.
  private var entered = 0

  public init(_ terms: RunTerms, to output: LineOutput) throws {
    self.terms = terms
    self.output = output
    books = terms.emptyBooks()
    claims = try terms.claims()
  }

  public mutating func run(_ input: LineInput) throws {
    while let first = try input.peek() {
      guard let decision = UInt64(String(decoding: first.key.dropFirst(2), as: UTF8.self)),
        let plan = terms.plans[decision],
        let record = try terms.file(decision, partners: books.partners)
      else { throw FilterFault.unreadable(first.kind.rawValue) }
      // The file is answered as of the moment before its decision.
      while entered < terms.items.count {
        if let number = terms.items[entered].decision, number >= decision { break }
        try terms.items[entered].enter(in: &books)
        entered += 1
      }
      if plan.way == .held {
        while try input.next(of: first.key) != nil {}
        try hold(record, plan)
      } else {
        try assemble(record, plan, first.key, input)
      }
    }
    try output.finish()
  }

  // MARK: One file

  private func assemble(_ planned: FileRecord, _ plan: FilePlan, _ key: [UInt8], _ input: LineInput) throws {
    guard let number = planned.claim, let claim = claims[number] else {
      throw FilterFault.unknownDecision(planned.decision.raw)
    }
    let scratch = try ScratchFolder()
    let bench = FilterBench(terms, scratch.folder, books: books)
    bench.nextDecision = planned.decision
    if planned.kind == .carriers { bench.asItCame = (planned.sha256, planned.byteCount) }
    var made = MadeElsewhere(
      // Records go to their feeds as they come; a feed may be longer than what a task can hold.
      feeds: bench.openFeeds(stagingPrefix: "\(number.raw)-feed-") { _ in true })
    var original = try AppendFile(in: scratch.folder, name: FilterBench.claimedFile, existing: false)
    while let line = try input.peek(), line.key == key, line.kind != .verdict {
      switch line.kind {
      case .original: try original.append(try line.decoded())
      case .answer:
        // The name, then the place of the piece.
        let name = Array(line.arrival[..<(line.arrival.lastIndex(of: UInt8(ascii: ".")) ?? 0)])
        guard let name = Base64.decode(name) else { throw FilterFault.unreadable("answer") }
        bench.earlierAnswers[name, default: []] += try line.decoded()
      case .released: made.released.append(try ReleasedCoding.decode(try line.decoded()))
      default: try made.take(line)
      }
      _ = try input.next()
    }
    try original.finish(sync: false)
    let given = GivenVerdicts(released: made.released) { row in
      guard let line = try input.next(of: key) else { return nil }
      guard line.arrival.elementsEqual(padded(row, 10).utf8) else { throw FilterFault.noRowVerdict(row: row) }
      return try line.decoded()
    }
    bench.docket.given = given
    bench.completion = { decision in
      try made.complete(&decision, bench, claim)
    }
    var run = FileRun(claim, in: bench)
    let record = try run.run()
    // The closure holds the bench that holds it.
    bench.completion = { _ in }
    // A file that is refused whole, or answered by an earlier answer, asks for no verdict.
    while try input.next(of: key) != nil {}
    try hold(to: plan, planned, record)
    if plan.way == .judged { try write(given, of: record, claim) }
    try write(record, bench)
  }

  /// The records of the rows that no judge saw.
  private func write(_ given: GivenVerdicts, of record: FileRecord, _ claim: ClaimRecord) throws {
    for (row, verdict) in given.unsound {
      let past = try PastRecord(
        RowRecord(verdict: verdict, effects: [], previous: []), bytes: [], claim: claim.claim, row: row,
        arrival: claim.receivedAt, at: RecordPlace(decision: record.decision.raw, row: row), in: books,
        placeOf: { _ in RecordPlace(decision: 0, row: 0) }, waitedFor: { _ in [] })
      try output.write(past.line)
    }
  }

  /// The plan said what the file would come to; the rows of all others were judged by that.
  private func hold(to plan: FilePlan, _ planned: FileRecord, _ record: FileRecord) throws {
    let stands = record.outcome == .accepted || record.outcome == .acceptedWithErrors
    let isSame =
      switch plan.way {
      case .judged: stands && record.counts[.rejected] == planned.counts[.rejected]
      case .withdrawn, .void: !stands && record.outcome != .duplicateFile
      case .repeated: record.outcome == .duplicateFile
      case .held: record.outcome == .held
      }
    guard isSame, Set(record.feeds) == Set(planned.feeds), Set(record.settled) == Set(planned.settled) else {
      throw FilterFault.otherOutcome(name: String(decoding: record.name, as: UTF8.self))
    }
  }

  private func write(_ record: FileRecord, _ bench: FilterBench) throws {
    var committed = record
    for (place, answer) in record.answers.enumerated() {
      var offset = 0
      func put(_ bytes: some Collection<UInt8>) throws {
        try write(Array(bytes), at: offset, of: answer)
        offset += bytes.count
      }
      switch answer.bytes {
      case .blob(let frame):
        let bytes = try bench.pages.page(at: frame)
        var rest = bytes[...]
        repeat {
          try put(rest.prefix(RouteFilter.chunkBytes))
          rest = rest.dropFirst(RouteFilter.chunkBytes)
        } while !rest.isEmpty
      case .staged(let name):
        var contents = FileContents(try bench.asides.openForReading(name))
        var chunk: [UInt8] = []
        while true {
          chunk.removeAll(keepingCapacity: true)
          if try contents.read(into: &chunk, upTo: RouteFilter.chunkBytes) == 0 { break }
          try put(chunk)
        }
      }
      if case .blob = answer.bytes { committed.answers[place].bytes = .journaled }
    }
    try output.write(
      try item(LedgerItem.file(record.decision.raw, spoiled: [], committed.payload(partners: books.partners)))
    )
  }

  private func write(_ bytes: [UInt8], at offset: Int, of answer: PublishedAnswer) throws {
    let path = KeyedLine.key("", books.partners[Int(answer.partner)] + Array("/".utf8) + answer.name)
    try output.write(KeyedLine(path, .answer, padded(offset, 16), coded: bytes))
  }

  /// The item takes the place of the one that was planned; what the plan knows of spoiled files stays.
  private func item(_ item: LedgerItem) throws -> KeyedLine {
    guard case .file(let number, _, let payload) = item, let known = terms.place(of: number) else {
      throw FilterFault.unreadable("item")
    }
    return LedgerItem.file(number, spoiled: known.spoiled, payload).line(known.place)
  }

  // MARK: A file whose end is missing

  private func hold(_ planned: FileRecord, _ plan: FilePlan) throws {
    guard let fault = plan.fault, let kind = planned.kind,
      let profile = terms.configuration.profiles.first(where: {
        Array($0.folder.utf8) == books.partners[Int(planned.partner)]
      })
    else { throw FilterFault.unreadable("plan") }
    let bytes = FileRun.heldAcknowledgement(of: planned, kind, profile, fault).bytes()
    var record = planned
    let answer = PublishedAnswer(
      partner: planned.partner, name: AnswerNames(inputName: planned.name, tilde: planned.tilde).ack,
      sha256: SHA256.hash(bytes), byteCount: Int64(bytes.count), bytes: .journaled)
    record.answers = [answer]
    try write(bytes, at: 0, of: answer)
    try output.write(
      try item(.file(record.decision.raw, spoiled: [], record.payload(partners: books.partners))))
  }
}

/// What tasks at keys made for a file besides its verdicts.
struct MadeElsewhere {
  var released: [Docket.ReleasedRow] = []
  private let feeds: [OpenFeed]
  private var documents: [(receiver: UInt8, name: [UInt8], bytes: [UInt8], fonts: [[UInt8]])] = []
  private var missing: [[UInt8]] = []

  init(feeds: [OpenFeed]) { self.feeds = feeds }

  /// The lines come in the order in which one machine would have made it.
  mutating func take(_ line: KeyedLine) throws {
    let bytes = try line.decoded()
    var reader = RecordReader(bytes)
    switch line.kind {
    case .feed:
      let partner = try reader.byte()
      guard let feed = Feed(rawValue: try reader.string()) else { throw FilterFault.unreadable("feed") }
      let fed = FedPartner(partner: partner, feed: feed)
      try feeds.first { $0.fed == fed }?.add(record: try reader.array())
    case .document:
      let receiver = try reader.byte()
      let (name, content) = (try reader.array(), try reader.array())
      var fonts: [[UInt8]] = []
      for _ in 0..<(try reader.count()) { fonts.append(try reader.array()) }
      documents.append((receiver, name, content, fonts))
    case .missing: missing.append(bytes)
    default: throw FilterFault.unreadable(line.kind.rawValue)
    }
  }

  /// Adds it to a decision whose rows stand.
  func complete(_ decision: inout FileRun.Decision, _ bench: FilterBench, _ claim: ClaimRecord) throws {
    let prefix = "\(claim.claim.raw)-"
    let profiles = bench.docket.profiles
    let sender = decision.record.partner
    if !missing.isEmpty {
      var file = MissingFile(
        zone: profiles[Int(sender)].zone, staging: bench.asides, stagedName: Array("\(prefix)missing".utf8))
      for bytes in missing {
        var reader = RecordReader(bytes)
        let (order, invoice, awb) = (try reader.array(), try reader.array(), try reader.array())
        guard let state = ShipmentState(rawValue: try reader.byte()) else {
          throw FilterFault.unreadable("missing")
        }
        try file.append(
          orderNumber: order[...], invoice: invoice[...], awb: awb[...], state: state,
          since: Timestamp(milliseconds: try reader.signed()))
      }
      // Behind the file's own answers, before those to earlier ones.
      let place = decision.staged.count - decision.record.settled.count
      decision.staged.insert((sender, try file.finish(as: decision.names.missing)), at: place)
    }
    for open in feeds {
      guard let answer = try open.finish() else { continue }
      decision.staged.append((open.fed.partner, answer))
      decision.record.feeds.append(open.fed)
    }
    for document in documents {
      decision.staged.append((document.receiver, StagedAnswer(name: document.name, bytes: document.bytes)))
      for font in document.fonts where !decision.record.fonts.contains(font) {
        decision.record.fonts.append(font)
      }
    }
  }
}

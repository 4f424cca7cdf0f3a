internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// The desk at which the rows about one key are judged: books and journal of nothing else, filled from the key's past.
///
/// The judge at it is the docket itself. What the desk adds is where each record stands among those of all other desks.
struct KeyDesk {
  private let bench: FilterBench
  private var shelf = PastShelf()
  /// Where each shipment stands among all that were ever created.
  private var created: [RecordPlace] = []
  private let receivers: [FedPartner]

  /// - Parameter bench: with books that hold the files of the exchange, and nothing else.
  init(_ bench: FilterBench) {
    self.bench = bench
    receivers = bench.docket.profiles.indices.flatMap { receiver in
      bench.docket.profiles[receiver].feeds.map { FedPartner(partner: UInt8(receiver), feed: $0) }
    }
  }

  // MARK: The past

  /// Takes up a record of the key's past; they come in the order of their places.
  mutating func take(_ past: PastRecord) throws {
    let cursor = try RowCursor(payload: past.page, frame: 0)
    let sender = bench.docket.books.file(of: cursor.claim)?.partner ?? 0
    let position = Position(frame: bench.pages.nextFrameOffset, record: KeyDesk.onlyRecord)
    let (record, effects, heads) = try shelf.restore(
      past, from: sender, in: &bench.docket.books, at: position)
    for case .createShipment in effects { created.append(past.place) }
    var writer = RowWriter()
    writer.start(claim: cursor.claim, firstRow: cursor.row, arrival: cursor.arrival)
    writer.append(record.verdict, effects, bytes: past.page, heads: heads, at: position)
    _ = bench.pages.append(writer.payload)
  }

  /// Where the one record of a page lies in it: every row has a page of its own.
  private static let onlyRecord = 16

  // MARK: The rows of one file

  /// How far the work had come after a row.
  private struct Step {
    let place: RecordPlace
    let shipments: Int
    let products: Int
    let stock: Int
    let accounts: Int
    let released: Int
    let requested: Int
    let created: Int
  }

  /// Judges rows of a file, and all that follows from them.
  ///
  /// - Parameter isWithdrawn: of the file only its verdicts are told; nothing of it stands.
  mutating func judge(
    _ rows: [RowBatch], of file: FileRecord, isWithdrawn: Bool = false, to answer: KeyAnswers
  ) throws {
    guard let claim = file.claim else { return }
    let pages = bench.pages
    bench.docket.beginTransaction()
    bench.docket.open(partner: file.partner, claim: claim, name: file.name, arrival: file.receivedAt)
    var steps: [Step] = []
    for batch in rows {
      let place = RecordPlace(decision: file.decision.raw, row: batch.rows[0].number)
      bench.docket.frame = pages.nextFrameOffset
      bench.docket.startPage(row: place.row)
      bench.docket.prepare(batch, from: 0)
      let verdict = try bench.docket.judge(batch, 0)
      _ = pages.append(bench.docket.writer.payload)
      if !isWithdrawn {
        shelf.note(place, Position(frame: bench.docket.frame, record: KeyDesk.onlyRecord))
      }
      try answer.row(place, verdict, batch)
      steps.append(step(at: place))
    }
    if isWithdrawn { return bench.rollBack() }
    try resume(of: file, &steps)
    for step in steps {
      while created.count < step.created { created.append(step.place) }
      try answer.past(try record(at: step.place))
    }
    try released(steps, answer)
    if file.kind == .reconcile { try missing(of: file.decision.raw, answer) }
    try feed(steps, from: file.partner, answer)
    try documents(steps, of: file, answer)
    bench.docket.endTransaction()
  }

  private func step(
    at place: RecordPlace, shipments: Int? = nil, released: Int? = nil, created: Int? = nil
  ) -> Step {
    // Each by itself: a copy of the docket would take longer than the judge takes for the row.
    Step(
      place: place, shipments: shipments ?? bench.docket.books.touchedShipments.count,
      products: bench.docket.touched.products.list.count, stock: bench.docket.touched.stock.list.count,
      accounts: bench.docket.touched.accounts.list.count,
      released: released ?? bench.docket.released.count,
      requested: bench.docket.requested.count, created: created ?? bench.docket.books.shipments.count)
  }

  /// Judges again what waited for keys that these rows made known.
  private mutating func resume(of file: FileRecord, _ steps: inout [Step]) throws {
    let pages = bench.pages
    var offsets: [UInt64] = []
    try bench.docket.resumeWaitingRows(at: pages.nextFrameOffset) { page in
      offsets.append(pages.append(page))
      return pages.nextFrameOffset
    }
    for (offset, resumed) in zip(offsets, bench.docket.resumptions) {
      var cursor = try RowCursor(payload: try pages.page(at: offset), frame: offset)
      guard case .resume(let waiting)? = try cursor.next().effects.first, let waited = shelf.places[waiting]
      else { throw RecordFault(what: "a resumed row waited nowhere") }
      let place = RecordPlace(
        resuming: waited, in: file.decision.raw, wave: UInt32(resumed.wave), time: resumed.time)
      shelf.note(place, Position(frame: offset, record: KeyDesk.onlyRecord))
      steps.append(
        step(at: place, shipments: resumed.touched, released: resumed.released, created: resumed.created))
    }
  }

  /// A record that was written just now, in words that hold everywhere.
  private func record(at place: RecordPlace) throws -> PastRecord {
    guard let position = shelf.positions[place] else { throw RecordFault(what: "a record is nowhere") }
    return try PastRecord(
      try bench.pages.page(at: position.frame), frame: position.frame, at: place, in: bench.docket.books,
      placeOf: { earlier in
        guard let known = shelf.places[earlier] else {
          throw RecordFault(what: "an earlier record is nowhere")
        }
        return known
      },
      waitedFor: { position in
        let entry = try bench.docket.history.entry(at: position, countingRows: false)
        guard let row = entry.waitingRow else { throw RecordFault(what: "a row waited for nothing") }
        return RowKeys.node(of: row.column, entry.bytes[row.key.range])
      })
  }

  // MARK: What follows from the rows

  private func released(_ steps: [Step], _ answer: KeyAnswers) throws {
    var next = 0
    for step in steps {
      var ordinal = 0
      while next < step.released {
        try answer.released(step.place, ordinal, bench.docket.released[next])
        next += 1
        ordinal += 1
      }
    }
  }

  /// Which step first touched the thing of that number in a list, and as the how manieth.
  private func place(
    of number: Int, _ steps: [Step], _ count: KeyPath<Step, Int>
  ) -> (place: RecordPlace, ordinal: Int) {
    var before = 0
    for step in steps {
      if number < step[keyPath: count] { return (step.place, number - before) }
      before = step[keyPath: count]
    }
    return (steps.last?.place ?? RecordPlace(decision: 0, row: 0), number)
  }

  private func feed(_ steps: [Step], from sender: UInt8, _ answer: KeyAnswers) throws {
    guard let last = steps.last, last.shipments + last.products + last.stock + last.accounts > 0 else {
      return
    }
    let profiles = bench.docket.profiles
    let terms = FeedTerms(profiles: profiles, bench.configuration)
    let (books, touched) = (bench.docket.books, bench.docket.touched)
    let feeds = Feeds(books: books, terms: terms, history: bench.docket.history)
    func record(
      _ fed: FedPartner, _ at: (place: RecordPlace, ordinal: Int), _ write: (OpenFeed) throws -> Void
    )
      throws
    {
      let open = OpenFeed(fed) {
        FeedFile(
          fed.feed, partner: profiles[Int(fed.partner)].folder, number: 0,
          zone: bench.configuration.zone, staging: bench.asides, stagedName: Array("feed".utf8))
      }
      try write(open)
      guard let staged = try open.finish() else { return }
      try answer.feed(fed, at.place, at.ordinal, KeyDesk.record(of: staged, in: bench.asides))
    }
    for fed in receivers where terms.reach(fed) {
      switch fed.feed {
      case .products:
        for (number, touch) in touched.products.list.enumerated() {
          if books.products[Int(touch.number)].content == touch.before { continue }
          try record(fed, place(of: number, steps, \.products)) { try feeds.putProduct(touch.number, $0) }
        }
      case .locations where sender == fed.partner:
        for (number, touch) in touched.accounts.list.enumerated() {
          try record(fed, place(of: number, steps, \.accounts)) { try feeds.location(touch.number, $0) }
        }
      case .locations: continue
      case .inventory:
        for (number, touch) in touched.stock.list.enumerated() {
          try record(fed, place(of: number, steps, \.stock)) {
            try feeds.stock(touch.number, touch.before, $0)
          }
        }
      case .orders, .manifested, .shipments, .cancellations, .tracking:
        var number = -1
        try books.touchedShipments.forEach(now: books.shipments) { index, before in
          number += 1
          let now = Standing(books[index])
          let linesBefore = touched.linesBefore[index]
          if before == now && linesBefore == nil { return }
          try record(fed, place(of: number, steps, \.shipments)) {
            try feeds.put(
              index, $0, old: before.flatMap { feeds.held($0, index, fed, under: terms) },
              new: feeds.held(now, index, fed, under: terms), linesBefore: linesBefore)
          }
        }
      }
    }
  }

  /// The one record of a feed's file, without what stands around it.
  private static func record(of staged: StagedAnswer, in folder: Folder) throws -> [UInt8] {
    let bytes: [UInt8]
    switch staged.content {
    case .inline(let content): bytes = content
    case .file(let name):
      bytes = try readWhole(folder, name, limit: 1 << 30)
      try folder.remove(name)
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    return lines.count > 1 ? Array(lines[1]) : []
  }

  private func documents(_ steps: [Step], of file: FileRecord, _ answer: KeyAnswers) throws {
    if bench.docket.requested.isEmpty { return }
    guard let claim = file.claim else { return }
    var run = FileRun(
      ClaimRecord(
        claim: claim, partner: bench.docket.books.partners[Int(file.partner)], name: file.name,
        receivedAt: file.receivedAt, completedBy: ""), in: bench)
    run.kind = file.kind
    // Each step by itself, so that it is known whose request made a document; the same one is made once.
    let all = bench.docket.requested
    defer { bench.docket.requested = all }
    var made: Set<[UInt8]> = []
    var next = 0
    for step in steps {
      let some = Array(all[next..<max(next, step.requested)])
      next = max(next, step.requested)
      if some.isEmpty { continue }
      bench.docket.requested = some
      var decision = run.begin(byteCount: 0)
      try run.makeDocuments(&decision)
      for (ordinal, (receiver, staged)) in decision.staged.enumerated() {
        guard case .inline(let bytes) = staged.content else { continue }
        if !made.insert([receiver] + staged.name).inserted { continue }
        try answer.document(step.place, ordinal, receiver, staged.name, bytes, decision.record.fonts)
      }
    }
  }

  /// What an export of the sender's does not name.
  private func missing(of decision: UInt64, _ answer: KeyAnswers) throws {
    for shipment in bench.docket.exportedShare().missing {
      let books = bench.docket.books
      let record = books[shipment]
      let place = created[Int(shipment.raw)]
      // Several shipments of one record are told apart by their numbers at this desk.
      try answer.missing(
        of: decision, place, Int(shipment.raw), books.orderNumber(of: record.order),
        books.invoice(of: shipment),
        books.awb(of: shipment), record.state, record.since)
    }
  }
}

// What the sections of a checkpoint hold. Small things are spelled as in the journal's payloads (`ByteCoding.swift`), in
// sections of bytes; tables lie as in memory.
//
//   state        last claim, newest published decision (numbers), the open claims as in a claims frame, the files (claims)
//                of which a row was rejected after it had waited: their count, then each
//   partners     their count, then the folders' names (texts), in the order of their numbers
//   couriers     their count, then of each the text and its partner's number plus one, 0 = none
//   decisions    of each decision, of a file or a deed, its number and a text: what its commit frame carries, whole
//   feedNumbers  their count, then of each the receiver's number, the feed's name, and how many files it has got
//   tally        rejections: their count, then code and number of rows; unknown codes: their count, then partner, code and
//                number of rows; parked rows: their count, then position, partner, claim and time
//   orders …     the records of the books, in the order of their numbers; behind the orders those of them whose location has a high
//                number, behind the shipments those that do not fit their 48 bytes, then which one follows which in its order

internal import Files
internal import Orders

extension Replay {
  /// Writes everything that a replay builds.
  func write(to file: inout CheckpointWriter) throws(FileError) {
    try file.put(stateBytes, .state)
    try file.put(partnersBytes, .partners)
    try file.put(couriersBytes, .couriers)
    try file.put(decisionsBytes, .decisions)
    try file.put(feedNumbersBytes, .feedNumbers)
    try file.put(tallyBytes, .tally)
    try file.put(books.orders.packed, .orders)
    try file.put(books.orders.far, .orders)
    try file.put(books.shipments.packed, .shipments)
    try file.put(books.shipments.asideRecords, .shipments)
    try file.put(books.shipments.nextRecords, .shipments)
    try file.put(books.lines, .lines)
    try file.put(books.stock, .stock)
    try file.put(books.products, .products)
    try file.put(books.accounts, .accounts)
    for (section, table) in Self.keyTables { try file.put(books[keyPath: table], section) }
    for set in books.scanNumbers { try file.put(set, .scanNumbers) }
    try file.put(books.waiting, .waiting)
    try file.put(books.waitingKeys, .waitingKeys)
  }

  /// Reads everything again.
  init(from file: inout CheckpointReader) throws(CheckpointFault) {
    self.init()
    do {
      try readState(try file.take(UInt8.self, .state))
      try readPartners(try file.take(UInt8.self, .partners))
      try readCouriers(try file.take(UInt8.self, .couriers))
      try readDecisions(try file.take(UInt8.self, .decisions))
      books.spoil(books.spoiledFiles)
      try readFeedNumbers(try file.take(UInt8.self, .feedNumbers))
      try readTally(try file.take(UInt8.self, .tally))
    } catch {
      throw CheckpointFault(error)
    }
    try file.take(&books.orders)
    try file.take(&books.shipments)
    books.lines = try file.take(LineRecord.self, .lines)
    books.stock = try file.take(StockRecord.self, .stock)
    books.products = try file.take(ProductRecord.self, .products)
    books.accounts = try file.take(AccountRecord.self, .accounts)
    for (section, table) in Self.keyTables { try file.take(&books[keyPath: table], section) }
    for number in books.scanNumbers.indices { try file.take(&books.scanNumbers[number], .scanNumbers) }
    books.waiting = try file.take(WaitingRecord.self, .waiting)
    try file.take(&books.waitingKeys, .waitingKeys)
    books.waitingCount = books.waiting.count { !$0.isOver }
    try file.checkIsAtEnd()
  }

  private static var keyTables: [(CheckpointSection, WritableKeyPath<Books, KeyTable>)] {
    [
      (.orderNumbers, \.orderNumbers), (.invoices, \.invoices), (.awbs, \.awbs), (.lineKeys, \.lineKeys),
      (.locations, \.locations), (.courierKeys, \.courierKeys), (.stockKeys, \.stockKeys),
      (.productKeys, \.productKeys), (.accountKeys, \.accountKeys), (.scanTexts, \.scanTexts),
    ]
  }

  // MARK: Small things

  private var stateBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.putNumber(UInt64(lastClaim.raw))
    bytes.putNumber(published.raw)
    bytes.putText(ClaimRecord.payload(openClaims.values.sorted { $0.claim < $1.claim }))
    bytes.putNumber(UInt64(books.spoiledFiles.count))
    for claim in books.spoiledFiles.sorted() { bytes.putNumber(UInt64(claim.raw)) }
    return bytes
  }

  private mutating func readState(_ bytes: [UInt8]) throws(RecordFault) {
    var reader = RecordReader(bytes)
    lastClaim = ClaimNumber(UInt32(truncatingIfNeeded: try reader.number()))
    published = DecisionNumber(try reader.number())
    for claim in try ClaimRecord.read(try reader.array()) { openClaims[claim.claim] = claim }
    for _ in 0..<(try reader.count()) {
      books.spoiledFiles.insert(ClaimNumber(UInt32(truncatingIfNeeded: try reader.number())))
    }
  }

  private var partnersBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.putNumber(UInt64(books.partners.count))
    for folder in books.partners { bytes.putText(folder) }
    return bytes
  }

  private mutating func readPartners(_ bytes: [UInt8]) throws(RecordFault) {
    var reader = RecordReader(bytes)
    for _ in 0..<(try reader.count()) { _ = books.partnerNumber(try reader.array()) }
  }

  private var couriersBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.putNumber(UInt64(books.couriers.count))
    for courier in books.couriers {
      bytes.putText(courier.text)
      bytes.putNumber(courier.partner.map { UInt64($0) + 1 } ?? 0)
    }
    return bytes
  }

  private mutating func readCouriers(_ bytes: [UInt8]) throws(RecordFault) {
    var reader = RecordReader(bytes)
    books.couriers.removeAll()
    for _ in 0..<(try reader.count()) {
      let text = try reader.array()
      let partner = try reader.number()
      books.couriers.append(
        CourierRecord(text: text, partner: partner == 0 ? nil : UInt8(truncatingIfNeeded: partner - 1)))
    }
  }

  private var decisionsBytes: [UInt8] {
    var bytes: [UInt8] = []
    var deeds = books.deeds[...]
    func put(_ decision: DecisionNumber, _ payload: [UInt8]) {
      bytes.putNumber(decision.raw)
      bytes.putText(payload)
    }
    for file in books.files {
      while let deed = deeds.first, deed.decision < file.decision {
        put(deed.decision, deed.payload(partners: books.partners))
        deeds.removeFirst()
      }
      put(file.decision, file.payload(partners: books.partners))
    }
    for deed in deeds { put(deed.decision, deed.payload(partners: books.partners)) }
    return bytes
  }

  /// They are entered one after the other, as they were made: what is looked up by name, claim or digest follows from them.
  private mutating func readDecisions(_ bytes: [UInt8]) throws(RecordFault) {
    var reader = RecordReader(bytes)
    var numbers: [[UInt8]: UInt8] = [:]
    for (number, folder) in books.partners.enumerated() { numbers[folder] = UInt8(number) }
    var isKnown = true
    func number(of folder: [UInt8]) -> UInt8 {
      isKnown = isKnown && numbers[folder] != nil
      return numbers[folder] ?? 0
    }
    while !reader.isAtEnd {
      let decision = DecisionNumber(try reader.number())
      let payload = try reader.array()
      if try DecisionRecord.isDeed(payload) {
        books.enter(try DeedRecord(payload, decision: decision, partnerNumber: number))
      } else {
        books.enter(try FileRecord(payload, decision: decision, partnerNumber: number))
      }
      if !isKnown { throw RecordFault(what: "a decision names no partner") }
    }
  }

  private var feedNumbersBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.putNumber(UInt64(books.feedNumbers.count))
    let fed = books.feedNumbers.sorted {
      ($0.key.partner, $0.key.feed.rawValue) < ($1.key.partner, $1.key.feed.rawValue)
    }
    for (receiver, number) in fed {
      bytes.append(receiver.partner)
      bytes.putText(receiver.feed.rawValue)
      bytes.putNumber(UInt64(number))
    }
    return bytes
  }

  private mutating func readFeedNumbers(_ bytes: [UInt8]) throws(RecordFault) {
    var reader = RecordReader(bytes)
    books.feedNumbers.removeAll()
    for _ in 0..<(try reader.count()) {
      let partner = try reader.byte()
      guard let feed = Feed(rawValue: try reader.string()) else { throw RecordFault(what: "an unknown feed") }
      books.feedNumbers[FedPartner(partner: partner, feed: feed)] = try reader.count()
    }
  }

  private var tallyBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.putNumber(UInt64(tally.rejections.count))
    for (code, count) in tally.rejections.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      bytes.putNumber(UInt64(code.rawValue))
      bytes.putNumber(UInt64(count))
    }
    bytes.putNumber(UInt64(tally.unknownCodes.count))
    for unknown in tally.unknownCodes {
      bytes.append(unknown.partner)
      bytes.putText(unknown.code)
      bytes.putNumber(UInt64(unknown.count))
    }
    bytes.putNumber(UInt64(tally.parked.count))
    for (position, row) in tally.parked.sorted(by: { $0.key < $1.key }) {
      bytes.putNumber(position.raw)
      bytes.append(row.partner)
      bytes.putNumber(UInt64(row.claim.raw))
      bytes.putTime(row.time)
    }
    return bytes
  }

  private mutating func readTally(_ bytes: [UInt8]) throws(RecordFault) {
    var reader = RecordReader(bytes)
    for _ in 0..<(try reader.count()) {
      guard let code = RejectionCode(rawValue: UInt16(truncatingIfNeeded: try reader.number())) else {
        throw RecordFault(what: "an unknown rejection code")
      }
      tally.rejections[code] = try reader.count()
    }
    for _ in 0..<(try reader.count()) {
      let partner = try reader.byte()
      let code = try reader.array()
      tally.unknownCodes.append(
        RowTally.UnknownCode(partner: partner, code: code, count: try reader.count()))
    }
    for _ in 0..<(try reader.count()) {
      let position = Position(raw: try reader.number())
      let partner = try reader.byte()
      let claim = ClaimNumber(UInt32(truncatingIfNeeded: try reader.number()))
      tally.parked[position] = RowTally.ParkedRow(partner: partner, claim: claim, time: try reader.time())
    }
  }
}

extension CheckpointWriter {
  mutating func put(_ table: KeyTable, _ section: CheckpointSection) throws(FileError) {
    let arrays = table.arrays
    try put(arrays.slots, section)
    try put(arrays.words, section)
    try put(arrays.arena, section)
    try put(arrays.prefixes, section)
    try put(arrays.values, section)
    try put(arrays.shapes, section)
  }

  mutating func put(_ set: NumberSet, _ section: CheckpointSection) throws(FileError) {
    let arrays = set.arrays
    try put(arrays.highs, section)
    try put(arrays.fills, section)
    try put(arrays.lists, section)
    try put(arrays.bitmaps, section)
  }
}

extension CheckpointReader {
  /// Reads a table in the place of an empty one of the same kind.
  mutating func take(_ table: inout KeyTable, _ section: CheckpointSection) throws(CheckpointFault) {
    let arrays = KeyTable.Arrays(
      slots: try take(UInt32.self, section), words: try take(UInt64.self, section),
      arena: try take(UInt8.self, section), prefixes: try take(UInt32.self, section),
      values: try take(UInt32.self, section), shapes: try take(UInt8.self, section))
    guard let read = KeyTable(like: table, arrays) else {
      throw .content("section \(section.rawValue) holds no table of keys")
    }
    table = read
  }

  mutating func take(_ orders: inout OrderTable) throws(CheckpointFault) {
    let packed = try take(PackedOrder.self, .orders)
    guard let read = OrderTable(packed: packed, far: try take(FarOrder.self, .orders)) else {
      throw .content("the orders' section holds none")
    }
    orders = read
  }

  mutating func take(_ shipments: inout ShipmentTable) throws(CheckpointFault) {
    let packed = try take(PackedShipment.self, .shipments)
    let aside = try take(AsideShipment.self, .shipments)
    let nexts = try take(NextShipment.self, .shipments)
    guard let read = ShipmentTable(packed: packed, aside: aside, nexts: nexts) else {
      throw .content("the shipments' section holds none")
    }
    shipments = read
  }

  mutating func take(_ set: inout NumberSet, _ section: CheckpointSection) throws(CheckpointFault) {
    var arrays = NumberSet.Arrays()
    arrays.highs = try take(UInt64.self, section)
    arrays.fills = try take(UInt32.self, section)
    arrays.lists = try take(UInt16.self, section)
    arrays.bitmaps = try take(UInt64.self, section)
    guard let read = NumberSet(arrays) else {
      throw .content("section \(section.rawValue) holds no set of numbers")
    }
    set = read
  }
}

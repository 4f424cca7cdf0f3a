// A row's record in the journal: what was written is what is read.

import Files
import Orders
import Testing

@testable import Ledger

@Suite("The record of a row")
struct RowRecordTests {
  @Test("A number of any length is spelled as the loop spells it", arguments: 0...64)
  func numbers(bits: Int) throws {
    let power: UInt64 = bits == 64 ? 0 : 1 << UInt64(bits)
    let any: UInt64 = 0x9E37_79B9_7F4A_7C15 >> UInt64(64 - max(1, bits))
    for number in [power &- 1, power, power &+ 1, any] {
      var spelled = GrowingBytes()
      var expected: [UInt8] = []
      // What lies behind is written next, whatever the number left there.
      for value in [number, 1, number] {
        spelled.putNumber(value)
        expected.putNumber(value)
      }
      #expect(spelled.bytes == expected, "\(number)")
      var reader = RecordReader(expected)
      #expect(try reader.number() == number)
    }
  }

  @Test("Every kind of effect is read as it was written", arguments: EffectKind.allCases)
  func effects(kind: EffectKind) throws {
    for seed in UInt64(1)...50 {
      var story = EffectStory(seed: seed)
      try roundTrip(&story, [kind], seed)
    }
  }

  @Test("Pages of random rows are read as they were written", arguments: UInt64(1)...30)
  func pages(seed: UInt64) throws {
    var story = EffectStory(seed: seed)
    let kinds = (0..<80).map { _ in EffectKind.allCases.randomElement(using: &story.numbers) ?? .confirm }
    try roundTrip(&story, kinds, seed)
  }

  /// Writes rows of effects, reads them back, and holds words and bytes against each other.
  private func roundTrip(_ story: inout EffectStory, _ kinds: [EffectKind], _ seed: UInt64) throws {
    let frame: UInt64 = 8 * UInt64.random(in: 1...(1 << 38), using: &story.numbers)
    let arrival = story.time()
    var writer = RowWriter()
    writer.start(claim: ClaimNumber(.max), firstRow: 7, arrival: arrival)
    var written: [(words: [String], heads: [Position], verdict: Verdict, position: Position)] = []
    var rest = kinds[...]
    while !rest.isEmpty {
      let position = Position(frame: frame, record: writer.payload.count)
      let verdict = verdict(&story)
      let row = Books.RowContext(partner: 1, position: position, time: verdict.eventTime ?? arrival)
      var effects: [Effect] = []
      var heads: [Position] = []
      var bytes: [UInt8] = []
      for kind in rest.prefix(Int.random(in: 1...4, using: &story.numbers)) {
        let (effect, text) = story.next(kind, at: row)
        effects.append(Self.moved(effect, by: bytes.count))
        bytes += text
        heads.append(effect.shipment == nil ? .none : head(&story, before: position))
      }
      rest = rest.dropFirst(effects.count)
      writer.append(verdict, effects, bytes: bytes, heads: heads, at: position)
      written.append((effects.map { spelled($0, bytes) }, heads, verdict, position))
    }
    #expect(writer.rowCount == written.count)

    var cursor = try RowCursor(payload: writer.payload, frame: frame)
    #expect(cursor.claim == ClaimNumber(.max) && cursor.arrival == arrival)
    for (index, row) in written.enumerated() {
      #expect(cursor.row == 7 + UInt32(index))
      #expect(cursor.position == row.position)
      let record = try cursor.next()
      #expect(record.effects.map { spelled($0, writer.payload) } == row.words, "seed \(seed)")
      #expect(record.previous == row.heads, "seed \(seed)")
      #expect(record.verdict.outcome == row.verdict.outcome)
      #expect(record.verdict.eventTime == row.verdict.eventTime)
      #expect(record.verdict.before == row.verdict.before && record.verdict.after == row.verdict.after)
      #expect(record.verdict.rejection == row.verdict.rejection, "seed \(seed)")
    }
    #expect(cursor.isAtEnd)
    for row in written {
      cursor.seek(to: row.position.record)
      #expect(try cursor.next().effects.map { spelled($0, writer.payload) } == row.words, "seed \(seed)")
    }
  }

  @Test("An event told in short says what its verdict and its effect say", arguments: UInt64(1)...20)
  func short(seed: UInt64) throws {
    var story = EffectStory(seed: seed)
    let arrival = story.time()
    let frame: UInt64 = 1 << 40
    var writer = RowWriter()
    writer.start(claim: ClaimNumber(3), firstRow: 1, arrival: arrival)
    var written: [(event: NextEvent, head: Position)] = []
    let place = Array("BLR/Whitefield".utf8)
    for _ in 0..<60 {
      let position = Position(frame: frame, record: writer.payload.count)
      let kinds: [EventKind?] = EventKind.allCases.filter { $0 != .cancel } + [nil]
      let event = NextEvent(
        shipment: ShipmentIndex(UInt32.random(in: 0 ... .max, using: &story.numbers)), time: story.time(),
        scanNumber: story.chance() ? UInt64.random(in: 1 ... .max, using: &story.numbers) : 0,
        location: Slice(offset: 0, length: Int.random(in: 0...place.count, using: &story.numbers)),
        code: CodeIndex.random(in: 0..<CodeIndex.max, using: &story.numbers),
        isSecondVersion: story.chance(), event: kinds.randomElement(using: &story.numbers) ?? nil,
        endsReturn: story.chance(), before: story.state(), after: story.state(), onReturn: story.chance())
      let heads: [Position] = [
        .none,
        Position(frame: frame - 8 * UInt64.random(in: 0...1 << 36, using: &story.numbers), record: 70_001),
        Position(frame: frame - 8 * UInt64.random(in: 0...1 << 20, using: &story.numbers), record: 65_535),
      ]
      let head = heads.randomElement(using: &story.numbers) ?? .none
      let entry = Effect.CarrierEntry(
        outcome: .applied, isSecondVersion: event.isSecondVersion, code: event.code, codeText: .absent,
        event: event.event, endsReturn: event.endsReturn, isOnReturnAWB: false, time: event.time,
        scanNumber: event.scanNumber, scanText: .absent, location: event.location, line: 9,
        orderNumber: .absent,
        fold: Effect.FoldResult(after: event.after, onReturn: event.onReturn, setBy: nil, since: event.time))
      var alone = RowWriter()
      alone.start(claim: ClaimNumber(3), firstRow: 1, arrival: arrival)
      alone.append(event, in: place.span, after: head, at: position)
      let start = writer.payload.count
      writer.append(
        Verdict(.applied, before: event.before, after: event.after, at: event.time),
        [.carrier(event.shipment, entry)], bytes: place, heads: [head], at: position)
      #expect(writer.payload[start...] == alone.payload[16...], "both ways spell it alike, seed \(seed)")
      written.append((event, head))
    }
    var rows = try RowCursor(payload: writer.payload, frame: frame)
    var events = try RowCursor(payload: writer.payload, frame: frame)
    for (event, head) in written {
      let record = try rows.next()
      #expect(record.previous == [head], "seed \(seed)")
      #expect(record.verdict.before == event.before && record.verdict.after == event.after)
      #expect(record.verdict.eventTime == event.time && record.verdict.outcome == .applied)
      guard case .carrier(event.shipment, let entry)? = record.effects.first, record.effects.count == 1 else {
        Issue.record("seed \(seed): no carrier's event")
        continue
      }
      #expect(entry.event == event.event && entry.code == event.code && entry.scanNumber == event.scanNumber)
      #expect(entry.isSecondVersion == event.isSecondVersion && entry.endsReturn == event.endsReturn)
      #expect(entry.fold.after == event.after && entry.fold.onReturn == event.onReturn)
      #expect(writer.payload[entry.location.range] == place[event.location.range])
      let again = try #require(try events.nextEvent())
      #expect(again.shipment == event.shipment && again.time == event.time && again.after == event.after)
      #expect(again.scanNumber == event.scanNumber && again.onReturn == event.onReturn)
    }
    #expect(rows.isAtEnd && events.isAtEnd && events.row == 61)
  }

  @Test("A page that is cut or garbled is a fault, never a trap", arguments: UInt64(1)...20)
  func garbled(seed: UInt64) throws {
    var story = EffectStory(seed: seed)
    var writer = RowWriter()
    writer.start(claim: ClaimNumber(1), firstRow: 1, arrival: story.time())
    for kind in EffectKind.allCases {
      let position = Position(frame: 4096, record: writer.payload.count)
      let (effect, bytes) = story.next(
        kind, at: Books.RowContext(partner: 0, position: position, time: story.time()))
      writer.append(verdict(&story), [effect], bytes: bytes, heads: [.none], at: position)
    }
    for length in 0..<writer.payload.count { readAll(Array(writer.payload[..<length])) }
    for place in writer.payload.indices {
      var payload = writer.payload
      payload[place] ^= 1 << UInt8.random(in: 0..<8, using: &story.numbers)
      readAll(payload)
      payload[place] = 0xFF
      readAll(payload)
    }
  }

  /// Reads to the end or to the first fault; that it comes back at all is what is tested.
  private func readAll(_ payload: [UInt8]) {
    guard var cursor = try? RowCursor(payload: payload, frame: 4096) else { return }
    while !cursor.isAtEnd {
      guard let record = try? cursor.next() else { return }
      for effect in record.effects { _ = spelled(effect, payload) }
    }
  }

  // MARK: Random verdicts

  private func verdict(_ story: inout EffectStory) -> Verdict {
    let outcome = Outcome.allCases.randomElement(using: &story.numbers) ?? .applied
    let time = story.chance() ? story.time() : nil
    if outcome != .rejected {
      let (before, after) = (story.chance() ? story.state() : nil, story.chance() ? story.state() : nil)
      return Verdict(outcome, before: before, after: after, at: time)
    }
    let codes = RejectionCode.allCases.shuffled(using: &story.numbers).prefix(3)
    let faults = codes.map { code in
      Fault(
        code, story.chance() ? Column.allCases.randomElement(using: &story.numbers) : nil,
        number: Int64.random(in: .min ... .max, using: &story.numbers),
        second: Int64(story.numbers.next() >> 40),
        balance: code == .quantityOutOfBalance && story.chance() ? balance(&story) : nil)
    }
    return .rejected(faults, cause: story.chance() ? cause(&story) : nil, at: time)
  }

  private func balance(_ story: inout EffectStory) -> QuantityBalance {
    QuantityBalance(
      counts: QuantityBalance.names.map { _ in Int.random(in: 0...99_999, using: &story.numbers) })
  }

  private func cause(_ story: inout EffectStory) -> Cause {
    var source: Source?
    if story.chance() {
      source = Source(partner: "dtdc", file: story.chance() ? "manifests-1.csv" : nil, row: UInt32.max)
    }
    return Cause(
      state: story.state(), since: story.chance() ? story.time() : nil, setBy: source,
      allowedNow: Array(EventKind.allCases.shuffled(using: &story.numbers).prefix(3)))
  }

  /// The record itself, nothing, one of the same frame or one of an earlier frame.
  private func head(_ story: inout EffectStory, before position: Position) -> Position {
    switch Int.random(in: 0..<4, using: &story.numbers) {
    case 0: position
    case 1: .none
    case 2: Position(frame: position.frame, record: max(16, position.record - 3))
    default:
      Position(
        frame: 8 * UInt64.random(in: 0..<position.frame / 8, using: &story.numbers),
        record: Int.random(in: 16..<60_000, using: &story.numbers))
    }
  }

  // MARK: Effects as words

  /// The effect in words, with the text in the place of each slice: the same for what was written and what is read.
  private func spelled(_ value: Any, _ bytes: [UInt8]) -> String {
    if let slice = value as? Slice {
      return slice.isAbsent ? "-" : String(decoding: bytes[slice.range], as: UTF8.self)
    }
    let mirror = Mirror(reflecting: value)
    if mirror.children.isEmpty { return "\(value)" }
    return "("
      + mirror.children.map { "\($0.label ?? ""):\(spelled($0.value, bytes))" }.joined(separator: ",") + ")"
  }

  /// The effect with its slices so much further on, for texts that are put behind others.
  static func moved(_ effect: Effect, by count: Int) -> Effect {
    func moved(_ slice: Slice) -> Slice {
      slice.isAbsent ? slice : Slice(offset: Int(slice.offset) + count, length: Int(slice.length))
    }
    switch effect {
    case .createOrder(let number, let location):
      return .createOrder(number: moved(number), location: moved(location))
    case .createShipment(let order, let invoice, let state):
      return .createShipment(order: order, invoice: moved(invoice), state: state)
    case .setInvoice(let shipment, let invoice): return .setInvoice(shipment, invoice: moved(invoice))
    case .details(let shipment, let details):
      var details = details
      details.customerName = moved(details.customerName)
      details.pinCode = moved(details.pinCode)
      details.marketplace = moved(details.marketplace)
      return .details(shipment, details)
    case .addLine(let shipment, let suborder, let sku, let quantity, let price, let content):
      return .addLine(
        shipment, suborder: moved(suborder), sku: moved(sku), quantity: quantity, priceMillionths: price,
        content: content)
    case .dropLine(let shipment, let suborder, let isLast):
      return .dropLine(shipment, suborder: moved(suborder), isLast: isLast)
    case .assign(let shipment, let courier, let awb, let after):
      return .assign(shipment, courier: moved(courier), awb: moved(awb), after: after)
    case .tie(let shipment, let awb): return .tie(shipment, awb: moved(awb))
    case .manifest(let shipment, let number): return .manifest(shipment, number: moved(number))
    case .carrier(let shipment, var entry):
      entry.codeText = moved(entry.codeText)
      entry.scanText = moved(entry.scanText)
      entry.location = moved(entry.location)
      entry.orderNumber = moved(entry.orderNumber)
      return .carrier(shipment, entry)
    case .stock(let location, let sku, let quantity):
      return .stock(location: moved(location), sku: moved(sku), quantity: quantity)
    case .product(let sku, var details, let content):
      for place in Effect.ProductDetails.columns.indices { details[place] = moved(details[place]) }
      return .product(sku: moved(sku), details, content: content)
    case .account(let location, let courier, let fingerprint):
      return .account(location: moved(location), courier: moved(courier), fingerprint: fingerprint)
    case .pieces(let shipment, let suborder, let quantity, let cancelled):
      return .pieces(shipment, suborder: moved(suborder), quantity: quantity, cancelled: cancelled)
    case .confirm(let shipment, let number, let date):
      return .confirm(shipment, invoiceNumber: moved(number), invoiceDate: date)
    case .wait(var row):
      row.key = moved(row.key)
      row.cells = moved(row.cells)
      return .wait(row)
    case .cancel, .settle, .document, .resume: return effect
    }
  }
}

internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// The ledger as JSON Lines: everything that was decided, in the order in which it was decided.
///
/// Byte offsets and hashes are left out, so that the same work gives the same lines; credentials are in no line because they are
/// in no frame.
public enum LedgerDump {
  /// Hands over the lines, frame by frame, until the sink says that it takes no more.
  public static func run(
    root path: String, configuration: Configuration, _ sink: @escaping (_ lines: [UInt8]) -> Bool
  ) throws {
    let root = try Folder(path: path)
    guard try root.status(Array("ledger".utf8))?.kind == .folder else {
      throw ExchangeFault.noLedger(root: path)
    }
    let ledger = try root.subfolder("ledger")
    let zone = configuration.zone
    var writer = DumpWriter(zone: zone)
    struct Enough: Error {}
    func each(_ frame: JournalFrame) throws {
      let lines = try writer.lines(of: frame)
      if !lines.isEmpty && !sink(lines) { throw Enough() }
    }
    do {
      if let anchor = try LedgerPosition.read(in: ledger) {
        _ = try JournalScan(ledger, upTo: anchor).run(each)
      } else {
        _ = try JournalScan(ledger).run(each)
      }
    } catch is Enough {}
  }
}

/// Writes the lines of one frame after the other.
private struct DumpWriter {
  let zone: Zone
  private var names: [ClaimNumber: String] = [:]
  private var decisions = DecisionReader()
  private var partners: [[UInt8]] { decisions.partners }
  /// The deed whose rows follow.
  private var deed: DeedRecord.Kind?
  private var orders = 0
  private var shipments = 0
  private var configuration: [UInt8] = []

  init(zone: Zone) { self.zone = zone }

  mutating func lines(of frame: JournalFrame) throws -> [UInt8] {
    var out: [UInt8] = []
    switch frame.kind {
    case .claims:
      for claim in try ClaimRecord.read(frame.payload) {
        let name = String(decoding: legibleName(claim.name), as: UTF8.self)
        names[claim.claim] = String(decoding: claim.partner, as: UTF8.self) + "/" + name
        var line = JSONLine("claim")
        line.number("claim", Int(claim.claim.raw))
        line.text("partner", claim.partner)
        line.text("name", Array(name.utf8))
        line.text("received_at", claim.receivedAt.iso8601(in: zone))
        line.text("completed_by", claim.completedBy)
        line.end(&out)
      }
      for claim in try VoidClaims.read(frame.payload) {
        var line = JSONLine("void_claim")
        line.number("claim", Int(claim.raw))
        line.end(&out)
      }
    case .rows:
      var cursor = try RowCursor(payload: frame.payload, frame: frame.offset)
      while !cursor.isAtEnd {
        let number = cursor.row
        let record = try cursor.next()
        appendRow(record, number, cursor, frame.payload, &out)
      }
    case .begin:
      deed = try BeginRecord(frame.payload).deed
      _ = try decisions.take(frame)
    case .commit, .answers:
      if frame.kind == .commit { appendConfiguration(try CommitTerms.read(frame.payload), &out) }
      switch try decisions.take(frame) {
      case .file(let file): appendDecision(file, &out)
      case .deed(let deed): appendDeed(deed, &out)
      case nil: break
      }
    case .published:
      var line = JSONLine("published")
      line.number("up_to", Int(try PublishedMark.read(frame.payload).raw))
      line.end(&out)
    case .repair:
      let repair = try RepairRecord(frame.payload)
      var line = JSONLine("repair")
      line.number("decisions_given", Int(repair.decision.raw))
      line.number("claims_given", Int(repair.claim.raw))
      line.number("bytes_cut", Int(repair.bytes))
      line.text("at", repair.at.iso8601(in: zone))
      line.end(&out)
    case .segmentHeader, .blob, .abort, .cleanStop: break
    }
    return out
  }

  /// The hash of the configuration, where it is another than that of the commit before.
  private mutating func appendConfiguration(_ sha256: [UInt8], _ out: inout [UInt8]) {
    if sha256 == configuration { return }
    configuration = sha256
    var line = JSONLine("configuration")
    line.text("sha256", hexadecimal(sha256))
    line.end(&out)
  }

  private func appendDecision(_ file: FileRecord, _ out: inout [UInt8]) {
    var line = JSONLine("decision")
    line.number("decision", Int(file.decision.raw))
    line.text("partner", partners[Int(file.partner)])
    line.text("name", legibleName(file.name))
    line.text("kind", file.kind?.name)
    line.number("claim", file.claim.map { Int($0.raw) })
    line.number("bytes", Int(file.byteCount))
    line.text("sha256", file.sha256.isEmpty ? nil : hexadecimal(file.sha256))
    line.text("outcome", file.outcome.rawValue)
    line.text("refusal", file.refusal?.name)
    line.number("read", file.counts.read)
    for outcome in Outcome.allCases { line.number(outcome.name, file.counts[outcome]) }
    line.list("answers", file.answers.map(path))
    line.end(&out)
  }

  private func appendDeed(_ deed: DeedRecord, _ out: inout [UInt8]) {
    var line = JSONLine("deed")
    line.number("decision", Int(deed.decision.raw))
    line.text("deed", deed.kind.name)
    line.text("at", deed.at.iso8601(in: zone))
    if !deed.reason.isEmpty { line.text("reason", deed.reason) }
    if !deed.by.isEmpty { line.text("by", legibleName(deed.by)) }
    if !deed.subject.isEmpty { line.text("subject", legibleName(deed.subject)) }
    switch deed.kind {
    case .reissue: line.text("replaced", deed.replaced.isEmpty ? nil : hexadecimal(deed.replaced))
    case .expiry:
      line.number("read", deed.counts.read)
      for outcome in Outcome.allCases { line.number(outcome.name, deed.counts[outcome]) }
    case .pause, .resume, .release, .terms: break
    }
    line.list("answers", deed.answers.map(path))
    line.end(&out)
  }

  /// `partner/name`, legible.
  private func path(_ answer: PublishedAnswer) -> [UInt8] {
    partners[Int(answer.partner)] + [UInt8(ascii: "/")] + legibleName(answer.name)
  }

  private mutating func appendRow(
    _ record: RowRecord, _ number: UInt32, _ cursor: RowCursor, _ bytes: [UInt8], _ out: inout [UInt8]
  ) {
    var line = JSONLine("row")
    if let deed {
      line.text("deed", deed.name)
    } else {
      line.text("file", names[cursor.claim] ?? "claim \(cursor.claim.raw)")
    }
    line.number("row", Int(number))
    line.text("outcome", record.verdict.outcome.name)
    if let time = record.verdict.eventTime { line.text("event_time", time.iso8601(in: zone)) }
    if let before = record.verdict.before { line.text("before", before.name) }
    if let after = record.verdict.after { line.text("after", after.name) }
    if let rejection = record.verdict.rejection {
      line.list("codes", rejection.faults.map { Array($0.code.name.utf8) })
    }
    line.list("effects", record.effects.map { words($0, bytes) })
    line.end(&out)
  }

  /// An effect in a few words and its keys.
  private mutating func words(_ effect: Effect, _ bytes: [UInt8]) -> [UInt8] {
    func text(_ slice: Slice) -> String { String(decoding: bytes[slice.range], as: UTF8.self) }
    let words: String
    switch effect {
    case .createOrder(let number, let location):
      words = "order \(orders) created: \(text(number)) at \(text(location))"
      orders += 1
    case .createShipment(let order, let invoice, let state):
      words = "shipment \(shipments) of order \(order.raw) created \(state.name): invoice \(text(invoice))"
      shipments += 1
    case .setInvoice(let shipment, let invoice):
      words = "shipment \(shipment.raw) gets invoice \(text(invoice))"
    case .details(let shipment, _): words = "shipment \(shipment.raw) details kept"
    case .addLine(let shipment, let suborder, let sku, let quantity, _, _):
      words = "shipment \(shipment.raw) line \(text(suborder)): \(quantity) of \(text(sku))"
    case .assign(let shipment, let courier, let awb, _):
      words = "shipment \(shipment.raw) assigned: \(text(courier)) \(text(awb))"
    case .dropLine(let shipment, let suborder, _):
      words = "shipment \(shipment.raw) line \(text(suborder)) leaves"
    case .tie(let shipment, let awb): words = "shipment \(shipment.raw) comes back under \(text(awb))"
    case .pieces(let shipment, let suborder, let quantity, let cancelled):
      words = "shipment \(shipment.raw) line \(text(suborder)): holds \(quantity), \(cancelled) cancelled"
    case .confirm(let shipment, let number, _):
      words =
        "shipment \(shipment.raw) confirmed" + (number.isAbsent ? "" : ": invoice number \(text(number))")
    case .manifest(let shipment, let number): words = "shipment \(shipment.raw) manifested on \(text(number))"
    case .cancel(let shipment, let fold):
      words = "shipment \(shipment.raw) cancel request: \(fold.after.name)"
    case .carrier(let shipment, let entry):
      let code = entry.code == .max ? "unknown code \(text(entry.codeText))" : "code \(entry.code)"
      let number = entry.scanNumber == 0 ? text(entry.scanText) : String(entry.scanNumber)
      words =
        "shipment \(shipment.raw) \(entry.outcome.name) event: \(code), scan \(number) at \(text(entry.location))"
    case .settle(let shipment, _, let settlement):
      words =
        "shipment \(shipment.raw) parked event settled: \(settlement.outcome.name), \(settlement.fold.after.name)"
    case .document(let shipment, _): words = "shipment \(shipment.raw) documents asked for"
    case .stock(let location, let sku, let quantity):
      words = "stock of \(text(sku)) at \(text(location)): \(quantity)"
    case .product(let sku, _, _): words = "product \(text(sku))"
    case .wait(let row): words = "waits for \(row.column.canonicalName) \(text(row.key))"
    case .resume: words = "waits no more"
    case .account(let location, let courier, _):
      words = "carrier account of \(text(courier)) at \(text(location))"
    }
    return Array(words.utf8)
  }
}

/// One line of the dump.
/// One line of JSON, member after member.
struct JSONLine {
  private var bytes: [UInt8]

  init(_ type: String) {
    bytes = Array("{\"type\": ".utf8)
    bytes.appendJSON(type)
  }

  mutating func text(_ name: String, _ value: [UInt8]) {
    start(name)
    bytes.appendJSON(value)
  }

  mutating func text(_ name: String, _ value: String?) {
    start(name)
    if let value { bytes.appendJSON(value) } else { bytes.append(text: "null") }
  }

  mutating func number(_ name: String, _ value: Int?) {
    start(name)
    bytes.append(text: value.map { String($0) } ?? "null")
  }

  mutating func list(_ name: String, _ values: [[UInt8]]) {
    start(name)
    bytes.append(text: "[")
    for (place, value) in values.enumerated() {
      if place > 0 { bytes.append(text: ", ") }
      bytes.appendJSON(value)
    }
    bytes.append(text: "]")
  }

  mutating func end(_ out: inout [UInt8]) { out += bytes + Array("}\n".utf8) }

  private mutating func start(_ name: String) {
    bytes.append(text: ", ")
    bytes.appendJSON(name)
    bytes.append(text: ": ")
  }
}

/// Files as values, judged by the docket without a disk: what a test needs to give a shipment a history.

import Exchange
import Files
import Ledger
import Orders

/// The docket with the pages it wrote.
final class JudgingDesk {
  private(set) var docket: Docket
  private let pages: Pages
  private var decisions: UInt64 = 0
  /// What the rows of the last file are in the journal.
  private(set) var lastPage: [UInt8] = []
  /// May carriers' events go the short way?
  var takesShortWay: Bool {
    get { docket.takesShortWay }
    set { docket.takesShortWay = newValue }
  }

  private final class Pages {
    var payloads: [UInt64: [UInt8]] = [:]
  }
  private struct NoPage: Error {}

  init(profiles: [PartnerProfile] = PartnerProfile.builtIn) {
    var books = Books()
    for profile in profiles { _ = books.partnerNumber(Array(profile.folder.utf8)) }
    let pages = Pages()
    self.pages = pages
    docket = Docket(books: books, profiles: profiles, fingerprint: { _ in 0 }) { offset in
      guard let page = pages.payloads[offset] else { throw NoPage() }
      return page
    }
  }

  /// A desk of its own that goes on from where the other one stands.
  init(continuing desk: JudgingDesk) {
    let pages = Pages()
    pages.payloads = desk.pages.payloads
    self.pages = pages
    decisions = desk.decisions
    docket = Docket(books: desk.docket.books, profiles: desk.docket.profiles, fingerprint: { _ in 0 }) {
      offset in
      guard let page = pages.payloads[offset] else { throw NoPage() }
      return page
    }
  }

  var history: History {
    let pages = pages
    return History { offset in
      guard let page = pages.payloads[offset] else { throw NoPage() }
      return page
    }
  }

  /// Judges a file of rows, each given as `column=value` pairs; an order's line has two pieces where none are given, and suborder ids
  /// with `|` between make several lines.
  ///
  /// - Parameter end: the rows are judged in a transaction, which it ends; nil: in none.
  @discardableResult
  func drop(
    _ partner: String, _ name: String, _ kind: Kind, at arrival: String, _ rows: [[Column: String]],
    ending end: ((inout Books) -> Void)? = nil
  ) throws -> [Verdict] {
    if end != nil { docket.books.beginTransaction() }
    defer { end?(&docket.books) }
    decisions += 1
    let claim = ClaimNumber(UInt32(decisions))
    let number = docket.books.partnerNumber(Array(partner.utf8))
    let received = instant(arrival)
    docket.open(partner: number, claim: claim, name: Array(name.utf8), arrival: received)
    // Frames lie a multiple of eight bytes apart.
    docket.frame = decisions * 65_536
    docket.writer.start(claim: claim, firstRow: 1, arrival: received)
    let batch = batch(kind, rows)
    var verdicts: [Verdict] = []
    for row in rows.indices {
      if row % Docket.rowsAtOnce == 0 { docket.prepare(batch, from: row) }
      verdicts.append(try docket.judge(batch, row))
    }
    pages.payloads[docket.frame] = docket.writer.payload
    lastPage = docket.writer.payload
    docket.books.enter(
      FileRecord(
        partner: number, name: Array(name.utf8), kind: kind, claim: claim,
        decision: DecisionNumber(decisions), sha256: SHA256.hash(Array(name.utf8)), byteCount: 1,
        receivedAt: received, outcome: .accepted))
    return verdicts
  }

  private func batch(_ kind: Kind, _ rows: [[Column: String]]) -> RowBatch {
    var batch = RowBatch(kind: kind)
    for (place, row) in rows.enumerated() {
      var given = RowBatch.Row(number: UInt32(place + 1), line: UInt32(place + 2), raw: .absent)
      var slices: [Column: Slice] = [:]
      for column in kind.columns.map(\.column) {
        let start = batch.bytes.count
        batch.bytes += Array((row[column] ?? "").utf8)
        let slice = Slice(offset: start, length: batch.bytes.count - start)
        slices[column] = slice
        batch.cells.append(slice)
      }
      if let time = kind.eventTime.flatMap({ row[$0] }) { given.time = instant(time) }
      given.quantity = row[.quantity].flatMap { Int32($0) } ?? -1
      given.scanNumber = row[.statusUpdateNumber].flatMap { ScanNumber($0) } ?? 0
      if kind == .orders {
        given.firstLine = UInt32(batch.lines.count)
        for suborder in parts(slices[.suborderID] ?? .absent, of: batch.bytes) {
          batch.lines.append(
            RowBatch.OrderLine(
              suborderID: suborder, sku: slices[.sku] ?? .absent,
              quantity: given.quantity < 0 ? 2 : given.quantity,
              priceMillionths: 229_500_000, cancelled: row[.cancelledQuantity].flatMap { Int32($0) } ?? 0))
        }
        given.lineCount = UInt32(batch.lines.count) - given.firstLine
      }
      batch.rows.append(given)
    }
    return batch
  }

  /// What stands between the `|` of a cell.
  private func parts(_ cell: Slice, of bytes: [UInt8]) -> [Slice] {
    let marks = cell.range.filter { bytes[$0] == UInt8(ascii: "|") }
    return zip([cell.range.lowerBound] + marks.map { $0 + 1 }, marks + [cell.range.upperBound]).map {
      Slice(offset: $0, length: $1 - $0)
    }
  }
}

/// A time on India's clock, such as `2026-11-20 07:30:00`.
func instant(_ text: String) -> Timestamp {
  guard case .instant(let time) = readTime(Array(text.utf8).span, as: .blank, in: .kolkata) else {
    preconditionFailure("\(text) is no time")
  }
  return time
}

/// Two weeks of generated trade between all six partners, lived through day by day with a restart every morning.

import Exchange
import Foundation
import Ledger
import Orders
import TestSupport
import Testing

@Suite("Two weeks of life", .serialized)
struct TwoWeeksTests {
  @Test(
    "Rows, pieces and states are conserved at the end of every day, and every feed gives its receiver what the books say",
    arguments: [(7, isLongRun ? 2_000 : 600), (11, 200), (23, 200), (1_947, 200)] as [(UInt64, Int)])
  func livedThrough(_ seed: UInt64, _ orders: Int) throws {
    try withTemporaryFolder { root in
      var weeks = try Diary(seed: seed, orders: orders, in: root)
      while let day = try weeks.liveNextDay() {
        let words = weeks.difference
        #expect(words == nil, "seed \(seed), day \(day): \(words ?? "")")
        if words != nil { return }
      }
      weeks.expectALifelikeScenario()
      let restarted = try weeks.differenceAfterRestart()
      #expect(restarted == nil, "seed \(seed), read again: \(restarted ?? "")")
      let leaks = try weeks.leaks()
      #expect(leaks.isEmpty, "seed \(seed): \(leaks.prefix(5))")
    }
  }
}

/// The scenario as it is lived through: what was dropped, and what came of it.
struct Diary {
  let root: TemporaryFolder
  let configuration: Configuration
  private let days: [[LifeFile]]
  private var day = -1
  private(set) var reckoning = Reckoning()
  private(set) var receivers = ["easyecom", "ekart", "nexar", "booon", "ecom-express", "dtdc"].map(
    Receiver.init)
  /// The files of which no row was rejected, by sender and bytes: the same again is answered as before.
  private var whole: [[UInt8]: RowCounts] = [:]
  private var total = RowCounts()
  /// In what the last day ended otherwise than it must; nil: in nothing.
  private(set) var difference: String?
  private var complaints: [String] = []

  init(seed: UInt64, orders: Int, in root: TemporaryFolder) throws {
    self.root = root
    var weeks = TwoWeeks(seed: seed, orders: orders)
    days = weeks.files()
    configuration = try Configuration.load(text: Array(TwoWeeks.configuration.utf8), path: "exchange.json")
    try root.write(TwoWeeks.configuration, to: "exchange.json")
    for partner in PartnerProfile.builtIn { try root.makeFolder("inbox/\(partner.folder)") }
  }

  /// Drops the files of the next day and processes them; nil when the two weeks are over.
  mutating func liveNextDay() throws -> Int? {
    guard day + 1 < days.count else { return nil }
    for upload in try nextDay() { try root.write(upload.bytes, to: upload.path) }
    day += 1
    let evening = day * Moment.day + 21 * 3600
    let ledger = try OpenLedger(
      root: root.path, configuration: configuration, clock: .fixed(Moment.instant(evening)), jobs: 1,
      notice: { _ in })
    let run = try OnceRun.run(ledger, mustStop: { false }, answered: { _ in })
    let settledBefore = reckoning.settled
    for file in days[day] { try check(file, run.files, evening) }
    if run.files.count != days[day].count {
      complaints.append("\(run.files.count) files answered of \(days[day].count)")
    }
    for outcome in Outcome.allCases
    where run.settled[outcome] != reckoning.settled[outcome] - settledBefore[outcome] {
      complaints.append(
        "\(run.settled[outcome]) parked rows came to \(outcome.name), should be "
          + "\(reckoning.settled[outcome] - settledBefore[outcome])")
    }
    for place in receivers.indices { try receivers[place].read(root) }
    let frames = FrameMemo { try ledger.journal.read(frameAt: $0).payload }
    difference = try mismatch(
      ReceiverBooks(books: ledger.docket.books, history: frames.history, reckoning: reckoning))
    try ledger.close()
    return day
  }

  /// The files of the next day, in the order in which they are taken.
  func nextDay() throws -> [Drill.Upload] {
    try days[day + 1].map { Drill.Upload($0.partner, $0.name, try bytes(of: $0)) }
  }

  private func bytes(of file: LifeFile) throws -> [UInt8] {
    guard case .corrected(let name) = file.fate else { return file.bytes }
    var text = try root.text("outbox/\(file.partner)/\(name).errors.csv")
    for quantity in 1...4 { text = text.replacingOccurrences(of: ",q\(quantity),", with: ",\(quantity),") }
    return Array(text.utf8)
  }

  // MARK: A file's answers

  private mutating func check(_ file: LifeFile, _ reports: [FileReport], _ evening: Int) throws {
    let report = reports.first { $0.partner == file.partner && $0.name == Array(file.name.utf8) }
    var outcome = FileOutcome.accepted
    var rows = RowCounts()
    switch file.fate {
    case .cutShort: outcome = .held
    case .refused: outcome = .rejected
    case .judged, .repeated, .corrected:
      let bytes = Array(file.partner.utf8) + (try bytes(of: file))
      if let first = whole[bytes] {
        (outcome, rows) = (.duplicateFile, first)
      } else {
        rows = reckon(file, evening)
        let isJudgedAgain = file.kind == .documents || file.kind == .inventory
        if rows[.rejected] == 0 && !isJudgedAgain { whole[bytes] = rows }
      }
    }
    if outcome == .accepted && rows[.rejected] > 0 { outcome = .acceptedWithErrors }
    guard let report else { return complaints.append("\(file.partner)/\(file.name) is not answered") }
    if report.outcome != outcome || report.rows != rows {
      complaints.append(
        "\(file.partner)/\(file.name) is \(report.outcome.rawValue) \(words(report.rows)),"
          + " should be \(outcome.rawValue) \(words(rows))")
    }
    try checkAnswers(file, rows)
  }

  private mutating func reckon(_ file: LifeFile, _ evening: Int) -> RowCounts {
    var rows = RowCounts()
    for row in file.rows {
      rows.read += 1
      rows[reckoning.take(row.act, from: file.partner, at: evening)] += 1
    }
    total.read += rows.read
    for outcome in Outcome.allCases { total[outcome] += rows[outcome] }
    return rows
  }

  private func words(_ rows: RowCounts) -> String {
    Outcome.allCases.map { "\(rows[$0]) \($0.name)" }.joined(separator: ", ")
  }

  /// The files of the outbox say what the report says, row by row.
  private mutating func checkAnswers(_ file: LifeFile, _ rows: RowCounts) throws {
    let ack = try ack(of: file)
    let sum = ack.rows.applied + ack.rows.duplicate + ack.rows.recorded + ack.rows.parked + ack.rows.rejected
    if sum != ack.rows.read || ack.rows.read != rows.read {
      complaints.append("the ack of \(file.name) loses rows")
    }
    guard rows.read > 0 else { return }
    let folder = "outbox/\(file.partner)/"
    let result = try root.text(folder + file.name + ".result.csv")
    let outcomes = result.split(separator: "\n").dropFirst().count
    if outcomes != rows.read {
      complaints.append("the result of \(file.name) has \(outcomes) rows of \(rows.read)")
    }
    if ack.outcome == "duplicate_file" { return }
    let errors = ack.answers.first { $0.hasPrefix(file.name + ".errors.") }
    if (errors != nil) != (rows[.rejected] > 0) {
      complaints.append("the errors of \(file.name) are not its own")
    }
  }

  /// The ack that lies in the outbox; what was held has a number where the whole upload has none.
  private func ack(of file: LifeFile) throws -> Ack {
    let bytes = try root.read("outbox/\(file.partner)/\(file.name).ack.json")
    return try JSONDecoder().decode(Ack.self, from: Data(bytes))
  }

  // MARK: Other settings

  /// Opens the ledger under other settings while nothing is dropped, and lets the receivers read what that tells them.
  /// - Returns: in what a receiver then holds something else than the books say under these settings.
  mutating func differenceUnder(
    _ locations: [String: [String]], _ names: [String: (String, String)] = TwoWeeks.names
  ) throws -> String? {
    let settings = try Configuration.load(
      text: Array(TwoWeeks.settings(locations, names).utf8), path: "exchange.json")
    let evening = Moment.instant(day * Moment.day + 22 * 3600)
    var told: [[String: Int]]?
    for _ in 1...2 {
      let ledger = try OpenLedger(
        root: root.path, configuration: settings, clock: .fixed(evening), jobs: 1, notice: { _ in })
      try ledger.close()
      for place in receivers.indices { try receivers[place].read(root) }
      if let told, told != receivers.map(\.numbers) { return "the second start tells something again" }
      told = receivers.map(\.numbers)
    }
    let view = try LedgerView(root: root.path, configuration: settings)
    var expected = ReceiverBooks(books: view.books, history: view.history, reckoning: reckoning)
    expected.locations = locations
    expected.names = names
    return receivers.lazy.compactMap { $0.difference(from: expected.held(by: $0.partner)) }.first
  }

  // MARK: The end of a day

  /// The same, of the ledger as a reader finds it after the last day.
  func differenceAfterRestart() throws -> String? {
    let view = try LedgerView(root: root.path, configuration: configuration)
    return try mismatch(
      ReceiverBooks(books: view.books, history: view.history, reckoning: reckoning))
  }

  private func mismatch(_ view: ReceiverBooks) throws -> String? {
    if let complaint = complaints.first { return "\(complaint) (\(complaints.count) complaints)" }
    if let words = try view.difference() { return words }
    for receiver in receivers {
      if let words = receiver.difference(from: view.held(by: receiver.partner)) { return words }
    }
    return nil
  }

  /// The scenario is worth its name: every outcome, every end and every feed occurs in it.
  func expectALifelikeScenario() {
    for outcome in Outcome.allCases { #expect(total[outcome] > 0, "no row is \(outcome.name)") }
    let lives = reckoning.orders.flatMap(\.shipments)
    for state in [ShipmentState.delivered, .returned, .lost, .cancelled] {
      #expect(lives.contains { !$0.lines.isEmpty && $0.state == state }, "nothing ends \(state.name)")
    }
    #expect(lives.contains { $0.lines.isEmpty }, "no line ever joins another parcel")
    #expect(reckoning.settled.read > 0, "no parked row is ever released")
    for receiver in receivers where receiver.partner != "ecom-express" {
      #expect(!receiver.numbers.isEmpty, "\(receiver.partner) gets no feed")
    }
  }

  /// Files of the outbox that hold personal data or secrets and must not, and files of the ledger with secrets.
  func leaks() throws -> [String] {
    func holds(_ bytes: [UInt8], _ word: String) -> Bool { Data(bytes).range(of: Data(word.utf8)) != nil }
    var leaks: [String] = []
    let outbox = try FolderTree(at: root.path("outbox"))
    for path in outbox.files {
      guard case .file(let bytes)? = outbox.entries[path] else { continue }
      if holds(bytes, TwoWeeks.secretMark) { leaks.append("\(path): a secret") }
      // The sender's own rows, what is stuck on the parcel, and the carrier that must deliver.
      let isMeant = path.contains(".errors.") || path.contains("/documents/")
      if isMeant || path.hasPrefix("ekart/feed-shipments-") { continue }
      if holds(bytes, TwoWeeks.nameMark) || holds(bytes, TwoWeeks.addressMark) {
        leaks.append("\(path): a buyer")
      }
    }
    let ledger = try FolderTree(at: root.path("ledger"))
    for path in ledger.files {
      guard case .file(let bytes)? = ledger.entries[path] else { continue }
      if holds(bytes, TwoWeeks.secretMark) { leaks.append("ledger/\(path): a secret") }
    }
    return leaks
  }
}

/// The journal's frames, each read once.
private final class FrameMemo {
  private var payloads: [UInt64: [UInt8]] = [:]
  private let source: History.FrameSource

  init(_ source: @escaping History.FrameSource) { self.source = source }

  var history: History {
    History { [self] offset in
      if let known = payloads[offset] { return known }
      let payload = try source(offset)
      payloads[offset] = payload
      return payload
    }
  }
}

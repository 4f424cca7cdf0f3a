/// An exchange that answers with the values it was given: the second kind of engine, for the tests of the verbs.

import Orders
import Reports

@testable import waybill

/// Every verb that is not given an answer fails with its name, so that a test sees which one was asked.
struct SampleEngine: Engine {
  var zone = Zone.kolkata
  var profiles = PartnerProfile.builtIn
  var day: (Work) throws(Failure) -> TryReport = { _ throws(Failure) in throw .stopped("runDay") }
  var summary: (Work) throws(Failure) -> OnceSummary = { _ throws(Failure) in throw .stopped("once") }
  var watching: (Work) throws(Failure) -> WatchSummary = { _ throws(Failure) in throw .stopped("watch") }
  var judged: ([UInt8], String, Timestamp?) throws(Failure) -> CheckResult = { _, _, _ throws(Failure) in
    throw .stopped("check")
  }
  var story: (String, Timestamp?) throws(Failure) -> OrderStory = { _, _ throws(Failure) in
    throw .stopped("history")
  }
  var standing: () throws(Failure) -> StatusView = { () throws(Failure) in throw .stopped("status") }
  var dayReport: (GivenTime?, GivenTime?) throws(Failure) -> ReportFolder.Written = { _, _ throws(Failure) in
    throw .stopped("report")
  }
  var proof: ((Headway) -> Void) throws(Failure) -> VerifyView = { _ throws(Failure) in
    throw .stopped("verify")
  }
  var reconciled: (Work) throws(Failure) -> ReconcileView = { _ throws(Failure) in throw .stopped("reconcile")
  }
  var reissued: ([UInt8], String, String) throws(Failure) -> ReissueView = { _, _, _ throws(Failure) in
    throw .stopped("reissue")
  }
  var derivation: (GivenTime?) throws(Failure) -> ProveView = { _ throws(Failure) in throw .stopped("prove") }
  var lines: [String] = []

  func runDay(_ work: Work) throws(Failure) -> TryReport { try day(work) }
  func once(_ work: Work) throws(Failure) -> OnceSummary { try summary(work) }
  func watch(_ work: Work) throws(Failure) -> WatchSummary { try watching(work) }
  func check(_ file: [UInt8], partner: String, at clock: Timestamp?) throws(Failure) -> CheckResult {
    try judged(file, partner, clock)
  }
  func history(_ number: String, asOf: Timestamp?, knownAt: Timestamp?) throws(Failure) -> OrderStory {
    try story(number, asOf ?? knownAt)
  }
  func status() throws(Failure) -> StatusView { try standing() }
  func report(of day: GivenTime?, at clock: GivenTime?, _ progress: @escaping (Headway) -> Void)
    throws(Failure) -> ReportFolder.Written
  {
    try dayReport(day, clock)
  }
  func fileStories(
    of name: [UInt8], from partner: String?, rowsMax: Int, _ progress: @escaping (Headway) -> Void
  ) throws(Failure) -> [FileStory] {
    throw .stopped("fileStories")
  }
  func partnerStory(
    of profile: PartnerProfile, on day: GivenTime?, at clock: GivenTime?,
    _ progress: @escaping (Headway) -> Void
  ) throws(Failure) -> PartnerStory { throw .stopped("partnerStory") }
  func verifyLedger(_ progress: @escaping (Headway) -> Void) throws(Failure) -> VerifyView {
    try proof(progress)
  }
  func reconcile(_ work: Work) throws(Failure) -> ReconcileView { try reconciled(work) }
  func threeWay(of day: GivenTime?, at clock: GivenTime?, _ progress: @escaping (Headway) -> Void)
    throws(Failure) -> ReconcileFolder.Written
  { throw .stopped("threeWay") }
  func compare(_ file: [UInt8], of profile: PartnerProfile, at clock: GivenTime?) throws(Failure)
    -> ExportView
  {
    throw .stopped("compare")
  }
  func reissue(_ name: [UInt8], of partner: String, because reason: String, _ work: Work) throws(Failure)
    -> ReissueView
  { try reissued(name, partner, reason) }
  func proveLedger(
    day: GivenTime?, _ progress: @escaping (Headway) -> Void
  ) throws(Failure) -> ProveView { try derivation(day) }
  func checkpointLedger() throws(Failure) -> StatusView.Checkpoint? { nil }
  func repairLedger(to sequence: UInt64, at clock: GivenTime?) throws(Failure) -> RepairView {
    throw .stopped("the sample has no ledger")
  }
  func dumpLedger(_ sink: ([UInt8]) -> Bool) throws(Failure) {
    for line in lines where !sink(Array((line + "\n").utf8)) { return }
  }
}

extension SampleEngine {
  func pause(_ partner: String, because reason: String, _ work: Work) throws(Failure) -> OperatorView {
    .done(DecisionNumber(7))
  }
  func resume(_ partner: String, because reason: String, _ work: Work) throws(Failure) -> OperatorView {
    .unchanged
  }
  func quarantined() throws(Failure) -> [QuarantineEntry] { throw .stopped("quarantined") }
  func release(_ name: [UInt8], because reason: String, _ work: Work) throws(Failure) -> OperatorView {
    throw .notReleased(name: name, because: .nameTaken)
  }
}

/// 21 November 2026, 02:10:04 in India, and so many minutes later.
func sampleTime(minutes: Int = 0) -> Timestamp {
  let days = Calendar.days(year: 2026, month: 11, day: 20) ?? 0
  return Timestamp(milliseconds: (days * 86_400 + 20 * 3600 + 40 * 60 + 4 + Int64(minutes) * 60) * 1000)
}

func sampleRows(
  applied: Int = 0, duplicate: Int = 0, recorded: Int = 0, parked: Int = 0, rejected: Int = 0
) -> RowCounts {
  var rows = RowCounts()
  for (outcome, count) in zip(Outcome.allCases, [applied, duplicate, recorded, parked, rejected]) {
    rows[outcome] = count
    rows.read += count
  }
  return rows
}

func sampleFile(
  _ name: String, from partner: String, _ kind: Kind?, _ outcome: FileOutcome = .accepted,
  _ rows: RowCounts = sampleRows(applied: 1)
) -> AnsweredFile {
  AnsweredFile(
    partner: partner, name: Array(name.utf8), kind: kind, outcome: outcome, rows: rows,
    decision: DecisionNumber(7), completedAt: sampleTime(), refusal: nil)
}

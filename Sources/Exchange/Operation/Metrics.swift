internal import Intake
internal import Ledger
internal import Orders

/// How the exchange stands, as numbers for a monitoring system.
///
/// Counts of files and rows are those of the whole ledger, so they go on where they were after a restart; latencies and settled
/// rows count from the start of the process. Ages are not kept but the moments they are counted from.
struct Metrics: Sendable {
  struct Answered: Hashable, Sendable {
    var partner: String
    /// Nil: nothing told which kind of file it is.
    var kind: Kind?
    /// The word of the outcome.
    var outcome: String
  }

  /// What lies in a partner's inbox.
  struct Standing: Sendable, Equatable {
    var files = 0
    /// When the oldest of them arrived, in milliseconds since 1970.
    var oldest: Int64?
  }

  var startedAt: Int64
  var files: [Answered: Int] = [:]
  var rows: [Answered: Int] = [:]
  /// How many of the books' files are counted.
  var filesCounted = 0
  var settled = RowCounts()
  var partners: [String] = []
  var standing: [String: Standing] = [:]
  var parked: [String: Int] = [:]
  var paused: Set<String> = []
  var quarantinedFiles = 0
  var commits = LatencyHistogram()
  var decisions: UInt64 = 0
  var journalBytes: UInt64 = 0
  var tailBytes: UInt64 = 0
  /// Of the newest checkpoint.
  var checkpointBytes: Int64?
  var checkpointAt: Int64?
  var freeBytes: UInt64?
  var alarms = AlarmBell.Counts()
  var expected: [DueFiles.Expected] = []

  /// What lies in the inboxes, by partner.
  static func standing(of waiting: [Waiting]) -> [String: Standing] {
    var standing: [String: Standing] = [:]
    for file in waiting {
      let arrival = file.arrival / 1_000_000
      let known = standing[file.partner] ?? Standing()
      standing[file.partner] = Standing(
        files: known.files + 1, oldest: min(known.oldest ?? .max, arrival))
    }
    return standing
  }

  /// Where the journal ends, and its newest checkpoint.
  mutating func note(
    _ position: LedgerPosition, tailBytes: UInt64, _ checkpoint: Checkpoint?, at time: Int64?
  ) {
    decisions = position.decision.raw
    journalBytes = position.end
    self.tailBytes = tailBytes
    checkpointBytes = checkpoint.map { Int64($0.bytes) }
    checkpointAt = time
  }

  /// Counts what the books have more than before.
  mutating func count(_ books: Books) {
    for file in books.files.dropFirst(filesCounted) {
      let partner = books.partnerName(file.partner)
      files[Answered(partner: partner, kind: file.kind, outcome: file.outcome.rawValue), default: 0] += 1
      for outcome in Outcome.allCases where file.counts[outcome] > 0 {
        rows[Answered(partner: partner, kind: file.kind, outcome: outcome.name), default: 0] +=
          file.counts[outcome]
      }
    }
    filesCounted = books.files.count
  }

  /// The text as of a moment, in milliseconds since 1970.
  func text(at now: Int64) -> String {
    var text = MetricsText()
    text.add(
      "waybill_build_info", .gauge, "What this program is; the value is always 1.",
      [.init(labels: [("journal_format", "\(JournalFormat.version)"), ("swift", Metrics.swift)], value: 1)])
    text.add(
      "waybill_start_time_seconds", .gauge, "When the process began, since 1970.", Double(startedAt) / 1000)
    text.add(
      "waybill_written_timestamp_seconds", .gauge, "When this was written, since 1970.", Double(now) / 1000)
    text.add(
      "waybill_files_total", .counter, "Files answered, over the whole ledger.",
      Metrics.samples(files))
    text.add(
      "waybill_rows_total", .counter, "Rows answered, over the whole ledger, by what they came to at first.",
      Metrics.samples(rows))
    text.add(
      "waybill_settled_rows_total", .counter,
      "Rows freed from waiting since the process began, by what they came to.",
      Outcome.allCases.map { .init(labels: [("outcome", $0.name)], value: Double(settled[$0])) })
    text.add("waybill_decisions_total", .counter, "Decisions in the ledger.", Double(decisions))
    addStanding(to: &text, at: now)
    text.add(
      "waybill_commit_seconds", .histogram,
      "How long a group of decisions took to become durable.", commits.samples)
    text.add("waybill_journal_bytes", .gauge, "Size of the journal.", Double(journalBytes))
    text.add(
      "waybill_journal_tail_bytes", .gauge, "Journal behind the newest checkpoint, read by the next start.",
      Double(tailBytes))
    text.add(
      "waybill_checkpoint_bytes", .gauge, "Size of the newest checkpoint.", checkpointBytes.map { Double($0) }
    )
    text.add(
      "waybill_checkpoint_timestamp_seconds", .gauge, "When the newest checkpoint was made, since 1970.",
      checkpointAt.map { Double($0) / 1000 })
    text.add(
      "waybill_alerts_total", .counter, "Alarms since the process began, by what became of them.",
      [("told", alarms.told), ("failed", alarms.failed), ("left_out", alarms.leftOut)].map {
        .init(labels: [("outcome", $0.0)], value: Double($0.1))
      })
    text.add(
      "waybill_free_bytes", .gauge, "Room on the disk of the ledger.", freeBytes.map { Double($0) })
    return text.text
  }

  private func addStanding(to text: inout MetricsText, at now: Int64) {
    func each(_ value: (String) -> Double) -> [MetricsText.Sample] {
      partners.map { .init(labels: [("partner", $0)], value: value($0)) }
    }
    text.add(
      "waybill_waiting_files", .gauge, "Files in the inbox, held ones among them.",
      each { Double(standing[$0]?.files ?? 0) })
    text.add(
      "waybill_oldest_waiting_seconds", .gauge, "Age of the oldest file in the inbox; 0 where it is empty.",
      each { partner in
        (standing[partner]?.oldest).map { max(0, Double(now - $0) / 1000) } ?? 0
      })
    text.add(
      "waybill_parked_rows", .gauge, "Rows that wait for an earlier step, by who sent them.",
      each { Double(parked[$0] ?? 0) })
    text.add(
      "waybill_partner_paused", .gauge, "1 while the operator has the inbox left alone.",
      each { paused.contains($0) ? 1 : 0 })
    text.add("waybill_quarantine_files", .gauge, "Files in quarantine.", Double(quarantinedFiles))
    text.add(
      "waybill_file_missing", .gauge,
      "1 from the minute after a file was due by the calendar until one of its kind comes.",
      expected.map {
        .init(
          labels: [("partner", $0.partner), ("kind", $0.kind.name)], value: $0.missingSince == nil ? 0 : 1)
      })
  }

  private static func samples(_ counts: [Answered: Int]) -> [MetricsText.Sample] {
    counts.map { key, count in
      MetricsText.Sample(
        labels: [
          ("partner", key.partner), ("kind", key.kind?.name ?? "unknown"), ("outcome", key.outcome),
        ], value: Double(count))
    }.sorted { $0.labels.map(\.value).lexicographicallyPrecedes($1.labels.map(\.value)) }
  }

  private static var swift: String {
    #if compiler(>=6.4)
      "6.4"
    #else
      "6.3"
    #endif
  }
}

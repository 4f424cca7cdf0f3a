/// The daemon's log: on stderr, one line for each event, for people or (`--log json`) for machines.
///
/// A line of text is the time, the event's word, and a sentence. A line of JSON is one object: `time`, `level` (`info`,
/// `warning`, `error`), `event`, what the event is about under keys of its own, and the same sentence as `message`. Words and
/// keys stay as they are; others may be added.

import Exchange
import Foundation
import Ledger
import Orders

/// One event, before it is written.
struct LogEntry {
  enum Level: String { case info, warning, error }

  var level = Level.info
  /// One word; a machine's filter rests on it.
  var event: String
  var fields: [(String, JSONText)] = []
  var sentence: String

  func text(at time: Timestamp, in zone: Zone) -> String {
    let mark = level == .info ? "" : level.rawValue + ": "
    return "\(time.iso8601(in: zone)) \(event): \(mark)\(sentence)"
  }

  func json(at time: Timestamp, in zone: Zone) -> String {
    let head: [(String, JSONText)] = [
      ("time", .text(time.iso8601(in: zone))), ("level", .text(level.rawValue)), ("event", .text(event)),
    ]
    return JSONText.object(head + fields + [("message", .text(sentence))]).line
  }
}

/// The log of one run.
struct Log {
  let console: Console
  let zone: Zone
  let format: LogFormat
  /// Only what an operator must see.
  var isQuiet = false
  var now: () -> Timestamp = { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

  func write(_ entry: LogEntry) {
    if isQuiet && entry.level == .info { return }
    switch format {
    case .text: console.log(entry.text(at: now(), in: zone))
    case .json: console.log(entry.json(at: now(), in: zone))
    }
  }
}

extension LogEntry {
  // MARK: Answers

  init(_ file: AnsweredFile) {
    let counts = Outcome.allCases.filter { file.rows[$0] > 0 }.map {
      "\(HumanText.count(file.rows[$0])) \($0.name)"
    }
    let rows =
      file.rows.read == 0
      ? "" : ", \(HumanText.count(file.rows.read, "row")): \(counts.joined(separator: ", "))"
    self.init(
      event: file.outcome == .held ? "held" : "answered", fields: LogEntry.file(file.partner, file.name),
      sentence: "\(file.partner)/\(SafeText.of(file.name)) \(AnswersTable.outcome(file))" + rows)
    fields += [
      ("kind", JSONText(file.kind?.name)), ("outcome", .text(file.outcome.rawValue)),
      ("code", JSONText(file.refusal?.name)), ("decision", JSONText(file.decision.map { Int($0.raw) })),
      ("rows", .number(file.rows.read)),
    ]
    fields += Outcome.allCases.map { ($0.name, .number(file.rows[$0])) }
    if file.outcome == .held || file.outcome == .rejected { level = .warning }
  }

  init(_ summary: WatchSummary) {
    self.init(
      event: "stopped",
      fields: [
        ("files", .number(summary.files)), ("rows", .number(summary.rows.read)),
        ("seconds", .number(Int(summary.seconds))),
      ],
      sentence: "after \(HumanText.span(seconds: Int(summary.seconds))), "
        + "\(HumanText.count(summary.files, "file")) and \(HumanText.count(summary.rows.read, "row")) answered"
    )
  }

  init(_ failure: Failure) {
    self.init(level: .error, event: "failed", sentence: Sentences.of(failure))
  }

  // MARK: Notices

  init(_ notice: Notice) {
    self.init(event: "", sentence: Sentences.of(notice))
    func set(_ event: String, _ level: Level = .warning, _ fields: [(String, JSONText)] = []) {
      self.event = event
      self.level = level
      self.fields = fields
    }
    switch notice {
    case .watching(let folders): set("started", .info, [("inboxes", .number(folders))])
    case .polls(let because): set("polls", .warning, [("because", .text(because))])
    case .watchesAgain: set("watches", .info)
    case .cannotAskWriters: set("writers_unknown")
    case .settingsTaken: set("settings_taken", .info)
    case .settingsRefused: set("settings_refused")
    case .tornTail: set("torn_tail")
    case .checkpoint: set("checkpoint_failed")
    case .strange(let partner, let name, let because):
      set(
        "set_aside", .warning,
        LogEntry.file(partner, name) + [("because", .text(because))])
    case .resumed(let partner, let name): set("resumed", .info, LogEntry.file(partner, name))
    case .answerDiffers(let partner, let name): set("answer_differs", .warning, LogEntry.file(partner, name))
    case .answerGone(let partner, let name): set("answer_gone", .info, LogEntry.file(partner, name))
    case .condemned(let partner, let name): set("condemned", .error, LogEntry.file(partner, name))
    case .claimGone(let partner, let name): set("claim_gone", .warning, LogEntry.file(partner, name))
    case .noRoom(let free, let needed):
      set("no_room", .error, [("free_bytes", .number(free)), ("needed_bytes", .number(needed))])
    case .noRoomFor(let partner, let name, let free, let needed):
      set(
        "no_room_for_file", .warning,
        LogEntry.file(partner, name) + [("free_bytes", .number(free)), ("needed_bytes", .number(needed))])
    case .claimsVoid(let count): set("claims_void", .info, [("claims", .number(count))])
    case .saltMade: set("salt_made")
    case .settingsForgotten: set("settings_forgotten")
    case .fileMissing(let partner, let kind, let due):
      set(
        "file_missing", .warning,
        [("partner", .text(partner)), ("kind", .text(kind.name)), ("due", .text(due))])
    case .notPutBack(let partner, let name): set("not_put_back", .warning, LogEntry.file(partner, name))
    case .leftInQuarantine(let partner, let name):
      set("left_in_quarantine", .warning, LogEntry.file(partner, name))
    case .alarmFailed: set("alert_failed")
    case .event(let event): self.init(event)
    }
  }

  init(_ event: ExchangeEvent) {
    self.init(event: "", sentence: Sentences.of(event))
    switch event {
    case .claimed(let partner, let name, let bytes):
      self.event = "claimed"
      fields = LogEntry.file(partner, name) + [("bytes", .number(Int(bytes)))]
    case .fed(let partner, let name, let decision):
      self.event = "feed_written"
      fields = LogEntry.file(partner, name) + [("decision", .number(Int(decision.raw)))]
    case .served(let request, let answer):
      self.event = "request_served"
      fields = [
        ("request", .text(request.what.word)), ("by", .text(String(decoding: request.by, as: UTF8.self))),
        ("process", .number(Int(request.asker))), ("done", .truth(answer.isDone)),
      ]
      if let subject = request.what.subject { fields.append(("subject", .text(SafeText.of(subject)))) }
      if let reason = request.what.reason {
        fields.append(("reason", .text(String(decoding: reason, as: UTF8.self))))
      }
    case .checkpointed(let decision, let bytes):
      self.event = "checkpoint"
      fields = [("decision", .number(Int(decision.raw))), ("bytes", .number(Int(bytes)))]
    }
  }

  private static func file(_ partner: String?, _ name: [UInt8]) -> [(String, JSONText)] {
    [("partner", JSONText(partner)), ("file", .text(SafeText.of(name)))]
  }
}

extension Sentences {
  static func of(_ event: ExchangeEvent) -> String {
    switch event {
    case .claimed(let partner, let name, let bytes):
      return "\(partner)/\(SafeText.of(name)), \(HumanText.size(Int(bytes)))"
    case .fed(let partner, let name, let decision):
      return "outbox/\(partner)/\(SafeText.of(name)) for decision \(decision.raw)"
    case .served(let request, let answer): return of(ServedRequest(request, answer))
    case .checkpointed(let decision, let bytes):
      return "up to decision \(decision.raw), \(HumanText.size(Int(bytes)))"
    }
  }
}

extension LedgerRequest.What {
  fileprivate var word: String {
    switch self {
    case .reconcile: "reconcile"
    case .reissue: "reissue"
    case .checkpoint: "checkpoint"
    case .pause: "pause"
    case .resume: "resume"
    case .release: "release"
    }
  }

  /// What it is about, where it is about one thing.
  fileprivate var subject: [UInt8]? {
    switch self {
    case .reconcile, .checkpoint: nil
    case .reissue(let partner, let name, _): partner + [UInt8(ascii: "/")] + name
    case .pause(let partner, _), .resume(let partner, _): partner
    case .release(let name, _): name
    }
  }

  fileprivate var reason: [UInt8]? {
    switch self {
    case .reconcile, .checkpoint: nil
    case .reissue(_, _, let reason), .pause(_, let reason), .resume(_, let reason), .release(_, let reason):
      reason
    }
  }
}

extension RequestAnswer {
  fileprivate var isDone: Bool {
    if case .refused = self { return false }
    return true
  }
}

extension ServedRequest {
  /// The operator's word, where the request is one and was not refused.
  init?(told request: LedgerRequest, _ answer: RequestAnswer) {
    let isNew: Bool
    switch answer {
    case .done: isNew = true
    case .unchanged: isNew = false
    case .reconciled, .reissued, .checkpointed, .refused: return nil
    }
    switch request.what {
    case .reconcile, .reissue, .checkpoint: return nil
    case .pause, .resume, .release:
      let subject = request.what.subject.map { SafeText.of($0) } ?? ""
      let reason = request.what.reason.map { SafeText.of($0) } ?? ""
      self = .told(
        "\(request.what.word) \(subject) (\(reason))", by: SafeText.of(request.by), isNew: isNew)
    }
  }
}

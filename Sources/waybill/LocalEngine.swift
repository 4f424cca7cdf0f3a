/// The exchange on this machine: the verbs' questions, put to the rooms that can answer them.

import Exchange
import Foundation
import Ledger
import Orders

/// An exchange in one folder.
struct LocalEngine: Engine {
  let root: String
  private(set) var configuration: Configuration
  /// Where the configuration lies, or would lie.
  private let settingsFile: String

  var zone: Zone { configuration.zone }
  var profiles: [PartnerProfile] { configuration.profiles }

  init(_ arguments: Arguments) throws(Failure) {
    root = arguments.root
    configuration = try Connection.configuration(arguments)
    settingsFile = arguments.configuration
  }

  // MARK: Work

  func runDay(_ work: Work) throws(Failure) -> TryReport {
    try asked {
      let ledger = try open(work)
      let day = try SampleDay.run(ledger, answered: { work.answered(AnsweredFile($0)) })
      try ledger.close()
      let view = try LedgerView(root: root, configuration: configuration)
      let worst = day.files.max { $0.rows[.rejected] < $1.rows[.rejected] }
      let errors = worst.flatMap { worst in
        view.books.files.first { $0.decision == worst.decision }?.answers.first {
          String(decoding: $0.name, as: UTF8.self).contains(".errors.")
        }
      }
      return TryReport(
        files: day.files.map { AnsweredFile($0) }, isRepeat: day.isRepeat,
        errorsFile: errors.map {
          "outbox/\(view.books.partnerName($0.partner))/\(String(decoding: $0.name, as: UTF8.self))"
        },
        orderNumber: eventfulOrder(view), code: view.tally.frequentRejection)
    }
  }

  /// The order about which the most rows spoke.
  private func eventfulOrder(_ view: LedgerView) -> String? {
    var best: (rows: Int, order: OrderIndex)?
    for index in view.books.shipments.indices {
      let record = view.books[ShipmentIndex(index)]
      let rows = (try? view.history.entries(of: ShipmentIndex(index), from: record.head).count) ?? 0
      if rows > best?.rows ?? 0 { best = (rows, record.order) }
    }
    return best.map { String(decoding: view.books.orderNumber(of: $0.order), as: UTF8.self) }
  }

  func once(_ work: Work) throws(Failure) -> OnceSummary {
    try asked {
      let start = ContinuousClock.now
      let ledger = try open(work)
      ledger.pace = WorkPace(work)
      let run = try OnceRun.run(ledger, answered: { work.answered(AnsweredFile($0)) })
      try ledger.close()
      return OnceSummary(
        files: run.files.map { AnsweredFile($0) }, left: run.left.map { WaitingFile($0) },
        settled: run.settled,
        seconds: (ContinuousClock.now - start) / .seconds(1))
    }
  }

  func watch(_ work: Work) throws(Failure) -> WatchSummary {
    try asked {
      let start = ContinuousClock.now
      try Daemon.catchSignals()
      let heartbeat = Heartbeat()
      heartbeat.begin()
      defer { heartbeat.end() }
      heartbeat.tell("reading the ledger")
      let bell = AlarmBell(root: root)
      bell.use(configuration.alarm)
      // Whatever rang last is told before the end.
      defer { bell.finish() }
      let total = Total()
      var engine = self
      var reportsDays = false
      do {
        while let next = try engine.watchUntilSettingsChange(
          work, total, heartbeat, bell,
          opened: {
            if !reportsDays { DayEnd.watch(self) }
            reportsDays = true
          })
        { engine = next }
      } catch {
        bell.ring(Alarm(.stopped, message: Sentences.of(Failure(StopReason(error)))))
        throw error
      }
      return WatchSummary(
        files: total.files, rows: total.rows, seconds: (ContinuousClock.now - start) / .seconds(1))
    }
  }

  /// - Returns: the exchange with its new configuration; nil: a signal asked to stop.
  private func watchUntilSettingsChange(
    _ work: Work, _ total: Total, _ heartbeat: Heartbeat, _ bell: AlarmBell, opened: () -> Void
  ) throws -> LocalEngine? {
    var next = self
    let ledger = try open(work)
    var daemon = try Daemon(
      ledger, settings: settingsFile,
      settingsChanged: {
        do throws(Failure) {
          next.configuration = try Connection.configuration(settingsFile, isRequired: false)
          return true
        } catch {
          work.noticed(.settingsRefused(Sentences.of(error)))
          return false
        }
      }, heartbeat: heartbeat, bell: bell,
      answered: { report in
        total.add(report)
        work.answered(AnsweredFile(report))
      })
    work.noticed(.watching(folders: daemon.folders))
    opened()
    if try daemon.run() == .asked { return nil }
    work.noticed(.settingsTaken)
    return next
  }

  private final class Total {
    var files = 0
    var rows = RowCounts()

    func add(_ report: FileReport) {
      files += 1
      rows.read += report.rows.read
      for outcome in Outcome.allCases { rows[outcome] += report.rows[outcome] }
    }
  }

  func open(_ work: Work) throws -> OpenLedger {
    OpenLedger.catchDeadlySignals()
    let jobs = work.jobs ?? ProcessInfo.processInfo.activeProcessorCount
    let clock = work.clock.map { Clock.fixed($0.instant(in: zone)) } ?? .wall
    return try OpenLedger(root: root, configuration: configuration, clock: clock, jobs: jobs) {
      work.noticed(Notice($0))
    }
  }

  // MARK: Questions

  func check(_ file: [UInt8], partner: String, at clock: Timestamp?) throws(Failure) -> CheckResult {
    try asked {
      let view = try LedgerView(root: root, configuration: configuration, mayBeNew: true)
      let profile = configuration.profiles.first { $0.folder == partner }
      let zone = profile?.zone ?? zone
      let judged = try view.judge(file, partner: partner, arrival: clock ?? now, rowsMax: 200)
      let name = Array(file[(file.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...])
      return CheckResult(
        file: AnsweredFile(
          partner: partner, name: name, kind: judged.kind, outcome: judged.outcome, rows: judged.counts,
          decision: nil, completedAt: nil, refusal: judged.faults.first?.code),
        groups: judged.groups.map { group in
          let meaning = group.code.meaning
          return .init(code: group.code, count: group.count, sentence: meaning.sentence, who: meaning.who)
        },
        rows: judged.rows.map { CheckResult.Row($0, judged.kind, zone) }, rowsLeftOut: judged.rowsLeftOut,
        refusal: judged.faults.first.map { fault in
          let value =
            profile.flatMap { judged.kind.map($0.permission) }?.reason
            ?? String(decoding: name, as: UTF8.self)
          return fault.sentence(value: value, kind: judged.kind, in: zone)
        })
    }
  }

  func status() throws(Failure) -> StatusView {
    try asked {
      let view = try LedgerView(root: root, configuration: configuration, mayBeNew: true)
      let waiting = try view.waiting()
      let parked = Dictionary(uniqueKeysWithValues: view.tally.parkedRows.map { ($0.partner, $0) })
      let now = now
      let partners = configuration.profiles.map { profile in
        let own = waiting.filter { $0.partner == profile.folder }
        let last = view.books.files.last { view.books.partnerName($0.partner) == profile.folder }
        return StatusView.Partner(
          folder: profile.folder, waitingFiles: own.count, waitingBytes: Int(own.reduce(0) { $0 + $1.bytes }),
          oldestSeconds: own.map(\.arrival).min().map { Int((now.milliseconds - $0.milliseconds) / 1000) },
          parkedRows: parked[profile.folder]?.rows ?? 0, oldestParked: parked[profile.folder]?.oldest,
          lastFile: last.map { AnsweredFile(view.report($0)) })
      }
      let held =
        view.books.files.filter { $0.outcome == .held && view.isLatest($0) }.map { file in
          WaitingFile(
            partner: view.books.partnerName(file.partner), name: file.name,
            reason: file.isQuarantined ? .overErrorBudget : .incomplete, since: file.receivedAt)
        } + (try tooLarge(waiting, view))
      return StatusView(
        root: root, daemon: try view.daemon(), watch: try view.watching().map { StatusView.Watch($0) },
        position: try position(view), configuration: configuration.hash,
        decidedUnder: view.books.files.last.map(Configuration.hash(of:)), partners: partners, held: held,
        unknownCodes: view.tally.unknownCodes.map {
          .init(partner: $0.partner, code: $0.code, count: $0.count)
        },
        withoutLocations: configuration.profiles.filter { profile in
          let needsLocation = profile.role == .warehouse || profile.role == .marketplace
          return needsLocation && profile.locationKeys == nil && !profile.feeds.isEmpty
        }.map(\.folder),
        exceptions: try exceptions(view), paused: view.pauses.map { StatusView.Paused($0.partner, $0.deed) },
        quarantinedFiles: try view.quarantined().count)
    }
  }

  private func position(_ view: LedgerView) throws -> StatusView.Position? {
    if view.position == .start { return nil }
    return StatusView.Position(
      decision: view.position.decision, hash: view.hash, segments: try view.segments(),
      bytes: Int(view.position.end),
      orders: view.books.orders.count, shipments: view.books.shipments.count,
      checkpoint: view.checkpoint.map { .init(decision: $0.position.decision, bytes: Int($0.bytes)) },
      tailBytes: Int(view.tailBytes))
  }

  func dumpLedger(_ sink: (_ lines: [UInt8]) -> Bool) throws(Failure) {
    try asked {
      try withoutActuallyEscaping(sink) { sink in
        try LedgerDump.run(root: root, configuration: configuration, sink)
      }
    }
  }

  var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

  /// Runs something that may fail anywhere below, and gives its failure as evidence.
  func asked<Answer>(_ body: () throws -> Answer) throws(Failure) -> Answer {
    do { return try body() } catch { throw Failure(StopReason(error)) }
  }
}

// MARK: Values

extension Failure {
  init(_ reason: StopReason) {
    switch reason {
    case .system(let call, let path, let number):
      let isReading = call.hasPrefix("open") || call.contains("read") || call.contains("stat")
      self = .system(action: isReading ? .read : .write, path: Array(path.utf8), number: number)
    case .notAnExchange(let root): self = .notAnExchange(root: root)
    case .noLedger(let root): self = .noLedger(root: root)
    case .alreadyRunning(let process): self = .alreadyRunning(processID: process)
    case .otherWork: self = .ledgerHoldsOtherWork
    case .sampleMissing(let path): self = .sampleMissing(path: path)
    case .damaged(let file, let offset, let sequence, let what):
      self = .damagedLedger(
        file: file, offset: Int64(offset), sequence: sequence == 0 ? nil : sequence, what: what)
    case .behind(let decision): self = .ledgerBehind(published: decision)
    case .configuration(let path, let sentence):
      self = .configuration(file: "exchange.json", path: path, problem: sentence)
    case .other(let sentence): self = .stopped(sentence)
    }
  }
}

extension AnsweredFile {
  init(_ report: FileReport) {
    self.init(
      partner: report.partner, name: report.name, kind: report.kind, outcome: report.outcome,
      rows: report.rows,
      decision: report.decision, completedAt: report.receivedAt, refusal: report.refusal)
  }
}

extension WaitingFile {
  init(_ left: LeftFile) {
    let reason: Reason
    switch left.reason {
    case .beingWritten: reason = .stillWritten
    case .awaitsCompanion: reason = .waitsForCompanion
    case .incomplete: reason = .incomplete
    case .settling: reason = .itsTurn
    case .secondName: reason = .hasSecondName
    case .paused: reason = .paused
    case .unreadable(let number): reason = .unreadable(number)
    case .noRoom(let needed): reason = .noRoom(neededBytes: Int(needed))
    }
    self.init(partner: left.partner, name: left.name, reason: reason, since: nil)
  }
}

extension Notice {
  init(_ notice: ExchangeNotice) {
    switch notice {
    case .tornTail(let words): self = .tornTail(words)
    case .checkpoint(let words): self = .checkpoint(words)
    case .leftAlone(let partner, let name, let because):
      self = .strange(partner: partner, name: name, because: because)
    case .resumed(let partner, let name): self = .resumed(partner: partner, name: name)
    case .differs(let partner, let name): self = .answerDiffers(partner: partner, name: name)
    case .answerGone(let partner, let name): self = .answerGone(partner: partner, name: name)
    case .polls(let because): self = .polls(because: because)
    case .watchesAgain: self = .watchesAgain
    case .cannotAskWriters: self = .cannotAskWriters
    case .condemned(let partner, let name): self = .condemned(partner: partner, name: name)
    case .claimGone(let partner, let name): self = .claimGone(partner: partner, name: name)
    case .notPutBack(let partner, let name): self = .notPutBack(partner: partner, name: name)
    case .leftInQuarantine(let partner, let name): self = .leftInQuarantine(partner: partner, name: name)
    case .alarmFailed(let words): self = .alarmFailed(words)
    case .event(let event): self = .event(event)
    case .noRoomFor(let partner, let name, let free, let needed):
      self = .noRoomFor(partner: partner, name: name, freeBytes: Int(free), neededBytes: Int(needed))
    case .claimsVoid(let count): self = .claimsVoid(count: count)
    case .saltMade: self = .saltMade
    case .settingsForgotten: self = .settingsForgotten
    case .fileMissing(let partner, let kind, let due):
      self = .fileMissing(partner: partner, kind: kind, due: due)
    case .noRoom(let free, let needed): self = .noRoom(freeBytes: Int(free), neededBytes: Int(needed))
    }
  }
}

extension StatusView.Watch {
  init(_ report: WatchReport) {
    self.init(pollsBecause: report.pollsBecause, asksWriters: report.asksWriters)
  }
}

extension CheckResult.Row {
  init(_ judged: LedgerView.Judgement.Row, _ kind: Kind?, _ zone: Zone) {
    let rejection = judged.verdict.rejection
    let sentences = (rejection?.faults ?? []).enumerated().map { place, fault in
      fault.sentence(value: judged.values[place], kind: kind, cause: rejection?.cause, in: zone)
    }
    self.init(
      row: Int(judged.row), line: Int(judged.line), keys: judged.keys, outcome: judged.verdict.outcome,
      code: rejection?.faults.first?.code, field: rejection?.faults.first?.column?.canonicalName,
      message: sentences.joined(separator: " "), before: judged.verdict.before, after: judged.verdict.after)
  }
}

internal import Files
internal import Intake
internal import Ledger
internal import Orders
internal import Outbox

/// Takes what waits in the inboxes, group by group, and brings each group from claim to answer.
///
/// A group costs one sync of the journal for its claims and one for its decisions, however many files it holds.
struct IntakeRun {
  let ledger: OpenLedger
  var inbox: Inbox
  private let taking: Taking
  private let watch: DirectoryWatch?
  /// Told of each file whose answer lies in the outbox.
  private let answered: (FileReport) -> Void
  /// Asked between files: true ends the work.
  private let mustStop: () -> Bool
  /// Shows how the work goes; nil: nobody asked.
  private let board: MetricsBoard?
  /// What still waited at the last look, with the reason.
  private(set) var left: [LeftFile] = []
  /// What the disk would not give, or would not let go, since the start.
  private(set) var unreadable: [LeftFile] = []
  /// Was it said that there is no room for another claim?
  private var saidFull = false
  /// The files of which it was said that there is no room for them.
  private var tooLarge: [LeftFile] = []

  /// At most so many files are claimed at once.
  private static let groupFilesMax = 256
  /// A group is decided and delivered when it has grown to so many bytes.
  private static let groupBytesMax: Int64 = 16 << 20

  init(
    _ ledger: OpenLedger, isDaemon: Bool, watch: DirectoryWatch? = nil, board: MetricsBoard? = nil,
    answered: @escaping (FileReport) -> Void, mustStop: @escaping () -> Bool
  ) throws {
    self.ledger = ledger
    taking = isDaemon ? .run : .once
    self.watch = watch
    self.answered = answered
    self.mustStop = mustStop
    self.board = board
    inbox = try Inbox(
      root: try ledger.root.subfolder("inbox"), partners: ledger.configuration.profiles,
      companions: ledger.configuration.companionEndings, watch: watch)
  }

  /// Judges the claims that a crash left behind, before any inbox is looked at.
  ///
  /// One that broke the program is not judged again but answered as our own fault.
  mutating func finishClaims() throws {
    let claims = ledger.openClaims
    ledger.openClaims = []
    try takeInterrupted(claims)
    var decided: [FileRecord] = []
    var missing = 0
    for claim in claims {
      let name = Claim.fileName(of: claim.claim)
      guard let status = try ledger.claimed.status(name) else {
        ledger.voidClaims.append(claim.claim)
        missing += 1
        continue
      }
      let partner = String(decoding: claim.partner, as: UTF8.self)
      if status.kind != .regular {
        // Swapped for something else between the look and the rename.
        try ledger.claimed.rename(name, to: ledger.quarantine, as: name)
        ledger.voidClaims.append(claim.claim)
        say(Strange(partner: partner, name: claim.name, reason: .notAFile(status.kind)))
      } else if ledger.poisoned.contains(claim.claim) {
        decided.append(try FileRun(claim, in: ledger).condemn())
        ledger.notice(.condemned(partner: partner, name: claim.name))
      } else if !mustStop(), try !isBeingWritten(claim), try isSecured(claim) {
        switch try judge(claim) {
        case .decided(let record):
          ledger.notice(.resumed(partner: partner, name: claim.name))
          decided.append(record)
        case .postponed, .unreadable: ledger.openClaims.append(claim)
        case .gone: ledger.voidClaims.append(claim.claim)
        }
      } else {
        ledger.openClaims.append(claim)
      }
    }
    if missing > 0 { ledger.notice(.claimsVoid(count: missing)) }
    try deliver(decided)
    try ledger.writeOffClaims()
    try ledger.forgetPoison()
  }

  private mutating func isBeingWritten(_ claim: ClaimRecord) throws -> Bool {
    do throws(FileError) {
      let descriptor = try ledger.claimed.openForReading(Claim.fileName(of: claim.claim))
      return Lease.isOpenForWriting(descriptor) == .somebody
    } catch {
      try note(error, reading: claim.name, of: String(decoding: claim.partner, as: UTF8.self))
      return true
    }
  }

  /// Makes a claim durable that an earlier process took; false when the disk does not give it: the claim stands.
  private mutating func isSecured(_ claim: ClaimRecord) throws -> Bool {
    do throws(FileError) {
      try Claim.secure(claim.claim, in: ledger.claimed)
      return true
    } catch {
      guard error.call == "pread" else { throw error }
      try note(error, reading: claim.name, of: String(decoding: claim.partner, as: UTF8.self))
      return false
    }
  }

  /// What came of an attempt to judge a claimed file.
  private enum Attempt {
    case decided(FileRecord)
    /// Somebody wrote to it meanwhile, or its turn comes later.
    case postponed
    /// The disk does not give it: the claim stands, and is tried again at the next start or look.
    case unreadable
    /// Somebody took it out of the ledger.
    case gone
  }

  private mutating func judge(_ claim: ClaimRecord) throws -> Attempt {
    var run = FileRun(claim, in: ledger)
    let partner = String(decoding: claim.partner, as: UTF8.self)
    ledger.pace?.take(claim.name)
    PoisonMark.judging(claim.claim.raw)
    defer { PoisonMark.judging(0) }
    do {
      let record = try run.run()
      unreadable.removeAll { $0.isOf(partner, claim.name) }
      ledger.pace?.finish(bytes: record.byteCount)
      return .decided(record)
    } catch is FileRun.Disturbed {
      return .postponed
    } catch is FileRun.Vanished {
      ledger.notice(.claimGone(partner: partner, name: claim.name))
      return .gone
    } catch let fault as InputFile.Unreadable {
      try note(fault.error, reading: claim.name, of: partner)
      return .unreadable
    }
  }

  /// One file that cannot be read stops no other; but when it is we who can open no more files, we stop.
  private mutating func note(_ error: FileError, reading name: [UInt8], of partner: String) throws {
    if error.isExhaustion { throw error }
    let isNew = !unreadable.contains { $0.isOf(partner, name) }
    if !isNew { return }
    unreadable.append(LeftFile(partner: partner, name: name, reason: .unreadable(error.errno)))
    // A single pass says it at its end, where it is the reason of its exit.
    if taking == .run { say(Strange(partner: partner, name: name, reason: .unreadable(error))) }
  }

  /// Takes everything that may be taken now.
  /// - Returns: when to look again at the latest, in milliseconds of the monotonic clock; nil: when something happens.
  mutating func takeAll() throws -> Int64? {
    while true {
      // A file that is listed before its event is read would be known by its rest alone.
      if let watch { inbox.note(try watch.wait(timeoutMilliseconds: 0)) }
      try ledger.answerRequests()
      let now = MonotonicClock.nowMilliseconds()
      let listing = try inbox.look(nowMilliseconds: now)
      let looked = MonotonicClock.nowMilliseconds() - now
      let partners = Set(listing.waiting.map(\.partner))
      var hasLateComer = false
      for strange in listing.strange { try leave(strange) }
      board?.note(Metrics.standing(of: listing.waiting))
      Pulse.beat()
      ledger.pace?.begin(bytes: listing.waiting.reduce(0) { $0 + $1.status.size })
      left = []
      var next: Int64?
      var group: [(Waiting, CompletedBy)] = []
      var bytes: Int64 = 0
      var took = false
      for waiting in listing.waiting {
        if mustStop() { break }
        if ledger.isPaused(waiting.partner) {
          left.append(LeftFile(partner: waiting.partner, name: waiting.name.bytes, reason: .paused))
          continue
        }
        switch inbox.readiness(of: waiting, for: taking, nowMilliseconds: now) {
        case .ready(let completedBy):
          if try isLocked(waiting) { continue }
          if try holds(waiting) {
            if let rest = millisecondsHeldYet(waiting) { next = min(next ?? .max, now + max(0, rest)) }
            continue
          }
          let own = Room.bytesRead(
            ofSize: waiting.status.size, from: waiting.partner, ledger.configuration)
          // One that the disk has no room for waits by itself; and no group is larger than what there is room for.
          if try lacksRoom(for: waiting, own) {
            next = min(next ?? .max, now + IntakeRun.fullPauseMilliseconds)
            continue
          }
          if !group.isEmpty, try !fits(bytes + own) {
            took = true
            if try !hasRoom(for: bytes) { return now + IntakeRun.fullPauseMilliseconds }
            try take(group)
            group = []
            bytes = 0
          }
          group.append((waiting, completedBy))
          bytes += own
        case .settling(let until):
          next = min(next ?? .max, until)
          left.append(LeftFile(partner: waiting.partner, name: waiting.name.bytes, reason: .settling))
        case .beingWritten:
          next = min(next ?? .max, now + 1000)
          left.append(LeftFile(partner: waiting.partner, name: waiting.name.bytes, reason: .beingWritten))
        case .awaitsCompanion:
          left.append(LeftFile(partner: waiting.partner, name: waiting.name.bytes, reason: .awaitsCompanion))
        case .held:
          left.append(LeftFile(partner: waiting.partner, name: waiting.name.bytes, reason: .incomplete))
          guard let rest = millisecondsHeldYet(waiting) else { continue }
          // Its limit is over: it is examined once more, and taken as it is.
          if rest <= 0 { inbox.letGo(waiting) }
          next = min(next ?? .max, now + max(0, rest))
        case .hasSecondName(let strange):
          next = min(next ?? .max, now + 1000)
          left.append(LeftFile(partner: waiting.partner, name: waiting.name.bytes, reason: .secondName))
          if let strange { try leave(strange) }
        case .gone: continue
        case .unreadable(let strange):
          if let strange { try leave(strange) }
        }
        if group.count >= Self.groupFilesMax || bytes >= Self.groupBytesMax {
          took = true
          if try !hasRoom(for: bytes) { return now + IntakeRun.fullPauseMilliseconds }
          try take(group)
          try ledger.answerRequests()
          group = []
          bytes = 0
          if let watch {
            let wake = try watch.wait(timeoutMilliseconds: 0)
            inbox.note(wake)
            if inbox.tells(of: wake, beside: partners) { hasLateComer = true }
          }
          if MonotonicClock.nowMilliseconds() - now > lookAgain(afterOneOf: looked, hasLateComer) { break }
        }
      }
      if !group.isEmpty {
        took = true
        if try !hasRoom(for: bytes) { return now + IntakeRun.fullPauseMilliseconds }
        try take(group)
      }
      if !took || mustStop() { return next }
    }
  }

  /// After how long a listing is left for a new one, so that what another partner sent meanwhile has its turn: a second, or longer
  /// where looking itself takes long, so that a tenth of the time at most goes into it. A partner of whom nothing waited has its
  /// turn sooner: that is told of once, for then something waits.
  private func lookAgain(afterOneOf milliseconds: Int64, _ hasLateComer: Bool) -> Int64 {
    if taking == .once { return .max }
    return hasLateComer ? 3 * milliseconds : max(1_000, 10 * milliseconds)
  }

  /// How arrivals are noticed, as the last look found it.
  var watching: Watching { inbox.watching }

  /// How long a full disk is left alone.
  private static let fullPauseMilliseconds: Int64 = 5_000

  private func fits(_ bytes: Int64) throws -> Bool {
    try freeBytes(of: ledger.folder) >= Room.bytesNeeded(for: bytes)
  }

  /// Is there room for others, but not for this file? Then it stays in its inbox, and is said once for each upload.
  private mutating func lacksRoom(for waiting: Waiting, _ bytes: Int64) throws -> Bool {
    let needed = Room.bytesNeeded(for: bytes)
    let free = try freeBytes(of: ledger.folder)
    // A disk too full for any file is everybody's matter (`hasRoom`).
    if free >= needed || free < Room.bytesNeeded(for: 0) {
      tooLarge.removeAll { $0.isOf(waiting.partner, waiting.name.bytes) }
      return false
    }
    let file = LeftFile(
      partner: waiting.partner, name: waiting.name.bytes, reason: .noRoom(neededBytes: needed))
    left.append(file)
    if tooLarge.contains(file) { return true }
    tooLarge.removeAll { $0.isOf(file.partner, file.name) }
    tooLarge.append(file)
    if taking == .run {
      ledger.notice(
        .noRoomFor(partner: file.partner, name: file.name, freeBytes: free, neededBytes: needed))
    }
    return true
  }

  /// Is there room for the journal and the answers of so many bytes of files? Where there is none, nothing is claimed, and every
  /// file stays in its inbox.
  private mutating func hasRoom(for bytes: Int64) throws -> Bool {
    let needed = Room.bytesNeeded(for: bytes)
    let free = try freeBytes(of: ledger.folder)
    if free >= needed {
      saidFull = false
      return true
    }
    if taking == .once { throw ExchangeFault.noRoom(freeBytes: free, neededBytes: needed) }
    if !saidFull { ledger.notice(.noRoom(freeBytes: free, neededBytes: needed)) }
    saidFull = true
    return false
  }

  /// Does the inbox not let go of its files? Then they are left there, and said.
  private mutating func isLocked(_ waiting: Waiting) throws -> Bool {
    guard let refusal = inbox.folder(of: waiting.partner)?.writeRefusal() else { return false }
    try note(refusal, reading: waiting.name.bytes, of: waiting.partner)
    return true
  }

  /// What the watch saw, so that the next look knows how files came.
  mutating func note(_ wake: Wake) { inbox.note(wake) }

  // MARK: Held uploads

  /// Is the file incomplete? Then it stays where it is, and is said once for each upload.
  private mutating func holds(_ waiting: Waiting) throws -> Bool {
    guard let kind = waiting.name.kind,
      let profile = ledger.configuration.profiles.first(where: { $0.folder == waiting.partner })
    else { return false }
    let missing: Fault?
    do {
      missing = try missingEnd(of: waiting)
    } catch let error as FileError {
      // Removed, or swapped for a link, since it was listed: the next look will tell what lies there now.
      if !error.isOfTheName { try note(error, reading: waiting.name.bytes, of: waiting.partner) }
      return true
    }
    guard let fault = missing else { return false }
    if let rest = millisecondsHeldYet(waiting), rest <= 0 { return false }
    inbox.hold(waiting)
    left.append(LeftFile(partner: waiting.partner, name: waiting.name.bytes, reason: .incomplete))
    let partner = ledger.docket.books.partnerNumber(Array(waiting.partner.utf8))
    if let earlier = ledger.docket.books.file(partner: partner, name: waiting.name.bytes),
      earlier.outcome == .held, !earlier.isQuarantined
    {
      return true
    }
    try hold(waiting, kind, partner, profile, fault)
    return true
  }

  /// What shows that the file is not whole; nil where it is, and where its answer does not depend on it.
  func missingEnd(of waiting: Waiting) throws -> Fault? {
    guard let folder = inbox.folder(of: waiting.partner), waiting.name.refusal == nil,
      let profile = ledger.configuration.profiles.first(where: { $0.folder == waiting.partner }),
      let kind = waiting.name.kind, FileRun.refusal(of: kind, from: profile) == nil
    else { return nil }
    return try Examination.missing(
      in: waiting, kind: kind, of: profile, folder: folder, ledger.configuration)
  }

  /// How long an incomplete upload is still waited for, from its last change on; nil: nothing is refused for its age alone.
  private func millisecondsHeldYet(_ waiting: Waiting) -> Int64? {
    guard taking == .run,
      let profile = ledger.configuration.profiles.first(where: { $0.folder == waiting.partner })
    else { return nil }
    let age = ledger.clock.now().milliseconds - waiting.status.changed / 1_000_000
    return Int64(profile.holdHours) * 3_600_000 - age + 1
  }

  private func hold(
    _ waiting: Waiting, _ kind: Kind, _ partner: UInt8, _ profile: PartnerProfile, _ fault: Fault
  ) throws {
    let number = ledger.nextDecision
    let now = ledger.clock.now()
    let tilde = FileRun.tilde(partner: partner, name: waiting.name.bytes, number, in: ledger.docket.books)
    var record = FileRecord(
      partner: partner, name: waiting.name.bytes, kind: kind, claim: nil, decision: number, sha256: [],
      byteCount: waiting.status.size, receivedAt: now, outcome: .held, refusal: fault.code, tilde: tilde,
      configuration: ledger.configurationDigest)
    let names = AnswerNames(inputName: waiting.name.bytes, tilde: tilde)
    let ack = FileRun.heldAcknowledgement(of: record, kind, profile, fault)
    let answer = StagedAnswer(name: names.ack, bytes: ack.bytes())
    guard case .inline(let bytes) = answer.content else { return }
    let journal = ledger.journal
    try journal.begin(
      .begin,
      BeginRecord(claim: ClaimNumber(0), partner: Array(waiting.partner.utf8), receivedAt: now).payload)
    let blob = try journal.appendBlob(bytes)
    record.answers = [
      PublishedAnswer(
        partner: partner, name: answer.name, sha256: answer.sha256, byteCount: Int64(answer.byteCount),
        bytes: .blob(blob))
    ]
    _ = try journal.commit(decision: number, record.payload(partners: ledger.docket.books.partners))
    ledger.docket.books.enter(record)
    try deliver([record])
  }

  // MARK: A group, from claim to answer

  private mutating func take(_ group: [(waiting: Waiting, completedBy: CompletedBy)]) throws {
    let now = ledger.clock.now()
    var records: [ClaimRecord] = []
    for (waiting, completedBy) in group {
      ledger.lastClaim = ClaimNumber(ledger.lastClaim.raw + 1)
      records.append(
        ClaimRecord(
          claim: ledger.lastClaim, partner: Array(waiting.partner.utf8), name: waiting.name.bytes,
          receivedAt: now,
          completedBy: completedBy.rawValue))
    }
    try ledger.journal.begin(.claims, ClaimRecord.payload(records))
    _ = try ledger.journal.commit(decision: nil, CommitTerms.payload(ledger.configurationDigest))
    try ledger.journal.sync()
    CrashPoint.reached(.claimsJournaled)

    var claims: [Claim] = []
    var folders: [String: Folder] = [:]
    for ((waiting, completedBy), record) in zip(group, records) {
      guard let folder = inbox.folder(of: waiting.partner) else {
        ledger.voidClaims.append(record.claim)
        continue
      }
      folders[waiting.partner] = folder
      if let claim = try Claim.take(
        waiting, as: record.claim, completedBy: completedBy, from: folder, into: ledger.claimed)
      {
        claims.append(claim)
        ledger.notice(
          .event(
            .claimed(partner: waiting.partner, name: waiting.name.bytes, byteCount: waiting.status.size)))
      } else {
        ledger.voidClaims.append(record.claim)
      }
    }
    try Claim.syncGroup(contentOf: claims, claimed: ledger.claimed, inboxes: Array(folders.values))
    CrashPoint.reached(.claimsRenamed)

    var decided: [FileRecord] = []
    var postponed: [ClaimRecord] = []
    for claim in claims {
      guard let record = records.first(where: { $0.claim == claim.number }) else { continue }
      if case .unreadable(let error)? = claim.disturbance {
        try note(error, reading: record.name, of: claim.partner)
      }
      // Where we are asked to end, the claim stands, and is judged later.
      let attempt = try mustStop() || claim.disturbance != nil ? .postponed : judge(record)
      switch attempt {
      case .decided(let file): decided.append(file)
      case .postponed where mustStop(), .unreadable: postponed.append(record)
      case .postponed:
        if try giveBack(claim) { ledger.voidClaims.append(record.claim) } else { postponed.append(record) }
      case .gone: ledger.voidClaims.append(record.claim)
      }
    }
    try deliver(decided)
    try ledger.writeOffClaims()
    ledger.openClaims += postponed
  }

  /// Puts back what its sender has written to since it was looked at: there it is held or taken as any other upload.
  private mutating func giveBack(_ claim: Claim) throws -> Bool {
    switch claim.disturbance {
    case .notAFile, .unreadable: return false
    case .beingWritten, .changed, nil: break
    }
    guard let folder = inbox.folder(of: claim.partner) else { return false }
    guard try claim.giveBack(from: ledger.claimed, to: folder) else { return false }
    inbox.gaveBack(claim)
    return true
  }

  /// One sync makes the group's decisions durable; only then anything appears in the outbox.
  private func deliver(_ decided: [FileRecord]) throws {
    if decided.isEmpty { return }
    if Plant.deliverBeforeSync.isPlanted {
      for file in decided { _ = try ledger.deliver(file) }
    }
    let begun = ContinuousClock.now
    ledger.watch?.turn(to: .sync)
    if decided.contains(where: \.hasLargeAnswer) { try ledger.asides.sync() }
    try ledger.journal.sync()
    CrashPoint.reached(.commitSynced)
    try ledger.journal.synced.write(in: ledger.folder)
    CrashPoint.reached(.positionWritten)
    board?.noteCommit(seconds: (ContinuousClock.now - begun) / .seconds(1))
    ledger.watch?.turn(to: .deliver)
    for file in decided { ledger.unmarked += try ledger.deliver(file) }
    ledger.freshAnswers = [:]
    CrashPoint.reached(.delivered)
    try ledger.archiveLater(decided)
    ledger.watch?.turn(to: .around)
    for file in decided {
      answered(ledger.report(file))
      for event in ledger.fed(by: file) { ledger.notice(.event(event)) }
    }
    try ledger.markPublishedWhenMany()
    ledger.checkpointWhenDue()
    board?.refresh(ledger)
    board?.write()
  }

  /// What cannot be taken is left where it is, and said; but when it is we who can open no more files, we stop.
  mutating func leave(_ strange: Strange) throws {
    guard case .unreadable(let error) = strange.reason else { return say(strange) }
    try note(error, reading: strange.name, of: strange.partner ?? "")
  }

  private func say(_ strange: Strange) {
    ledger.notice(
      .leftAlone(partner: strange.partner, name: strange.name, because: IntakeRun.words(strange.reason)))
  }

  private static func words(_ reason: Strange.Reason) -> String {
    switch reason {
    case .notAFile(let kind): "it is no regular file but a \(kind)"
    case .unknownPartner: "no partner has a folder of this name"
    case .unreadable(let error): error.description
    case .secondName: "another name leads to the same file, so it could be changed after it was judged"
    }
  }
}

extension FileRecord {
  /// Is any of its answers too large for the journal, so that it waits in a file of its own?
  fileprivate var hasLargeAnswer: Bool {
    answers.contains { if case .staged = $0.bytes { true } else { false } }
  }
}

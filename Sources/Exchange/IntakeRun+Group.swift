internal import Files
internal import Intake
internal import Ledger
internal import Orders
internal import Outbox

/// A group of files, from claim to answer.
extension IntakeRun {
  mutating func take(_ group: [Arrived]) throws {
    let now = ledger.clock.now()
    var records: [ClaimRecord] = []
    for file in group {
      ledger.lastClaim = ClaimNumber(ledger.lastClaim.raw + 1)
      records.append(
        ClaimRecord(
          claim: ledger.lastClaim, partner: Array(file.waiting.partner.utf8), name: file.waiting.name.bytes,
          receivedAt: now, completedBy: file.completedBy.rawValue,
          sight: ledger.sight(of: file.waiting.status)))
    }
    try ledger.journal.begin(.claims, ClaimRecord.payload(records))
    let claimed = try ledger.journal.commit(
      decision: nil, CommitTerms.payload(ledger.configurationDigest))
    for record in records { ledger.writtenClaims[record.claim] = record }
    let done = try judgeWhereTheyLie(group, records)
    if done < group.count {
      if ledger.journal.synced.sequence < claimed.sequence { try ledger.journal.sync() }
      CrashPoint.reached(.claimsJournaled)
      try takeFirst(Array(zip(group, records)).dropFirst(done).map { ($0, $1) })
    }
    try ledger.writeOffClaims()
  }

  /// Takes files out of their inboxes, and judges them then.
  private mutating func takeFirst(
    _ group: [(file: Arrived, record: ClaimRecord)]
  ) throws {
    var claims: [Claim] = []
    var records: [ClaimNumber: ClaimRecord] = [:]
    var folders: [String: Folder] = [:]
    for (file, record) in group {
      let waiting = file.waiting
      records[record.claim] = record
      guard let folder = inbox.folder(of: waiting.partner) else {
        ledger.voidClaims.append(record.claim)
        continue
      }
      folders[waiting.partner] = folder
      if let claim = try Claim.take(
        waiting, as: record.claim, completedBy: file.completedBy, from: folder, into: ledger.claimed)
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
    defer {
      ledger.upNext = nil
      ledger.takeBegun()?.giveUp()
    }
    for (place, claim) in claims.enumerated() {
      guard let record = records[claim.number] else { continue }
      let next = place + 1 < claims.count ? claims[place + 1] : nil
      ledger.upNext = next.flatMap { $0.disturbance == nil ? records[$0.number] : nil }
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
    inbox.gaveBack(claim.name, of: claim.partner)
    return true
  }

  /// One sync makes the group's decisions durable; only then anything appears in the outbox.
  mutating func deliver(_ decided: [FileRecord]) throws {
    if decided.isEmpty { return }
    if Plant.deliverBeforeSync.isPlanted {
      for file in decided { _ = try ledger.deliver(file) }
    }
    // A mark speaks of all that is synced, so it is made before these decisions are, or when they are published.
    try ledger.markPublishedWhenMany()
    let begun = ContinuousClock.now
    ledger.watch?.turn(to: .sync)
    if decided.contains(where: \.hasLargeAnswer) { try ledger.asides.sync() }
    try ledger.makeReady(decided)
    try ledger.journal.sync()
    ledger.awaitsDelivery = true
    CrashPoint.reached(.commitSynced)
    try ledger.position.write(ledger.journal.synced)
    CrashPoint.reached(.positionWritten)
    board?.noteCommit(seconds: (ContinuousClock.now - begun) / .seconds(1))
    ledger.watch?.turn(to: .deliver)
    if !ledger.uploads.isEmpty {
      try take(decided: decided)
      CrashPoint.reached(.claimsRenamed)
    }
    try ledger.finishDelivery()
    // Neither the inbox nor the ledger is held by what may follow later.
    let conclude = { [answered, board] in
      try IntakeRun.conclude(decided, in: $0, answered, board)
    }
    if try ledger.deliverBeside(decided, then: conclude) {
      ledger.awaitsDelivery = false
      ledger.freshAnswers = [:]
      return
    }
    for file in decided { ledger.unmarked += try ledger.deliver(file) }
    ledger.spares.dropPrepared()
    ledger.awaitsDelivery = false
    ledger.freshAnswers = [:]
    CrashPoint.reached(.delivered)
    try conclude(ledger)
    try ledger.markPublishedWhenMany()
  }

  /// What follows when the answers of a group lie in the outbox.
  private static func conclude(
    _ decided: [FileRecord], in ledger: OpenLedger, _ answered: (FileReport) -> Void, _ board: MetricsBoard?
  ) throws {
    try ledger.archiveLater(decided)
    ledger.watch?.turn(to: .around)
    for file in decided {
      answered(ledger.report(file))
      for event in ledger.fed(by: file) { ledger.notice(.event(event)) }
    }
    ledger.checkpointWhenDue()
    board?.refresh(ledger)
    board?.write()
  }

  /// What came of an attempt to judge a claimed file.
  enum Attempt {
    case decided(FileRecord)
    /// Somebody wrote to it meanwhile, or its turn comes later.
    case postponed
    /// The disk does not give it: the claim stands, and is tried again at the next start or look.
    case unreadable
    /// Somebody took it out of the ledger.
    case gone
  }

  mutating func judge(_ claim: ClaimRecord) throws -> Attempt {
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
}

extension FileRecord {
  /// Is any of its answers too large for the journal, so that it waits in a file of its own?
  fileprivate var hasLargeAnswer: Bool {
    answers.contains { if case .staged = $0.bytes { true } else { false } }
  }
}

internal import Files
public import Ledger
public import Orders
internal import Intake
internal import Outbox

/// A damaged ledger, cut behind its last sound commit: what is lost, and where all that was cut lies.
///
/// After it the ledger says nothing that it cannot prove: what was published of the decisions that are lost is taken out of the
/// outbox and kept beside the cut. Their numbers, and those of claims and feeds, are never given again; a record in the journal
/// sees to that. What the lost files held is for a person to drop again; their originals mostly lie in the archive.
public struct LedgerRepair {
  public struct Report: Sendable {
    /// What was wrong.
    public var damage: String
    public var kept: LedgerPosition
    public var cutBytes: UInt64
    public var salvage: JournalSalvage
    /// The lost files whose originals the archive has.
    public var archived: Set<DecisionNumber>
    /// The lost files whose originals had not come to the archive yet: they are kept beside the cut.
    public var keptAside: Set<DecisionNumber>
    /// What was taken out of the outbox, by path.
    public var withdrawn: [String]
    /// Claimed files that the journal knows nothing of any more.
    public var orphans: Int
    /// The newest decision that was ever given.
    public var newestDecision: DecisionNumber
    /// Where everything is kept, below ROOT.
    public var folder: String
  }

  /// Why nothing was cut.
  public enum Refusal: Error, CustomStringConvertible {
    case sound(LedgerPosition)
    /// The cut can only be made here: the sequence of the last sound commit, and that of the damage.
    case elsewhere(last: FrameSequence, damage: FrameSequence)

    public var description: String {
      switch self {
      case .sound(let end):
        "the journal is sound up to its end at sequence \(end.sequence.raw): there is nothing to repair"
      case .elsewhere(let last, let damage):
        "the last sound commit is sequence \(last.raw), the damage sequence \(damage.raw): nothing can be cut elsewhere; "
          + "name one of the two, or one between them"
      }
    }
  }

  private let root: Folder
  private let ledger: Folder
  private let configuration: Configuration
  private let now: Timestamp

  /// Cuts the ledger's journal at a frame that `ledger verify` named.
  ///
  /// - Parameter sequence: the damaged frame, or the last sound commit before it.
  public static func run(
    root path: String, configuration: Configuration, to sequence: FrameSequence, at now: Timestamp
  ) throws -> Report {
    let root = try Folder(path: path)
    guard try root.status(Array("ledger".utf8))?.kind == .folder else {
      throw ExchangeFault.noLedger(root: path)
    }
    let ledger = try root.subfolder("ledger")
    guard try ledger.status(Array("journal".utf8))?.kind == .folder else {
      throw ExchangeFault.noLedger(root: path)
    }
    let lock = try LedgerLock(ledger)
    defer { withExtendedLifetime(lock) {} }
    let repair = LedgerRepair(root: root, ledger: ledger, configuration: configuration, now: now)
    return try repair.run(to: sequence)
  }

  private func run(to sequence: FrameSequence) throws -> Report {
    let outbox = try root.makeSubfolder("outbox")
    let published = try PublishedEvidence.newestDecision(in: outbox, owner: try ledger.status().owner)
    let position = try LedgerPosition.read(in: ledger)
    let evidence = JournalEvidence(position: position, decision: published)
    var begun = try RepairMark.read(in: ledger)
    if let mark = begun, try JournalRepair.hasEnded(ledger, with: mark.record) {
      // It was killed behind its last step.
      try RepairMark.remove(in: ledger)
      begun = nil
    }
    let found = try begun == nil ? JournalDiagnosis.of(ledger, evidence) : begun?.diagnosis
    guard let diagnosis = found else { throw Refusal.sound(position ?? .start) }
    guard sequence >= diagnosis.kept.sequence, sequence <= diagnosis.firstLost else {
      throw Refusal.elsewhere(last: diagnosis.kept.sequence, damage: diagnosis.firstLost)
    }
    let salvage = try JournalSalvage(ledger, behind: diagnosis.kept)
    let names = ["claimed", "quarantine"].flatMap { (try? ledger.subfolder($0).list()) ?? [] }.map(\.name)
    let record = RepairRecord(
      decision: [diagnosis.kept.decision, position?.decision, published, salvage.newestDecision]
        .compactMap(\.self).max() ?? diagnosis.kept.decision,
      claim: max(salvage.newestClaim, names.compactMap { Claim.number(of: $0) }.max() ?? ClaimNumber(0)),
      bytes: diagnosis.bytesBehind, at: now, feeds: try spentFeeds(in: outbox))
    let free = try freeName(diagnosis)
    var mark = begun ?? RepairMark(diagnosis: diagnosis, record: record, folder: free)
    if begun != nil { mark.record = mark.record.joined(with: record) }
    // From here on no start is possible before the repair has come to its end, in this run or the next.
    try mark.write(in: ledger)
    CrashPoint.reached(.repairBegun)

    let aside = try folder(mark.folder)
    try JournalRepair.cut(ledger, behind: diagnosis.kept, keepingIn: aside)
    CrashPoint.reached(.repairCut)
    let kept = try keptState(upTo: diagnosis.kept)
    let withdrawn = try withdraw(whatIsNotIn: kept.books, from: outbox, to: aside)
    let decided = Dictionary(
      salvage.files.compactMap { file in file.claim.map { ($0, file.decision) } }, uniquingKeysWith: { $1 })
    let (orphans, keptAside) = try setOrphansAside(kept, decided, to: aside)
    CrashPoint.reached(.repairWithdrawn)
    if try ledger.status(Array("position".utf8)) != nil {
      try ledger.rename(Array("position".utf8), to: aside, as: Array("position".utf8))
    }
    try writeRecord(mark.record)
    CrashPoint.reached(.repairRecorded)
    try RepairMark.remove(in: ledger)

    let archive = try Archive(ledger)
    let archived = try salvage.files.filter { try !$0.archivedAs.isEmpty && archive.contains($0.archivedAs) }
    return Report(
      damage: mark.diagnosis.damage.description, kept: diagnosis.kept, cutBytes: mark.record.bytes,
      salvage: salvage, archived: Set(archived.map(\.decision)), keptAside: keptAside, withdrawn: withdrawn,
      orphans: orphans,
      newestDecision: mark.record.decision, folder: "ledger/cut/" + mark.folder)
  }

  // MARK: Steps

  /// The end of the ledger's life so far, and what must not be given again, as a transaction of its own.
  private func writeRecord(_ record: RepairRecord) throws {
    let (journal, _) = try Journal.open(
      ledger: ledger, segmentBytesMax: configuration.ledgerBounds.segmentBytesMax, inNewSegment: true
    ) { _ in }
    try journal.begin(.repair, record.payload)
    _ = try journal.commit(decision: nil, CommitTerms.payload(configuration.sha256))
    try journal.sync()
    try journal.synced.write(in: ledger)
    try journal.stopCleanly()
  }

  private func keptState(upTo kept: LedgerPosition) throws -> Replay {
    var replay = Replay()
    for profile in configuration.profiles { _ = replay.books.partnerNumber(Array(profile.folder.utf8)) }
    _ = try JournalScan(ledger, upTo: kept).run { try replay.take($0) }
    return replay
  }

  /// Takes out of the outbox what no decision that is left has published: under a name of its own, or in the place of an earlier answer,
  /// as the ack of an upload in the place of the ack of its hold, and a document in the place of an older one.
  private func withdraw(
    whatIsNotIn books: Books, from outboxes: Folder, to aside: Folder
  ) throws -> [String] {
    var backed: [[UInt8]: Set<[UInt8]>] = [:]
    func back(_ answer: PublishedAnswer) {
      backed[[answer.partner] + answer.name, default: []].insert(answer.sha256)
    }
    for answer in books.files.lazy.flatMap(\.answers) { back(answer) }
    for answer in books.deeds.lazy.flatMap(\.answers) { back(answer) }
    let owner = try ledger.status().owner
    var withdrawn: [String] = []
    for (number, partner) in books.partners.enumerated() {
      guard try outboxes.status(partner)?.kind == .folder else { continue }
      let outbox = try outboxes.subfolder(partner)
      for (prefix, folder) in try Self.folders(of: outbox) {
        for (name, kind) in try folder.list() where kind == .regular {
          guard name.first != UInt8(ascii: "."), try folder.status(name)?.owner == owner else { continue }
          if let digests = backed[[UInt8(number)] + prefix + name],
            let found = try digest(of: name, in: folder), digests.contains(found)
          {
            continue
          }
          let keeping = try aside.makeSubfolder("outbox", mode: 0o700).makeSubfolder(partner)
          let place = prefix.isEmpty ? keeping : try keeping.makeSubfolder(Array(prefix.dropLast()))
          try folder.rename(name, to: place, as: name)
          withdrawn.append(legible(partner) + "/" + legible(prefix + name))
        }
        try folder.sync()
      }
    }
    try aside.sync()
    return withdrawn.sorted()
  }

  /// An outbox and the folder of its documents, each with what names in it begin with.
  private static func folders(of outbox: Folder) throws -> [(prefix: [UInt8], folder: Folder)] {
    let documents = Array("documents".utf8)
    guard try outbox.status(documents)?.kind == .folder else { return [([], outbox)] }
    return [([], outbox), (documents + [UInt8(ascii: "/")], try outbox.subfolder(documents))]
  }

  /// Claimed files whose claims were cut off, or that bear a number the journal knows nothing of.
  ///
  /// - Parameter decided: the lost decisions on claims.
  /// - Returns: how many of them nothing was decided of, and the lost decisions of the others.
  private func setOrphansAside(
    _ kept: Replay, _ decided: [ClaimNumber: DecisionNumber], to aside: Folder
  ) throws -> (orphans: Int, decisions: Set<DecisionNumber>) {
    guard try ledger.status(Array("claimed".utf8)) != nil else { return (0, []) }
    let claimed = try ledger.subfolder("claimed")
    var orphans = 0
    var decisions: Set<DecisionNumber> = []
    for (name, _) in try claimed.list() {
      let number = Claim.number(of: Array(name.prefix(12)))
      let isKnown = number.map {
        kept.openClaims[$0] != nil || kept.books.file(of: $0) != nil
      }
      if isKnown == true { continue }
      try claimed.rename(name, to: try aside.makeSubfolder("claimed", mode: 0o700), as: name)
      if let decision = number.flatMap({ decided[$0] }) {
        decisions.insert(decision)
      } else {
        orphans += 1
      }
    }
    try claimed.sync()
    return (orphans, decisions)
  }

  /// The highest number that each feed was given, as the outbox shows it.
  private func spentFeeds(in outboxes: Folder) throws -> [RepairRecord.SpentFeed] {
    var spent: [RepairRecord.SpentFeed] = []
    for (partner, kind) in try outboxes.list() where kind == .folder {
      let names = try outboxes.subfolder(partner).list().map { String(decoding: $0.name, as: UTF8.self) }
      for feed in Feed.allCases {
        let numbers = names.compactMap { name -> Int? in
          guard name.hasPrefix("feed-\(feed.rawValue)-"), name.hasSuffix(".json") else { return nil }
          return Int(name.dropFirst("feed-\(feed.rawValue)-".count).dropLast(".json".count))
        }
        if let highest = numbers.max() { spent.append(.init(partner: partner, feed: feed, number: highest)) }
      }
    }
    return spent
  }

  // MARK: The folder that keeps what was cut

  private func freeName(_ diagnosis: JournalDiagnosis) throws -> String {
    var number = 1
    while true {
      let name = "\(diagnosis.kept.sequence.raw)-\(number)"
      let cuts = try ledger.makeSubfolder("cut", mode: 0o700)
      if try cuts.status(Array(name.utf8)) == nil { return name }
      number += 1
    }
  }

  private func folder(_ name: String) throws -> Folder {
    let cuts = try ledger.makeSubfolder("cut", mode: 0o700)
    try ledger.sync()
    let folder = try cuts.makeSubfolder(name, mode: 0o700)
    try cuts.sync()
    return folder
  }
}

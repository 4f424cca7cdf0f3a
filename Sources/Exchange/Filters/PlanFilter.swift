internal import Files
internal import Intake
internal import Ledger
public import Orders
internal import Outbox

/// `waybill assemble --plan`: what is known of the files of a run comes in, the terms of the run go out.
///
/// What belongs to whole files is settled here, as a fold over them in the order in which one machine takes them: claim and decision
/// numbers, holds, names, the same bytes again, budgets, the numbers of feeds and settlements. It needs facts about files, and, to be
/// right, tallies of their rows. So a run plans, judges, and plans again with the tallies: where a file turned out to be void or
/// repeated, the rows of later files were judged by a past that is none, and are judged again. Whatever the first file is of which that
/// is found, all before it were right; so the rounds come to an end, and the end is what one machine does, which takes one after
/// the other.
public struct PlanFilter {
  private var terms: RunTerms
  private var books: Books
  private var facts: [FileFacts] = []
  private var tallies: [UInt64: FileTally] = [:]
  private var lastClaim: UInt32 = 0
  private var lastDecision: UInt64 = 0

  /// As one machine claims its files.
  private static let groupFilesMax = 256
  private static let groupBytesMax: Int64 = 16 << 20

  public init(_ terms: RunTerms, at clock: Timestamp) throws {
    self.terms = terms
    if terms.clock != nil { self.terms.items.removeLast(terms.items.count - terms.firstNew) }
    self.terms.plans = [:]
    self.terms.clock = clock
    self.terms.firstNew = self.terms.items.count
    books = self.terms.emptyBooks()
    for item in self.terms.items {
      try item.enter(in: &books)
      lastDecision = max(lastDecision, item.decision ?? 0)
      if case .claims(let payload) = item {
        for claim in try ClaimRecord.read(payload) { lastClaim = max(lastClaim, claim.claim.raw) }
      }
    }
  }

  public mutating func run(_ input: LineInput, to output: LineOutput) throws {
    while let line = try input.next() {
      switch line.kind {
      case .fact: facts.append(try FileFacts(line))
      case .tally:
        let tally = try FileTally(line)
        tallies[tally.decision, default: FileTally(decision: tally.decision)].add(tally)
      case .courier: try take(courier: line)
      default: throw FilterFault.unreadable(line.kind.rawValue)
      }
    }
    try plan()
    try terms.write(to: output)
  }

  /// Of several spellings of a courier the oldest holds.
  private mutating func take(courier line: KeyedLine) throws {
    let text = try line.decoded()
    let folded = foldCourier(text.span)
    if let known = terms.couriers.firstIndex(where: { foldCourier($0.text.span) == folded }) {
      if line.arrival.lexicographicallyPrecedes(terms.couriers[known].place) {
        terms.couriers[known] = (line.arrival, text)
      }
    } else {
      terms.couriers.append((line.arrival, text))
    }
  }

  // MARK: The order of one machine

  private mutating func plan() throws {
    guard let clock = terms.clock else { return }
    let companions = Set(
      facts.compactMap { fact in
        fact.companion.map { [UInt8]($0.rawValue.utf8) + [0] + fact.partner + [0] + fact.name }
      })
    let uploads = facts.filter { $0.companion == nil }
    let waiting = uploads.map { fact in
      Waiting(
        partner: String(decoding: fact.partner, as: UTF8.self), name: FileName(fact.name),
        status: FileStatus(size: fact.size, changed: fact.arrival))
    }
    var byName: [[UInt8]: FileFacts] = [:]
    for fact in uploads { byName[fact.partner + [0] + fact.name] = fact }
    var group: [(FileFacts, CompletedBy)] = []
    var bytes: Int64 = 0
    for file in ProcessingOrder.sorted(waiting) {
      let folder = Array(file.partner.utf8)
      guard let fact = byName[folder + [0] + file.name.bytes] else { continue }
      if books.pauses[folder] != nil { continue }
      var completedBy = CompletedBy.once
      if let companion = terms.configuration.companionEndings[file.partner] {
        let beside = [UInt8](companion.rawValue.utf8) + [0] + folder + [0] + file.name.bytes
        if !companions.contains(beside) { continue }
        completedBy = .companion
      }
      if let fault = fact.missing {
        hold(fact, fault, at: clock)
        continue
      }
      let own = Room.bytesRead(ofSize: fact.size, from: file.partner, terms.configuration)
      group.append((fact, completedBy))
      bytes += own
      if group.count >= PlanFilter.groupFilesMax || bytes >= PlanFilter.groupBytesMax {
        try take(group, at: clock)
        group = []
        bytes = 0
      }
    }
    if !group.isEmpty { try take(group, at: clock) }
    if terms.items.count > terms.firstNew { terms.items.append(.published(lastDecision)) }
  }

  private mutating func hold(_ fact: FileFacts, _ fault: Fault, at clock: Timestamp) {
    let partner = books.partnerNumber(fact.partner)
    // Said once for each upload.
    if FileRun.heldBefore(partner: partner, name: fact.name, in: books) != nil { return }
    lastDecision += 1
    let number = DecisionNumber(lastDecision)
    let record = FileRecord(
      partner: partner, name: fact.name, kind: fact.kind, claim: nil, decision: number, sha256: [],
      byteCount: fact.size, receivedAt: clock, outcome: .held, refusal: fault.code,
      tilde: FileRun.tilde(partner: partner, name: fact.name, number, in: books),
      configuration: terms.configuration.sha256)
    var plan = FilePlan(.held, record, books.partners)
    plan.fault = fault
    enter(record, plan, spoiled: [])
  }

  private mutating func enter(_ record: FileRecord, _ plan: FilePlan, spoiled: Set<ClaimNumber>) {
    terms.plans[record.decision.raw] = plan
    terms.items.append(
      .file(record.decision.raw, spoiled: spoiled.sorted(), record.payload(partners: books.partners)))
    books.enter(record, spoiling: spoiled)
  }

  private mutating func take(_ group: [(FileFacts, CompletedBy)], at clock: Timestamp) throws {
    var claims: [ClaimRecord] = []
    for (fact, completedBy) in group {
      lastClaim += 1
      claims.append(
        ClaimRecord(
          claim: ClaimNumber(lastClaim), partner: fact.partner, name: fact.name, receivedAt: clock,
          completedBy: completedBy.rawValue))
    }
    terms.items.append(.claims(ClaimRecord.payload(claims)))
    for (claim, (fact, _)) in zip(claims, group) { decide(fact, claim) }
  }

  // MARK: One file

  /// What the file comes to, as far as is known.
  private mutating func decide(_ fact: FileFacts, _ claim: ClaimRecord) {
    lastDecision += 1
    let number = DecisionNumber(lastDecision)
    let partner = books.partnerNumber(fact.partner)
    var record = FileRecord(
      partner: partner, name: fact.name, kind: fact.kind, claim: claim.claim, decision: number,
      sha256: fact.sha256, byteCount: fact.size, receivedAt: claim.receivedAt, outcome: .accepted,
      tilde: FileRun.tilde(partner: partner, name: fact.name, number, in: books),
      endsHold: FileRun.heldBefore(partner: partner, name: fact.name, in: books) != nil,
      configuration: terms.configuration.sha256)
    let names = AnswerNames(inputName: record.name, tilde: record.tilde)
    guard
      let profile = terms.configuration.profiles.first(where: { Array($0.folder.utf8) == fact.partner })
    else { return }
    if !fact.isRefused, let first = first(of: record) {
      record.outcome = .duplicateFile
      record.counts = first.counts
      record.kind = first.kind
      var plan = FilePlan(.repeated, record, books.partners)
      let earlier = AnswerNames(inputName: first.name, tilde: first.tilde)
      let own = first.answers.filter { $0.partner == partner }.map(\.name)
      plan.answers = [earlier.result, earlier.reply].filter { own.contains($0) }
        .map { fact.partner + Array("/".utf8) + $0 }
      record.answers = [(earlier.result, names.result), (earlier.reply, names.reply)]
        .filter { own.contains($0.0) }.map { answer($0.1, to: partner) }
      return enter(record, plan, spoiled: [])
    }
    if fact.isRefused || fact.isUnsound {
      record.outcome = .rejected
      return enter(record, FilePlan(.void, record, books.partners), spoiled: [])
    }
    let tally = tallies[number.raw] ?? FileTally(decision: number.raw)
    let rejected = fact.unsoundRows + tally.rejected
    let isOverBudget = profile.errorBudget.map { Double(rejected) > $0 * Double(fact.rows) } ?? false
    if rejected > 0, profile.atomicFiles || isOverBudget {
      record.outcome = profile.atomicFiles ? .rejected : .held
      record.isQuarantined = !profile.atomicFiles
      return enter(record, FilePlan(.withdrawn, record, books.partners), spoiled: [])
    }
    record.outcome = rejected > 0 ? .acceptedWithErrors : .accepted
    record.counts.read = fact.rows
    record.counts[.rejected] = rejected
    record.feeds = tally.feeds.sorted { ($0.partner, $0.feed.rawValue) < ($1.partner, $1.feed.rawValue) }
    record.settled = tally.settled.sorted()
    record.answers = [answer(names.result, to: partner)]
    if profile.repliesInCarrierShape, fact.kind == .scans {
      record.answers.append(answer(names.reply, to: partner))
    }
    enter(record, FilePlan(.judged, record, books.partners), spoiled: tally.spoiled)
  }

  /// An answer whose name is known, and nothing else yet.
  private func answer(_ name: [UInt8], to partner: UInt8) -> PublishedAnswer {
    PublishedAnswer(partner: partner, name: name, sha256: [], byteCount: 0, bytes: .elsewhere)
  }

  /// A file with the same bytes, where its answer is to be given again.
  private func first(of record: FileRecord) -> FileRecord? {
    if record.kind == .documents || record.kind == .inventory || record.kind == .reconcile { return nil }
    guard books.hasFile(partner: record.partner, byteCount: record.byteCount) else { return nil }
    return books.file(partner: record.partner, sha256: record.sha256)
  }
}

public import Files
public import Ledger
public import Orders
internal import Outbox

/// The proof that every decision follows from what was sent: each file judged once more, from its archived original and the books
/// as they stood before it, and held byte for byte against what was committed.
///
/// The books are those that the journal rebuilds, never those of the judgement under proof, so one difference does not drag others
/// behind it. Nothing in the exchange is changed; large answers are derived in a scratch folder and removed from it.
public struct LedgerProof: Sendable {
  /// Decisions that were derived and found to be what was committed.
  public private(set) var decisions = 0
  /// The answers, feeds and documents of those.
  public private(set) var answers = 0
  /// Decisions that nothing can be derived of, by the reason.
  public private(set) var underivable: [Underivable: Int] = [:]
  public private(set) var differences: [Difference] = []

  /// Why a decision cannot be derived again.
  public enum Underivable: Sendable, CaseIterable {
    /// An upload that was held: it stayed in its inbox, and was completed or taken away there.
    case held
    /// The rows of a file with credentials that could not be read: they are kept as `***` alone.
    case masked
    /// Decided under other settings than those in force, which give something else.
    case otherSettings
    /// The program broke on it, and answered for itself.
    case condemned
    /// Its documents embed a font that this machine has no longer.
    case fonts
    /// It left quarantine for its inbox again.
    case released
  }

  /// The first thing in which a decision is not what its original gives.
  public struct Difference: Sendable {
    public enum What: Sendable, Equatable {
      /// The archive has no original to derive from.
      case originalMissing
      /// A row came to something else.
      case row(number: UInt32, committed: Orders.Outcome?, derived: Orders.Outcome?)
      /// An answer has other bytes, from this offset and line on; nil: the committed bytes lie nowhere any more.
      case answer(partner: String, name: [UInt8], place: Place?)
      /// Committed, and not derived.
      case answerMissing(partner: String, name: [UInt8])
      /// Derived, and not committed.
      case answerAdded(partner: String, name: [UInt8])
      /// The books' changes are noted in other words, though every answer is the same.
      case notes
    }

    /// Where two files first differ: byte offset from 0, line from 1.
    public struct Place: Sendable, Equatable {
      public var offset: Int64
      public var line: Int
    }

    public var decision: DecisionNumber
    public var partner: String
    public var name: [UInt8]
    public var what: What
  }

  /// What is to be derived.
  public struct Scope: Sendable {
    /// Files that came at or after this instant.
    public var from = Timestamp.distantPast
    /// Files that came before this instant; nil: all later ones too.
    public var to: Timestamp?
    /// One decision alone.
    public var decision: DecisionNumber?

    public init(from: Timestamp = .distantPast, to: Timestamp? = nil, decision: DecisionNumber? = nil) {
      self.from = from
      self.to = to
      self.decision = decision
    }

    /// Nothing behind this decision is asked for.
    func isDone(_ number: DecisionNumber?) -> Bool {
      guard let decision, let number else { return false }
      return number >= decision
    }

    func holds(_ number: DecisionNumber, at time: Timestamp) -> Bool {
      if let decision, decision != number { return false }
      return time >= from && to.map { time < $0 } ?? true
    }
  }

  /// Derives what is in the scope.
  ///
  /// - Parameter progress: gets the bytes of the journal that are done and those there are.
  public static func run(
    root path: String, configuration: Configuration, scope: Scope = Scope(),
    progress: @escaping (UInt64, UInt64) -> Void = { _, _ in }
  ) throws -> LedgerProof {
    let scratch = try ScratchFolder()
    let run = try Run(root: path, configuration, scope, scratch.folder)
    try run.deriveAll(progress) { _, _ in }
    return run.proof
  }

  /// Derives one decision and hands on each answer that is what was committed, its bytes in memory or in the scratch folder.
  ///
  /// - Returns: the proof; without a difference every answer of the decision was handed on.
  public static func render(
    _ decision: DecisionNumber, root path: String, configuration: Configuration, scratch: Folder,
    _ take: (PublishedAnswer, RenderedBytes) throws -> Void
  ) throws -> LedgerProof {
    let run = try Run(root: path, configuration, Scope(decision: decision), scratch)
    do { try run.deriveAll({ _, _ in }, take) } catch is Run.Enough {}
    return run.proof
  }

  /// Where the bytes of a derived answer are.
  public enum RenderedBytes: Sendable {
    case inline([UInt8])
    /// The name of a file in the scratch folder, removed after the call.
    case file([UInt8])
  }

  /// What became of one decision.
  enum Outcome {
    case same(answers: Int)
    case underivable(Underivable)
    case differs(Difference)
  }

  fileprivate mutating func count(_ outcome: Outcome) {
    switch outcome {
    case .same(let answers):
      decisions += 1
      self.answers += answers
    case .underivable(let reason): underivable[reason, default: 0] += 1
    case .differs(let difference): differences.append(difference)
    }
  }
}

extension LedgerProof {
  /// The walk over the journal: books rebuilt decision by decision, each decision in the scope derived before it is applied.
  private final class Run {
    /// What was asked for is derived; the rest of the journal need not be read.
    struct Enough: Error {}

    var proof = LedgerProof()
    private let scope: Scope
    private let scan: JournalScan
    private let end: LedgerPosition?
    private let bench: ProofBench
    private var replay = Replay()
    private var open: [RecordedFrame] = []

    init(root path: String, _ configuration: Configuration, _ scope: Scope, _ scratch: Folder) throws {
      let root = try Folder(path: path)
      guard try root.status(Array("ledger".utf8))?.kind == .folder else {
        throw ExchangeFault.noLedger(root: path)
      }
      let ledger = try root.subfolder("ledger")
      guard try ledger.status(Array("journal".utf8))?.kind == .folder else {
        throw ExchangeFault.noLedger(root: path)
      }
      self.scope = scope
      end = try LedgerPosition.read(in: ledger)
      scan = end.map { JournalScan(ledger, upTo: $0) } ?? JournalScan(ledger)
      for profile in configuration.profiles {
        _ = replay.books.partnerNumber(Array(profile.folder.utf8))
      }
      bench = try ProofBench(root: root, ledger: ledger, configuration, scratch)
    }

    func deriveAll(
      _ progress: (UInt64, UInt64) -> Void, _ take: (PublishedAnswer, RenderedBytes) throws -> Void
    ) throws {
      _ = try scan.run { frame in
        switch frame.kind {
        case .begin, .rows, .blob, .answers:
          if frame.kind == .begin { open = [] }
          open.append(RecordedFrame(frame))
        case .commit:
          let isDecision = (frame.commit?.decision.raw ?? 0) > 0
          if isDecision, let outcome = try derive(frame, take) { proof.count(outcome) }
          for held in open { try replay.take(try bench.recorded.whole(held)) }
          open = []
          try replay.take(frame)
          if scope.isDone(frame.commit?.decision) { throw Enough() }
          progress(frame.end, end?.end ?? frame.end)
        default: try replay.take(frame)
        }
      }
    }

    /// Nil: out of the scope, or no decision.
    private func derive(
      _ commit: JournalFrame, _ take: (PublishedAnswer, RenderedBytes) throws -> Void
    ) throws -> Outcome? {
      // The partner's number is looked up in the books as they will be: a new partner gets the next one.
      var decisions = DecisionReader(partners: replay.books.partners)
      for held in open where held.kind != .rows && held.kind != .blob {
        _ = try decisions.take(try bench.recorded.whole(held))
      }
      let decision = try decisions.take(commit)
      for folder in decisions.partners.dropFirst(replay.books.partners.count) {
        _ = replay.books.partnerNumber(folder)
      }
      let record: FileRecord
      switch decision {
      case .file(let file): record = file
      case .deed(let deed):
        guard scope.holds(deed.decision, at: deed.at) else { return nil }
        swap(&replay.books, &bench.docket.books)
        defer { swap(&replay.books, &bench.docket.books) }
        return try bench.derive(deed, frames: open, commit: commit, take)
      case nil: return nil
      }
      guard scope.holds(record.decision, at: record.receivedAt) else { return nil }
      guard let claimNumber = record.claim else { return .underivable(.held) }
      if record.refusal == .ourOwnFault { return .underivable(.condemned) }
      guard let claim = replay.openClaims[claimNumber] else { return nil }
      swap(&replay.books, &bench.docket.books)
      defer { swap(&replay.books, &bench.docket.books) }
      return try bench.derive(claim, record, frames: open, commit: commit, take)
    }
  }
}

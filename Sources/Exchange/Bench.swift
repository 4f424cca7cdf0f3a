internal import Files
internal import Intake
internal import Ledger
internal import Orders
internal import Outbox

/// The bench at which a file is judged: what its run needs around it.
///
/// There are two. The open ledger decides and remembers; the bench of a proof derives a decision once more from the archived
/// original, and only compares. `FileRun` is the one judge of both.
protocol Bench: AnyObject {
  var docket: Docket { get set }
  var configuration: Configuration { get }
  /// The digest of the settings that the decision is made under.
  var configurationDigest: [UInt8] { get }
  /// How many cores one file may use.
  var jobs: Int { get }
  /// Times the stages of each file, where somebody asks for it.
  var watch: StageWatch? { get }
  /// The journal in which the decision is written, or held against what was written.
  var log: any TransactionLog { get }
  var nextDecision: DecisionNumber { get }
  /// Where the claimed files lie.
  var claimed: Folder { get }
  /// Where large answers wait for their commit.
  var asides: Folder { get }
  /// Digest and size of the original, where what is read is only its masked copy; nil: they are those of what is read.
  var asItCame: (sha256: [UInt8], byteCount: Int64)? { get }

  func claimedName(of claim: ClaimNumber) -> [UInt8]
  /// The file of a claim that is judged where it lies in its inbox, before it is taken.
  func upload(of claim: ClaimNumber) -> Upload?
  /// Fonts for names on documents that are not in Latin letters.
  var fonts: FontShelf { get }
  /// Hides a credential on its way through the rows.
  var credentialDigest: @Sendable (ArraySlice<UInt8>) -> [UInt8] { get }
  /// Keeps a masked copy in place of an original that holds credentials.
  func keep(masked bytes: [UInt8], digest: [UInt8]) throws
  /// An answer given before, as one of another name; nil where nobody has it any more.
  func again(_ answer: PublishedAnswer, as name: [UInt8], staged aside: [UInt8]) throws -> StagedAnswer?
  /// So many bytes of the file in hand are judged, for whoever shows how the work goes.
  func noteRead(_ bytes: Int64)
  /// Notes a small answer that was journaled and is to be delivered as soon as that is durable.
  func willDeliver(_ answer: [UInt8], journaledAt frame: UInt64)
  /// Takes back what an aborted transaction changed in the books.
  func rollBack() throws
  /// Enters what was committed.
  /// - Parameters:
  ///   - settled: what the rows came to that it released.
  ///   - spoiled: the files of which it rejected one of those.
  func conclude(_ record: FileRecord, settled: RowCounts, spoiling spoiled: Set<ClaimNumber>)
  func conclude(_ deed: DeedRecord)
  /// Is the file a copy of the bench's own, which nobody else can write to?
  var readsItsCopy: Bool { get }
  /// Begins with the file that comes next, on another core, now that the rows of the one in hand are judged.
  func beginNext()
  /// What was begun; it is the caller's from now on.
  func takeBegun() -> BegunFile?
  /// Adds to a decision what was made of its rows elsewhere, where they were judged elsewhere.
  func complete(_ decision: inout FileRun.Decision) throws
}

extension Bench {
  func complete(_ decision: inout FileRun.Decision) throws {}
  var readsItsCopy: Bool { false }
  func upload(of claim: ClaimNumber) -> Upload? { nil }
  func beginNext() {}
  func takeBegun() -> BegunFile? { nil }
}

/// A place for one transaction after the other, frame by frame.
protocol TransactionLog: AnyObject {
  var isTransactionOpen: Bool { get }
  var nextFrameOffset: UInt64 { get }
  @discardableResult
  func begin(_ kind: FrameKind, _ payload: [UInt8]) throws(FileError) -> UInt64
  @discardableResult
  func appendRows(_ payload: [UInt8]) throws(FileError) -> UInt64
  @discardableResult
  func appendBlob(_ payload: [UInt8]) throws(FileError) -> UInt64
  func appendAnswers(_ payload: [UInt8]) throws(FileError)
  func commit(decision: DecisionNumber, _ payload: [UInt8]) throws(FileError)
  func abort() throws(FileError)
  /// Whoever sums frames may leave that to another thread, from here on until `sumHere`.
  func sumBeside(on shared: SharedThread?)
  func sumHere()
}

extension TransactionLog {
  func sumBeside(on shared: SharedThread?) {}
  func sumHere() {}
}

extension Journal: TransactionLog {
  func commit(decision: DecisionNumber, _ payload: [UInt8]) throws(FileError) {
    let number: DecisionNumber? = decision
    _ = try commit(decision: number, payload)
  }
}

/// The live ledger.
extension OpenLedger: Bench {
  func noteRead(_ bytes: Int64) { pace?.noteRead(bytes) }

  var log: any TransactionLog { journal }
  var asItCame: (sha256: [UInt8], byteCount: Int64)? { nil }

  func claimedName(of claim: ClaimNumber) -> [UInt8] { Claim.fileName(of: claim) }

  func upload(of claim: ClaimNumber) -> Upload? { uploads[claim] }

  var credentialDigest: @Sendable (ArraySlice<UInt8>) -> [UInt8] { { [salt] in salt.digest($0) } }

  func willDeliver(_ answer: [UInt8], journaledAt frame: UInt64) { freshAnswers[frame] = answer }

  func keep(masked bytes: [UInt8], digest: [UInt8]) throws { try archive.store(bytes, digest: digest) }

  func conclude(_ record: FileRecord, settled counts: RowCounts, spoiling spoiled: Set<ClaimNumber>) {
    docket.endTransaction()
    docket.books.enter(record, spoiling: spoiled)
    if let claim = record.claim { writtenClaims[claim] = nil }
    settled.add(counts)
    if record.counts[.parked] > 0 { parkedRows[record.partner, default: 0] += record.counts[.parked] }
    noteReleased()
  }

  func conclude(_ deed: DeedRecord) {
    docket.endTransaction()
    docket.books.enter(deed)
    noteReleased()
  }

  /// Rows that this transaction freed from waiting wait no more.
  private func noteReleased() {
    for row in docket.released where row.verdict.outcome != .parked {
      parkedRows[row.partner, default: 0] -= 1
    }
  }

  /// From the journal, from the large answers that are kept, or derived.
  func again(_ answer: PublishedAnswer, as name: [UInt8], staged aside: [UInt8]) throws -> StagedAnswer? {
    if case .blob(let frame) = answer.bytes {
      return StagedAnswer(name: name, bytes: try journal.read(frameAt: frame).payload)
    }
    guard try stageAgain(answer, staged: aside) else { return nil }
    return StagedAnswer(
      name: name, content: .file(aside), sha256: answer.sha256, byteCount: Int(answer.byteCount))
  }
}

internal import Files
internal import Intake
internal import Ledger
internal import Orders
internal import Outbox

/// The bench of a task among many: it knows the files of the exchange and what comes through its pipe, and publishes nothing.
final class FilterBench: Bench {
  var docket: Docket
  let configuration: Configuration
  var configurationDigest: [UInt8] { configuration.sha256 }
  let jobs = 1
  let watch: StageWatch? = nil
  let readsItsCopy = true
  let log: any TransactionLog
  let pages: FilterPages
  var nextDecision = DecisionNumber(1)
  /// Where the file in hand lies, and where answers grow.
  let claimed: Folder
  var asides: Folder { claimed }
  var asItCame: (sha256: [UInt8], byteCount: Int64)?
  let fonts: FontShelf
  private let salt: Salt
  /// What is added to the decision in hand.
  var completion: (inout FileRun.Decision) throws -> Void = { _ in }
  /// The bytes of answers that were given before, by name.
  var earlierAnswers: [[UInt8]: [UInt8]] = [:]

  /// - Parameters:
  ///   - books: what is known before the work begins.
  ///   - fonts: where many benches share them.
  init(_ terms: RunTerms, _ scratch: Folder, books: Books, fonts: FontShelf? = nil) {
    configuration = terms.configuration
    claimed = scratch
    salt = terms.salt
    self.fonts = fonts ?? FontShelf(folders: configuration.fontFolders)
    let pages = FilterPages()
    self.pages = pages
    log = pages
    let salt = salt
    docket = Docket(
      books: books, profiles: OpenLedger.profiles(of: books, configuration),
      fingerprint: { salt.fingerprint($0) }, frames: { try pages.page(at: $0) })
  }

  static let claimedFile = Array("file".utf8)

  func claimedName(of claim: ClaimNumber) -> [UInt8] { FilterBench.claimedFile }
  var credentialDigest: @Sendable (ArraySlice<UInt8>) -> [UInt8] { { [salt] in salt.digest($0) } }
  func keep(masked bytes: [UInt8], digest: [UInt8]) {}

  func again(_ answer: PublishedAnswer, as name: [UInt8], staged aside: [UInt8]) throws -> StagedAnswer? {
    guard let bytes = earlierAnswers[answer.name] else {
      throw FilterFault.answerMissing(name: String(decoding: answer.name, as: UTF8.self))
    }
    guard bytes.count > StagedAnswer.inlineBytesMax else { return StagedAnswer(name: name, bytes: bytes) }
    var file = try AppendFile(in: asides, name: aside, existing: false)
    try file.append(bytes)
    try file.finish(sync: false)
    return StagedAnswer(
      name: name, content: .file(aside), sha256: SHA256.hash(bytes), byteCount: bytes.count)
  }

  func noteRead(_ bytes: Int64) {}
  func willDeliver(_ answer: [UInt8], journaledAt frame: UInt64) {}
  func rollBack() { docket.rollBack() }
  func conclude(_ record: FileRecord, settled: RowCounts, spoiling spoiled: Set<ClaimNumber>) {
    docket.endTransaction()
  }
  func conclude(_ deed: DeedRecord) { docket.endTransaction() }
  func complete(_ decision: inout FileRun.Decision) throws { try completion(&decision) }
}

/// The pages of a task, in memory: of what came before, and of what is judged.
final class FilterPages: TransactionLog {
  private var frames: [[UInt8]] = []
  private(set) var isTransactionOpen = false

  /// Frames lie eight bytes apart, because ways back are counted in eights.
  var nextFrameOffset: UInt64 { UInt64(frames.count + 1) * 8 }

  func page(at offset: UInt64) throws -> [UInt8] {
    let index = Int(offset / 8) - 1
    guard frames.indices.contains(index) else { throw RecordFault(what: "a position names no record") }
    return frames[index]
  }

  func append(_ frame: [UInt8]) -> UInt64 {
    frames.append(frame)
    return UInt64(frames.count) * 8
  }

  func begin(_ kind: FrameKind, _ payload: [UInt8]) throws(FileError) -> UInt64 {
    isTransactionOpen = true
    return append([])
  }

  func appendRows(_ payload: [UInt8]) throws(FileError) -> UInt64 { append(payload) }
  func appendBlob(_ payload: [UInt8]) throws(FileError) -> UInt64 { append(payload) }
  func appendAnswers(_ payload: [UInt8]) throws(FileError) { _ = append([]) }
  func commit(decision: DecisionNumber, _ payload: [UInt8]) throws(FileError) { isTransactionOpen = false }
  func abort() throws(FileError) { isTransactionOpen = false }
}

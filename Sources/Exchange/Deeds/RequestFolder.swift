internal import Files
internal import Glibc
internal import Ledger

/// The requests that wait for whoever holds the ledger: `ledger/requests/PROCESS-NUMBER.request`, answered in `….answer`.
///
/// Both appear whole, by rename. A request lies there until its answer does, so that a crash of the one who carries it out leaves
/// it for the next; an answer until its asker has read it, or is no more.
struct RequestFolder {
  let folder: Folder

  private static let requestEnding = Array(".request".utf8)
  private static let answerEnding = Array(".answer".utf8)
  /// A request is a few names and a sentence.
  private static let requestBytesMax = 1 << 20
  private static let answerBytesMax = 16 << 20

  init(_ ledger: Folder) throws(FileError) { folder = try ledger.makeSubfolder("requests", mode: 0o700) }

  // MARK: For the one who asks

  func put(_ request: LedgerRequest) throws(FileError) {
    let name = RequestFolder.name(of: request) + RequestFolder.requestEnding
    try AtomicFile.publish(request.encoded, in: folder, as: name, replace: true, sync: true, mode: 0o600)
  }

  func holds(_ request: LedgerRequest) throws(FileError) -> Bool {
    try folder.status(RequestFolder.name(of: request) + RequestFolder.requestEnding) != nil
  }

  /// Takes the answer, if it has come.
  func takeAnswer(to request: LedgerRequest) throws -> RequestAnswer? {
    let name = RequestFolder.name(of: request) + RequestFolder.answerEnding
    guard try folder.status(name) != nil else { return nil }
    let answer = try RequestAnswer(try readWhole(folder, name, limit: RequestFolder.answerBytesMax))
    try folder.remove(name)
    return answer
  }

  // MARK: For the one who holds the ledger

  /// Lies anything there? Asked between any two groups of files, so it costs one look.
  func isEmpty() throws(FileError) -> Bool { try folder.list().isEmpty }

  /// The names of what waits, oldest first.
  func waiting() throws(FileError) -> [[UInt8]] {
    var found: [(name: [UInt8], changed: Int64)] = []
    for entry in try folder.list()
    where entry.kind == .regular && RequestFolder.ends(entry.name, RequestFolder.requestEnding) {
      if let status = try folder.status(entry.name) { found.append((entry.name, status.changed)) }
    }
    found.sort { ($0.changed, $0.name.count) < ($1.changed, $1.name.count) }
    return found.map(\.name)
  }

  /// The request of a name; nil when it is not one that this program understands.
  func read(_ name: [UInt8]) throws(FileError) -> LedgerRequest? {
    guard let bytes = try? readWhole(folder, name, limit: RequestFolder.requestBytesMax) else { return nil }
    return try? LedgerRequest(bytes)
  }

  /// Puts the answer in the place of its request; of an asker that is no more, nothing is left.
  func answer(_ name: [UInt8], _ answer: RequestAnswer) throws(FileError) {
    let stem = Array(name.dropLast(RequestFolder.requestEnding.count))
    if RequestFolder.isAlive(RequestFolder.asker(of: stem)) {
      try AtomicFile.publish(
        answer.encoded, in: folder, as: stem + RequestFolder.answerEnding, replace: true, sync: true,
        mode: 0o600)
    }
    try folder.remove(name)
    try folder.sync()
  }

  /// Removes answers that nobody will read any more, and what a killed asker left half written.
  func sweep() throws(FileError) {
    for entry in try folder.list() where entry.kind == .regular {
      if RequestFolder.ends(entry.name, RequestFolder.answerEnding) {
        let asker = RequestFolder.asker(of: Array(entry.name.dropLast(RequestFolder.answerEnding.count)))
        if !RequestFolder.isAlive(asker) { try folder.remove(entry.name) }
      } else if entry.name.first == UInt8(ascii: "."), let status = try folder.status(entry.name),
        WallClock.nowMilliseconds() - status.changed / 1_000_000 > 3_600_000
      {
        try folder.remove(entry.name)
      }
    }
  }

  // MARK: Names

  private static func name(of request: LedgerRequest) -> [UInt8] {
    let digits = String(request.number.raw, radix: 16)
    return Array("\(request.asker)-\(String(repeating: "0", count: 16 - digits.count))\(digits)".utf8)
  }

  private static func asker(of stem: [UInt8]) -> Int32? {
    Int32(String(decoding: stem.prefix { $0 != UInt8(ascii: "-") }, as: UTF8.self))
  }

  private static func isAlive(_ process: Int32?) -> Bool {
    guard let process, process > 0 else { return false }
    return kill(process, 0) == 0 || errno == EPERM
  }

  private static func ends(_ name: [UInt8], _ ending: [UInt8]) -> Bool {
    name.count > ending.count && name.suffix(ending.count).elementsEqual(ending)
  }
}

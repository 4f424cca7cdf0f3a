internal import Dispatch
internal import Files
internal import Ledger
internal import Orders
internal import Synchronization

extension LedgerVerification {
  /// What the journal says, gathered frame by frame: the books, and beside them counts that do not come from the books.
  struct JournalReading {
    var replay = Replay()
    var finding: JournalScan.Finding?
    /// The rows of each decision's transaction, by what they came to.
    private(set) var counted: [DecisionNumber: RowCounts] = [:]
    /// The rows that wait for an earlier step, by where they were written, with their shipment.
    private(set) var parked: [Position: ShipmentIndex] = [:]
    /// Rows that wait for an order or AWB that nobody knows.
    private(set) var waiting: Set<Position> = []
    private var isDeed = false
    /// The numbers of feeds that a repair cut off and nobody gets again.
    private(set) var cutFeeds: [FedPartner: [ClosedRange<Int>]] = [:]
    private(set) var claims = ClaimAccount()
    private var counts = RowCounts()

    mutating func take(_ frame: JournalFrame) throws {
      let numbers = frame.kind == .repair ? replay.books.feedNumbers : [:]
      try replay.take(frame)
      if frame.kind == .repair {
        for (fed, last) in replay.books.feedNumbers where last > numbers[fed, default: 0] {
          cutFeeds[fed, default: []].append(numbers[fed, default: 0] + 1...last)
        }
      }
      switch frame.kind {
      case .claims: try claims.take(frame)
      case .begin:
        counts = RowCounts()
        isDeed = try BeginRecord(frame.payload).deed != nil
      case .rows:
        var cursor = try RowCursor(payload: frame.payload, frame: frame.offset)
        while !cursor.isAtEnd {
          let position = cursor.position
          let record = try cursor.next()
          // A row of an earlier file that this one released was read and counted there.
          if isDeed || !record.isResumed {
            counts.read += 1
            counts[record.verdict.outcome] += 1
          }
          for effect in record.effects {
            switch effect {
            case .carrier(let shipment, let entry) where entry.outcome == .parked: parked[position] = shipment
            case .settle(_, let waiting, _): parked[waiting] = nil
            case .wait: waiting.insert(position)
            case .resume(let ended): waiting.remove(ended)
            default: break
            }
          }
        }
      case .commit:
        if let commit = frame.commit, commit.decision.raw > 0 { counted[commit.decision] = counts }
      default: break
      }
    }
  }

  /// How far the proof has come, told from several threads.
  final class Headway: Sendable {
    private struct State {
      var done: UInt64 = 0
      var total: UInt64 = 0
      var journal: UInt64 = 0
      var journalTotal: UInt64 = 0
    }

    private let state = Mutex(State())
    private let progress: @Sendable (UInt64, UInt64) -> Void

    init(_ progress: @escaping @Sendable (UInt64, UInt64) -> Void) { self.progress = progress }

    func add(_ bytes: UInt64) { state.withLock { $0.total += bytes } }

    func done(_ bytes: UInt64) { tell { $0.done += bytes } }

    func journal(_ bytes: UInt64, of total: UInt64) {
      tell {
        $0.journal = bytes
        $0.journalTotal = total
      }
    }

    private func tell(_ change: (inout State) -> Void) {
      state.withLock {
        change(&$0)
        progress($0.done + $0.journal, $0.total + $0.journalTotal)
      }
    }
  }

  /// The archive, read from end to end beside the journal: each file must hold what its name says.
  final class ArchiveReading: Sendable {
    struct Found: Sendable {
      var digests: Set<[UInt8]> = []
      var damaged: Set<[UInt8]> = []
    }

    private let archive: Folder?
    private let headway: Headway
    private let found = Mutex(Found())
    private let failure = Mutex<(any Error)?>(nil)
    private let isStopped = Mutex(false)
    private let group = DispatchGroup()

    init(_ ledger: Folder, _ headway: Headway) throws {
      archive = try ledger.status(Array("archive".utf8)) == nil ? nil : try ledger.subfolder("archive")
      self.headway = headway
    }

    func start() {
      guard let archive else { return }
      DispatchQueue.global(qos: .userInitiated).async(group: group) { [self] in
        do { try read(archive) } catch { failure.withLock { $0 = error } }
      }
    }

    func stop() {
      isStopped.withLock { $0 = true }
      group.wait()
    }

    func finish() throws -> Found {
      group.wait()
      if let error = failure.withLock({ $0 }) { throw error }
      return found.withLock { $0 }
    }

    private func read(_ archive: Folder) throws {
      var chunk: [UInt8] = []
      for entry in try archive.list() where entry.kind == .folder {
        let folder = try archive.subfolder(entry.name)
        for original in try folder.list() where original.kind == .regular {
          if isStopped.withLock({ $0 }) { return }
          guard let digest = digest(named: original.name), let status = try folder.status(original.name)
          else { continue }
          headway.add(UInt64(status.size))
          let sum = try LedgerVerification.sum(folder, original.name, &chunk) { headway.done($0) }
          found.withLock { found in
            if sum == digest {
              _ = found.digests.insert(digest)
            } else {
              _ = found.damaged.insert(digest)
            }
          }
        }
      }
    }

    /// The digest that a name of the archive stands for; nil for a temporary name.
    private func digest(named name: [UInt8]) -> [UInt8]? {
      let digits = name.prefix(64)
      guard digits.count == 64 else { return nil }
      var digest: [UInt8] = []
      for place in stride(from: 0, to: 64, by: 2) {
        guard let byte = UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16) else {
          return nil
        }
        digest.append(byte)
      }
      return digest
    }
  }

  /// The outbox, looked at answer by answer.
  struct AnswerReading {
    enum Finding: Sendable { case asCommitted, absent, other }

    private let outbox: Folder
    private var folders: [[UInt8]: Folder?] = [:]
    private var chunk: [UInt8] = []

    init(_ outbox: Folder) { self.outbox = outbox }

    mutating func look(at answer: PublishedAnswer, of partner: [UInt8]) throws -> Finding {
      guard var folder = try folder(outbox, partner, key: partner) else { return .absent }
      var name = answer.name
      if let cut = name.firstIndex(of: UInt8(ascii: "/")) {
        let below = Array(name[..<cut])
        guard let inner = try self.folder(folder, below, key: partner + [0] + below) else { return .absent }
        folder = inner
        name = Array(name[(cut + 1)...])
      }
      guard let status = try folder.status(name) else { return .absent }
      guard status.kind == .regular, status.size == answer.byteCount else { return .other }
      do throws(FileError) {
        return try LedgerVerification.sum(folder, name, &chunk) { _ in } == answer.sha256
          ? .asCommitted : .other
      } catch {
        // Taken away between the look and the opening.
        if FileError.symbol(of: error.errno) == "ENOENT" { return .absent }
        throw error
      }
    }

    private mutating func folder(_ parent: Folder, _ name: [UInt8], key: [UInt8]) throws -> Folder? {
      if let known = folders[key] { return known }
      let found = try parent.status(name)?.kind == .folder ? try parent.subfolder(name) : nil
      folders[key] = found
      return found
    }
  }

  /// The digest of a file, read in large pieces through one buffer.
  static func sum(
    _ folder: Folder, _ name: [UInt8], _ chunk: inout [UInt8], _ read: (UInt64) -> Void
  ) throws(FileError) -> [UInt8] {
    var contents = FileContents(try folder.openForReading(name))
    var digest = SHA256()
    while true {
      chunk.removeAll(keepingCapacity: true)
      let count = try contents.read(into: &chunk, upTo: 1 << 20)
      if count == 0 { return digest.finish() }
      digest.update(chunk)
      read(UInt64(count))
    }
  }
}

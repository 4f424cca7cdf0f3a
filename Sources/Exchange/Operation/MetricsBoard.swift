internal import Files
internal import Glibc
internal import Ledger
internal import Orders
internal import Synchronization

/// The numbers of a running exchange, and the file `ledger/metrics.prom` that shows them.
///
/// The thread that works brings the numbers up to date; the file is written after commits, at most once a second, and by the
/// heartbeat where nothing else writes it. It appears whole, by rename, and is never synced: it tells of now.
public final class MetricsBoard: Sendable {
  private let folder: Folder
  private let metrics: Mutex<Metrics>
  private let writtenAt = Atomic<Int64>(0)

  static let name = Array("metrics.prom".utf8)
  /// It is never older while the program runs.
  static let pauseMillisecondsMax: Int64 = 15_000
  private static let pauseMillisecondsMin: Int64 = 1_000

  init(_ ledger: OpenLedger) {
    folder = ledger.folder
    metrics = Mutex(Metrics(startedAt: WallClock.nowMilliseconds()))
    refresh(ledger)
  }

  /// A group of decisions became durable.
  func noteCommit(seconds: Double) { metrics.withLock { $0.commits.note(seconds: seconds) } }

  /// How the files stand that the calendar expects.
  func note(_ expected: [DueFiles.Expected]) { metrics.withLock { $0.expected = expected } }

  /// What lies in the inboxes.
  func note(_ standing: [String: Metrics.Standing]) { metrics.withLock { $0.standing = standing } }

  /// Where the closed ledger ends: its books were let go, what they came to was counted before.
  func noteStop(_ ledger: OpenLedger) {
    let at = MetricsBoard.time(of: ledger.checkpoint, in: ledger.folder)
    metrics.withLock { metrics in
      metrics.note(ledger.journal.synced, tailBytes: ledger.tailBytes, ledger.checkpoint, at: at)
    }
  }

  /// When a checkpoint was made, in milliseconds since 1970.
  private static func time(of checkpoint: Checkpoint?, in ledger: Folder) -> Int64? {
    guard let checkpoint else { return nil }
    let name = Array(checkpoint.name.utf8)
    return (try? ledger.subfolder("checkpoints").status(name)?.changed).map { $0 / 1_000_000 }
  }

  /// Takes everything from the ledger that can be asked of it at once.
  func refresh(_ ledger: OpenLedger, _ bell: AlarmBell? = nil) {
    let checkpoint = ledger.checkpoint
    let quarantined = try? ledger.quarantine.list().count
    let free = try? freeBytes(of: ledger.folder)
    let checkpointAt = MetricsBoard.time(of: checkpoint, in: ledger.folder)
    metrics.withLock { metrics in
      metrics.count(ledger.docket.books)
      metrics.partners = ledger.configuration.profiles.map(\.folder)
      metrics.settled = ledger.settled
      metrics.parked = Dictionary(
        uniqueKeysWithValues: ledger.parkedRows.map { (ledger.docket.books.partnerName($0.key), $0.value) })
      metrics.paused = Set(ledger.docket.books.pauses.keys.map { String(decoding: $0, as: UTF8.self) })
      metrics.quarantinedFiles = quarantined ?? metrics.quarantinedFiles
      metrics.note(ledger.journal.synced, tailBytes: ledger.tailBytes, checkpoint, at: checkpointAt)
      metrics.freeBytes = free
      if let bell { metrics.alarms = bell.counts }
    }
  }

  /// Writes the file, unless it was written less than so long ago; what cannot be written stops nothing.
  ///
  /// - Parameter pause: in milliseconds; 0 writes in any case.
  func write(unlessWithin pause: Int64 = pauseMillisecondsMin) {
    let now = MonotonicClock.nowMilliseconds()
    metrics.withLock { metrics in
      let last = writtenAt.load(ordering: .relaxed)
      if last != 0 && pause > 0 && now - last < pause { return }
      writtenAt.store(now, ordering: .relaxed)
      let text = metrics.text(at: WallClock.nowMilliseconds())
      // Whoever may enter the ledger's folder may read it.
      try? AtomicFile.publish(
        Array(text.utf8), in: folder, as: MetricsBoard.name, replace: true, sync: false, mode: 0o644)
    }
  }
}

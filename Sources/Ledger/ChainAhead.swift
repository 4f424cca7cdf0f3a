// A sum that was begun ahead of the walk.

internal import Files
internal import Synchronization

/// The chain's sums over long transactions, begun by a thread that would wait otherwise before the walk has come to them.
///
/// A commit's hash goes on from the one before it, and that stands in the journal: so a later transaction can be summed while an
/// earlier one is still being read. Nothing of it is believed: the walk goes on from such a sum only where that began with the very hash
/// that the walk found right, and holds what it comes to against the commit.
final class ChainAhead: @unchecked Sendable {
  // Sound: what is no constant lies behind the lock, but for the room and the reader, which `goOn` alone touches, on one thread.
  private let state = Mutex(State())
  private let reader: JournalReader
  private var room: [UInt8] = []

  /// What one commit's hash is the sum of, but for the hash before it.
  struct Stretch {
    /// Behind the commit before it.
    let start: UInt64
    /// Where the commit's own hash begins.
    let end: UInt64
    /// The hash of the commit before it, as it stands in the journal.
    let before: [UInt8]
  }

  /// A sum that is not finished.
  struct Sum {
    /// Everything before this offset is in it.
    var reached: UInt64
    var chain: SHA256
  }

  private struct State {
    /// Those that the walk has not come to, in their order.
    var open: [Open] = []
    /// How many of them the walk has come to since.
    var passed = 0
    /// The end of the commit behind which the walk is; nil: it has not come to a transaction yet.
    var walked: UInt64?

    /// Passes those that the walk has come to.
    mutating func pass() {
      guard let walked else { return }
      while passed < open.count, open[passed].stretch.start <= walked { passed += 1 }
    }

    /// The first one that can be gone on with.
    var next: (index: Int, open: Open)? {
      open.indices.dropFirst(passed).first { !open[$0].isWhole }.map { ($0, open[$0]) }
    }
  }

  private struct Open {
    let stretch: Stretch
    var sum: Sum

    var isWhole: Bool { sum.reached >= stretch.end }

    init(_ stretch: Stretch) {
      self.stretch = stretch
      sum = Sum(reached: stretch.start, chain: SHA256())
      sum.chain.update(stretch.before)
    }
  }

  private let pieceBytes: UInt64

  /// - Parameter pieceBytes: so much is summed before it is looked whether there is something better to do; as it is, a tenth of a
  ///   millisecond's work.
  init(_ ledger: Folder, pieceBytes: UInt64 = 128 << 10) throws(FileError) {
    reader = try JournalReader(ledger)
    self.pieceBytes = pieceBytes
  }

  /// Says what there is to sum, in its order.
  func begin(_ stretches: [Stretch]) {
    state.withLock { state in
      state.open = stretches.map { Open($0) }
      state.pass()
    }
  }

  /// Sums a piece more; false: there is nothing left that the walk has not come to.
  func goOn() -> Bool {
    guard let next = state.withLock({ $0.next }) else { return false }
    var open = next.open
    let count = Int(min(open.stretch.end - open.sum.reached, pieceBytes))
    let came = (try? reader.raw(at: open.sum.reached, count: count, into: &room)) ?? 0
    open.sum.chain.update(room.span.extracting(0..<came))
    open.sum.reached += UInt64(came)
    state.withLock { state in
      // What cannot be read here the walk will tell.
      if came == 0 { state.passed = state.open.count } else { state.open[next.index].sum = open.sum }
    }
    return came > 0
  }

  /// The sum over what follows a commit, as far as it was taken; the walk has come there, and nothing is added to it after this.
  func sum(behind commit: LedgerPosition) -> Sum? {
    state.withLock { state in
      state.walked = commit.end
      let first = state.passed
      state.pass()
      guard state.passed > first else { return nil }
      let open = state.open[state.passed - 1]
      guard open.stretch.start == commit.end, open.stretch.before == commit.hash else { return nil }
      return open.sum
    }
  }
}

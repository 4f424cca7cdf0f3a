// A long journal is read and checked on one core while another makes something of what was found sound.

internal import Dispatch
internal import Synchronization

/// A scan on a thread of its own: frames come over in pieces, through a small ring, in their order.
///
/// What is handed on, in which order, and what is thrown are those of the scan on one thread.
final class JournalAhead: @unchecked Sendable {
  // Sound: a slot belongs to the scan between `empty` and `filled`, and to the taker between `filled` and `empty`; all else is
  // constant, or atomic.
  private let scan: JournalScan
  private let slots: [Slot]
  private let empty = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)
  private let isGivenUp = Atomic<Bool>(false)

  private final class Slot {
    var frames: [JournalFrame] = []
    /// How far the scan had come, and how far it will.
    var reached: (done: UInt64, total: UInt64) = (0, 0)
    var end: Result<JournalScan.Finding, any Error>?
  }

  /// A shorter journal is read before a second thread has begun.
  static let bytesMin: UInt64 = 1 << 20
  /// How many pieces wait at the most.
  private static let depth = 4
  /// So much of the journal makes a piece.
  private static let pieceBytes: UInt64 = 1 << 20

  init(_ scan: JournalScan) {
    self.scan = scan
    slots = (0..<Self.depth).map { _ in Slot() }
    // A semaphore must not be let go with less than it was made with, so these start at nothing.
    for _ in slots { empty.signal() }
  }

  func run(
    progress: (UInt64, UInt64) -> Void, _ each: (JournalFrame) throws -> Void
  ) throws -> JournalScan.Finding {
    DispatchQueue.global(qos: .userInitiated).async { self.read() }
    var place = 0
    var failure: (any Error)?
    while true {
      filled.wait()
      let slot = slots[place]
      place = (place + 1) % Self.depth
      if failure == nil {
        do {
          for frame in slot.frames { try each(frame) }
          if slot.end == nil { progress(slot.reached.done, slot.reached.total) }
        } catch {
          failure = error
          isGivenUp.store(true, ordering: .relaxed)
        }
      }
      slot.frames = []
      if let end = slot.end {
        // The thread has ended: nobody reads the journal any more.
        if let failure { throw failure }
        return try end.get()
      }
      empty.signal()
    }
  }

  /// The taker wants no more.
  private struct GivenUp: Error {}

  private func read() {
    var place = 0
    var begun: UInt64 = 0
    var bytes: UInt64 = 0
    empty.wait()
    func handOver() {
      filled.signal()
      place = (place + 1) % Self.depth
      bytes = 0
      empty.wait()
    }
    let result = Result {
      try scan.walk(
        replaying: true,
        progress: { done, total in
          slots[place].reached = (done, total)
          if done - begun < Self.pieceBytes { return }
          begun = done
          handOver()
        },
        { frame in
          if isGivenUp.load(ordering: .relaxed) { throw GivenUp() }
          slots[place].frames.append(frame)
          bytes += frame.end - frame.offset
          if bytes >= Self.pieceBytes { handOver() }
        })
    }
    slots[place].end = result
    filled.signal()
  }
}

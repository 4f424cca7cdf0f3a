internal import Dispatch
internal import Orders
internal import Ledger
internal import Outbox
internal import Synchronization

/// Writes every other part of a file's feeds on another core, while this one writes the parts between them: a small ring of parts,
/// filled ahead and taken in order.
///
/// The records are those of `Feeds` and stand in the same order, so the files do not depend on how many cores there are.
final class FeedsBeside: @unchecked Sendable {
  // Sound: a slot belongs to the other thread between `empty` and `filled`, and to this one between `filled` and `empty`; the
  // books are changed by nobody until both are done, and their history is looked into by one of the two at a time.
  private let feeds: Feeds
  private let feds: [FedPartner]
  private let touched: Touched
  private let blocks: [ShipmentTouches.Block]
  private let makePiece: @Sendable () -> FeedFile
  private let slots = (0..<depth).map { _ in Slot() }
  private let empty = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private var next = 0
  private let mustStop = Atomic(false)

  private final class Slot {
    var pieces = Result<[OpenFeed], any Error>.success([])
  }

  /// How many parts are written ahead at the most.
  private static let depth = 2

  init(
    _ feeds: Feeds, _ feds: [FedPartner], _ touched: Touched, _ blocks: [ShipmentTouches.Block],
    _ makePiece: @escaping @Sendable () -> FeedFile
  ) {
    self.feeds = feeds
    self.feds = feds
    self.touched = touched
    self.blocks = blocks
    self.makePiece = makePiece
    for _ in slots { empty.signal() }
    DispatchQueue.global(qos: .userInitiated).async { self.write() }
  }

  /// Puts the records of the next part into the feeds' files.
  func add(to open: [OpenFeed]) throws {
    filled.wait()
    let slot = slots[next % Self.depth]
    next += 1
    let pieces = slot.pieces
    slot.pieces = .success([])
    empty.signal()
    for (file, piece) in zip(open, try pieces.get()) { try file.add(piece) }
  }

  /// Waits until the other thread has done with it, be everything written or not.
  func stop() {
    mustStop.store(true, ordering: .relaxed)
    empty.signal()
    ended.wait()
  }

  private func write() {
    for (number, block) in blocks.enumerated() {
      empty.wait()
      if mustStop.load(ordering: .relaxed) { break }
      slots[number % Self.depth].pieces = Result {
        let pieces = feds.map { OpenFeed($0, make: makePiece) }
        try feeds.write(block, to: pieces, touched)
        return pieces
      }
      filled.signal()
    }
    ended.signal()
  }
}

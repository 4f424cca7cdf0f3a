internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// Writes most parts of a file's feeds on another core, while this one writes the parts between them and stores all: a small ring of
/// parts, filled ahead and taken in order.
///
/// The records are those of `Feeds` and stand in the same order, so the files do not depend on how many cores there are.
final class FeedsBeside: @unchecked Sendable {
  // Sound: the books are changed by nobody until both threads are done, and their history is looked into by one of the two at a time.
  private let feeds: Feeds
  private let feds: [FedPartner]
  private let touched: Touched
  private let blocks: [ShipmentTouches.Block]
  private let makePiece: @Sendable () -> FeedFile
  // So many parts are written ahead at the most.
  private let ring = Ring(depth: 4) { Result<[OpenFeed], any Error>.success([]) }

  init(
    _ feeds: Feeds, _ feds: [FedPartner], _ touched: Touched, _ blocks: [ShipmentTouches.Block],
    _ makePiece: @escaping @Sendable () -> FeedFile
  ) {
    self.feeds = feeds
    self.feds = feds
    self.touched = touched
    self.blocks = blocks
    self.makePiece = makePiece
    ring.start { self.write() }
  }

  /// Puts the records of the next part into the feeds' files.
  func add(to open: [OpenFeed]) throws {
    let pieces = ring.take { slot in
      defer { slot = .success([]) }
      return slot
    }
    for (file, piece) in zip(open, try pieces?.get() ?? []) { try file.add(piece) }
  }

  /// Waits until the other thread has done with it, be everything written or not.
  func stop() {
    ring.leave()
    ring.join()
  }

  private func write() {
    for block in blocks {
      let isWanted = ring.fill { slot in
        slot = Result {
          let pieces = feds.map { OpenFeed($0, make: makePiece) }
          try feeds.write(block, to: pieces, touched)
          return pieces
        }
        return true
      }
      if !isWanted { break }
    }
    ring.end()
  }
}

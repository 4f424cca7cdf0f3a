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
  private let parts: [ShipmentTouches.Part]
  private let makePiece: @Sendable () -> FeedFile
  /// A part's records, a piece for each feed; their room serves one part after the other.
  private struct Pieces {
    var feeds: [OpenFeed] = []
    var fault: (any Error)?
  }

  // So many parts are written ahead at the most.
  private let ring = Ring(depth: 4) { Pieces() }

  init(
    _ feeds: Feeds, _ feds: [FedPartner], _ touched: Touched, _ parts: [ShipmentTouches.Part],
    _ makePiece: @escaping @Sendable () -> FeedFile
  ) {
    self.feeds = feeds
    self.feds = feds
    self.touched = touched
    self.parts = parts
    self.makePiece = makePiece
    ring.start { self.write() }
  }

  /// Puts the records of the next part into the feeds' files.
  func add(to open: [OpenFeed]) throws {
    try ring.take { pieces in
      if let fault = pieces.fault { throw fault }
      for (file, piece) in zip(open, pieces.feeds) { try file.add(piece) }
    }
  }

  /// Waits until the other thread has done with it, be everything written or not.
  func stop() {
    ring.leave()
    ring.join()
  }

  private func write() {
    for part in parts {
      let isWanted = ring.fill { pieces in
        if pieces.feeds.isEmpty { pieces.feeds = feds.map { OpenFeed($0, make: makePiece) } }
        do { try feeds.write(part, to: pieces.feeds, touched) } catch { pieces.fault = error }
        return true
      }
      if !isWanted { break }
    }
    ring.end()
  }
}

// The open transaction's sum, taken on another core.

internal import Files

/// The chain's sum over frames that are being written, taken by another thread while the judge goes on.
///
/// Where orders are judged that core has time to spare, and a file's sum is asked for at its commit only. Frames are summed in the
/// order in which they were written, so the sum does not depend on who takes it; writing stays with the journal's own thread.
final class ChainBeside: @unchecked Sendable {
  // Sound: the sum is touched by the other thread alone until the ring has ended.
  private var chain: SHA256
  /// A frame's bytes to a slot.
  private let ring = Ring<[UInt8]>(depth: 3) { [] }

  /// - Parameters:
  ///   - chain: the sum so far.
  ///   - shared: the thread that is to sum, where it has other things to do; else one of its own does.
  init(_ chain: SHA256, on shared: SharedThread?) {
    self.chain = chain
    ring.take(on: shared) { self.chain.update($0) }
  }

  func add(_ header: [UInt8], _ payload: [UInt8], _ trailer: [UInt8]) {
    _ = ring.fill { frame in
      frame.removeAll(keepingCapacity: true)
      frame += header
      frame += payload
      frame += trailer
      return true
    }
  }

  /// Waits until every frame is in the sum, and gives it. To be called once.
  func finish() -> SHA256 {
    ring.end()
    ring.join()
    return chain
  }
}

/// Two threads and the slots between them: everything comes, in order, and neither waits for one that has gone.

import Foundation
import Testing

@testable import Files

@Suite("A ring of slots between two threads", .timeLimit(.minutes(1)))
struct RingTests {
  @Test(
    "what was filled is taken in its order, and the end as often as it is asked for", arguments: [1, 2, 3])
  func order(depth: Int) {
    let ring = Ring(depth: depth) { 0 }
    ring.start {
      for number in 1...10_000 {
        _ = ring.fill { slot in
          slot = number
          return true
        }
      }
      ring.end()
    }
    var taken: [Int] = []
    while let number = ring.take({ $0 }) { taken.append(number) }
    ring.join()
    #expect(taken == Array(1...10_000))
    #expect(ring.take { $0 } == nil)
    #expect(ring.take { $0 } == nil)
  }

  @Test("a slot keeps its room for the next filling")
  func room() {
    let ring = Ring(depth: 2) { [Int]() }
    for number in 1...2 {
      _ = ring.fill { slot in
        slot = [number]
        return true
      }
    }
    var mine = [7, 8, 9]
    _ = ring.take { swap(&$0, &mine) }
    #expect(mine == [1])
    _ = ring.fill { slot in
      #expect(slot == [7, 8, 9])
      return true
    }
  }

  @Test("a taker that leaves early ends a filler that waits for room")
  func leaving() {
    let ring = Ring(depth: 3) { 0 }
    ring.start {
      while ring.fill({ _ in true }) {}
      ring.end()
    }
    #expect(ring.take { $0 } != nil)
    ring.leave()
    ring.join()
  }

  @Test("a filler that fails, or has nothing to put, fills nothing")
  func nothing() {
    struct Failure: Error {}
    let ring = Ring(depth: 1) { 0 }
    #expect(throws: Failure.self) { _ = try ring.fill { _ in throw Failure() } }
    #expect(!ring.fill { _ in false })
    ring.end()
    #expect(ring.take { $0 } == nil)
  }

  // MARK: One thread for two rings

  @Test(
    "one thread that fills one ring and empties another keeps both orders, whoever is the slower",
    arguments: [0, 1, 2], [1, 3])
  func shared(slowest: Int, depth: Int) {
    let (before, behind) = (Ring(depth: depth) { 0 }, Ring(depth: depth) { 0 })
    let (thread, last, sums) = (SharedThread(), 2_000, Sums())
    func pause(_ place: Int) { if place == slowest { usleep(20) } }
    thread.fill(before) { slot in
      pause(0)
      sums.filled += 1
      slot = sums.filled
      return sums.filled <= last
    }
    thread.take(behind) { slot in
      pause(1)
      sums.taken.append(slot)
    }
    var seen: [Int] = []
    while let number = before.take({ $0 }) {
      pause(2)
      seen.append(number)
      _ = behind.fill { slot in
        slot = -number
        return true
      }
    }
    before.leave()
    before.join()
    thread.close()
    behind.end()
    behind.join()
    #expect(seen == Array(1...last))
    #expect(sums.taken == seen.map { -$0 })
    #expect(before.take { $0 } == nil)
  }

  @Test("what one thread was given later is done though what it began with has ended long ago")
  func later() {
    let (before, behind) = (Ring(depth: 3) { 0 }, Ring(depth: 3) { 0 })
    let (thread, sums) = (SharedThread(), Sums())
    thread.fill(before) { _ in false }
    before.join()
    thread.take(behind) { sums.taken.append($0) }
    #expect(before.take { $0 } == nil)
    for number in 1...10 {
      _ = behind.fill { slot in
        slot = number
        return true
      }
    }
    behind.end()
    behind.join()
    thread.close()
    #expect(sums.taken == Array(1...10))
  }

  @Test("whoever leaves a shared thread's ring early ends what fills it")
  func leavingShared() {
    let ring = Ring(depth: 2) { 0 }
    let thread = SharedThread()
    thread.fill(ring) { _ in true }
    #expect(ring.take { $0 } != nil)
    ring.leave()
    ring.join()
    thread.close()
  }

  /// Sound: each is touched by whoever has the part, and read when that has ended.
  private final class Sums: @unchecked Sendable {
    var filled = 0
    var taken: [Int] = []
  }
}

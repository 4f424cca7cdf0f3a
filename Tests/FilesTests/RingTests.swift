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
}

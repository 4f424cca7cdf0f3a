// The set of scan numbers against Swift's own set.

import Testing

@testable import Ledger

@Suite("Scan numbers in use")
struct NumberSetTests {
  /// Where the numbers of one run lie.
  enum Spread: CaseIterable {
    /// A carrier counts on: one page after the other is filled.
    case running
    /// A few thousand numbers of one page, in no order.
    case crowded
    /// Numbers of all sizes.
    case scattered

    func number(_ step: Int, _ numbers: inout SeededNumbers) -> UInt64 {
      switch self {
      case .running: 44_591_000 + UInt64(step)
      case .crowded: 7 << 16 + UInt64.random(in: 0..<3_000, using: &numbers)
      case .scattered: numbers.next() >> UInt64.random(in: 0..<64, using: &numbers)
      }
    }
  }

  @Test("It holds what a set holds", arguments: Spread.allCases, [UInt64(1), 2, 3])
  func againstASet(spread: Spread, seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    var set = NumberSet()
    var oracle: Set<UInt64> = []
    var newest: [UInt64] = []
    for step in 0..<6_000 {
      let number = spread.number(step, &numbers)
      #expect(set.contains(number) == oracle.contains(number), "seed \(seed), step \(step)")
      if oracle.insert(number).inserted {
        set.insert(number)
        newest.append(number)
      }
      // A refused file takes back its newest numbers, from the last to the first.
      if Int.random(in: 0..<40, using: &numbers) == 0 {
        for _ in 0..<Int.random(in: 0...min(60, newest.count), using: &numbers) {
          let last = newest.removeLast()
          set.remove(last)
          oracle.remove(last)
          #expect(!set.contains(last), "seed \(seed), step \(step)")
        }
      }
    }
    #expect(set.count == oracle.count)
    #expect(set.members == oracle.sorted())
  }

  @Test(
    "The neighbours of the largest and the smallest number are not in it",
    arguments: [0, 1, 65_535, 65_536, UInt64.max])
  func edges(number: UInt64) {
    var set = NumberSet()
    #expect(!set.contains(number))
    set.insert(number)
    #expect(set.contains(number) && !set.contains(number &+ 1) && !set.contains(number &- 1))
    #expect(set.members == [number])
  }

  @Test("A set comes back from its arrays, whichever page grew dense first", arguments: [[0, 1], [1, 0]])
  func arrays(order: [UInt64]) throws {
    var set = NumberSet()
    for page in order.sorted() { set.insert(page << 16) }
    for page in order { for low in UInt64(1)...600 { set.insert(page << 16 | low * 7) } }
    set.insert(5 << 16)
    let again = try #require(NumberSet(set.arrays))
    #expect(again.members == set.members && again.count == 1_203)
  }
}

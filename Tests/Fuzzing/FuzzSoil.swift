// The soil is what fuzzed inputs grow from: the kept ones, spoilt in ways that a seed makes again.

import Foundation

/// The kept inputs of one target, and what can be made of them.
package struct FuzzSoil: Sendable {
  package let target: FuzzTarget
  package let kept: [[UInt8]]

  /// - Parameter folder: `fixtures/fuzz`.
  package init(_ target: FuzzTarget, in folder: String) throws {
    self.target = target
    let own = folder + "/" + target.rawValue
    kept = try FileManager.default.contentsOfDirectory(atPath: own).sorted().map {
      Array(try Data(contentsOf: URL(fileURLWithPath: own + "/" + $0)))
    }
  }

  /// The input that a seed makes.
  package func input(_ seed: UInt64) -> [UInt8] {
    var dice = FuzzDice(seed: seed)
    var bytes = kept.isEmpty ? [] : kept[dice.below(kept.count)]
    for _ in 0...dice.below(6) { spoil(&bytes, &dice) }
    return Array(bytes.prefix(target == .journal ? 60_000 : 8_000))
  }

  private func spoil(_ bytes: inout [UInt8], _ dice: inout FuzzDice) {
    let place = dice.below(bytes.count + 1)
    let length = min(bytes.count - place, 1 << dice.below(9))
    switch dice.below(11) {
    case 0 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
    case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8(dice.below(8))
    case 2: bytes.removeSubrange(place..<place + length)
    case 3: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: dice.below(bytes.count + 1))
    case 4: bytes.removeSubrange(place...)
    case 5, 6:
      if !target.words.isEmpty {
        bytes.insert(contentsOf: target.words[dice.below(target.words.count)].utf8, at: place)
      }
    case 7:
      guard !kept.isEmpty else { return }
      let other = kept[dice.below(kept.count)]
      let from = dice.below(other.count + 1)
      bytes.replaceSubrange(
        place..<place + length, with: other[from..<min(other.count, from + 1 << dice.below(9))])
    case 8: bytes.insert([0, 0xFF, 0xC3, 0xED, 0xF4, 10, 13, 34, 92][dice.below(9)], at: place)
    case 9 where length > 1:
      let piece = Array(bytes[place..<place + length])
      bytes.replaceSubrange(place..<place + length, with: piece.reversed())
    default:
      let times = 1 + dice.below(20)
      let piece = Array(bytes[place..<place + min(length, 16)])
      for _ in 0..<times { bytes.insert(contentsOf: piece, at: place) }
    }
  }
}

/// Numbers that look random and are the same for the same seed.
struct FuzzDice {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }

  mutating func below(_ count: Int) -> Int { count <= 1 ? 0 : Int(next() >> 33) % count }
}

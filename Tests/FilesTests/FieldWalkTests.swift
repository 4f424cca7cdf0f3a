// Fields read eight bytes at a time, against what they were spelled from.

import Testing

@testable import Files

@Suite("A walk over fields")
struct FieldWalkTests {
  private typealias Read = (inout FieldWalk) -> UInt64

  /// What a read gives, and where the walk stands behind it; nil: it is broken.
  private func read(_ bytes: [UInt8], _ read: Read) -> (value: UInt64, place: Int)? {
    bytes.span.walkFields(from: 0, to: bytes.count) { walk in
      let value = read(&walk)
      return walk.isBroken ? nil : (value, walk.place)
    }
  }

  private func spelled(_ value: UInt64) -> [UInt8] {
    var (bytes, rest) = ([UInt8](), value)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private let reads: [Read] = [
    { $0.number() }, { $0.shortNumber() }, { $0.longNumber() }, { $0.longestNumber() },
  ]

  @Test("Numbers of every length are read, wherever the bytes end", arguments: 0..<64)
  func numbers(bits: Int) {
    for value in [1 << bits, UInt64.max >> (63 - bits), 0xDA5A_5A5A_5A5A_5A5A >> (63 - bits)] {
      let spelled = spelled(value)
      for behind in 0..<12 {
        let bytes = spelled + [UInt8](repeating: 0xFF, count: behind)
        for number in reads {
          let found = read(bytes, number)
          #expect(found?.value == value && found?.place == spelled.count)
        }
        let passed = read(bytes) {
          $0.passNumber()
          return 0
        }
        #expect(passed?.place == spelled.count)
        let folded = Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
        for signed: Read in [{ UInt64(bitPattern: $0.signed()) }, { UInt64(bitPattern: $0.longSigned()) }] {
          #expect(read(bytes, signed)?.value == UInt64(bitPattern: folded))
        }
      }
    }
  }

  @Test("A number that ends too late, or not at all, breaks the walk")
  func broken() {
    for count in 0...12 {
      for number in reads { #expect(read([UInt8](repeating: 0x80, count: count), number) == nil) }
    }
    for number in reads {
      #expect(read([UInt8](repeating: 0x80, count: 10) + [1, 0, 0, 0, 0, 0, 0, 0, 0], number) == nil)
    }
  }

  @Test("A text is where its length says, and one that is longer than what is left breaks the walk")
  func texts() {
    let bytes: [UInt8] = [3, 65, 66, 67, 2, 68]
    bytes.span.walkFields(from: 0, to: bytes.count) { walk in
      let (place, count) = walk.text()
      let (isAtEnd, isBroken) = (walk.isAtEnd, walk.isBroken)
      #expect(place == 1 && count == 3 && !isAtEnd && !isBroken)
      walk.passText()
      let isBrokenNow = walk.isBroken
      walk.goBack(to: 4)
      let (again, here) = (walk.byte(), walk.place)
      #expect(isBrokenNow && again == 2 && here == 5)
      walk.pass(2)
      let isOver = walk.isBroken
      #expect(isOver)
    }
  }

  @Test("A part that reads on its own moves the walk, and breaks it")
  func parts() {
    let bytes: [UInt8] = [1, 2, 3]
    bytes.span.walkFields(from: 0, to: 2) { walk in
      let (first, second) = (walk.apart { $0.byte() }, walk.byte())
      let isAtEnd = walk.isAtEnd
      _ = walk.apart { $0.byte() }
      let isBroken = walk.isBroken
      #expect(first == 1 && second == 2 && isAtEnd && isBroken)
    }
    let none: [UInt8] = []
    let isEmpty = none.span.walkFields(from: 0, to: 0) { $0.isAtEnd && $0.byte() == 0 && $0.isBroken }
    #expect(isEmpty)
  }
}

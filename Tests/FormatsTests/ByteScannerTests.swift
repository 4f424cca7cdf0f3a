/// The clever scanner against loops that look at one byte after the other.
import Orders
import Testing

@testable import Formats

@Suite struct ByteScannerTests {
  /// Bytes in which everything the scanner looks for is frequent.
  private static func randomBytes(_ random: inout SeededRandom) -> [UInt8] {
    let telling: [UInt8] = [
      0, 10, 13, 31, 32, 34, 44, 92, 127, 128, 0xC3, 0xA9, 0xE0, 0xA4, 0xED, 0xF0, 0x9F, 0xFF,
    ]
    let density = Int.random(in: 1...40, using: &random)
    return (0..<Int.random(in: 0...200, using: &random)).map { _ in
      Int.random(in: 0..<density, using: &random) == 0
        ? telling.randomElement(using: &random)! : UInt8.random(in: 97...122, using: &random)
    }
  }

  @Test("Both kinds of block find what a loop over the bytes finds", arguments: 0..<300 as Range<UInt64>)
  func blocksAgreeWithLoops(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let bytes = ByteScannerTests.randomBytes(&random)
    for start in Set([0, bytes.count / 3, bytes.count, max(0, bytes.count - 17)]) {
      expectSame(bytes, start, NativeBlock.self, seed)
      expectSame(bytes, start, PlainBlock.self, seed)
    }
  }

  @Test(
    "What an identifier is made of, and the number it spells, is what a loop finds",
    arguments: 0..<300 as Range<UInt64>)
  func identifiersAgreeWithLoops(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let mostly: [UInt8] = Array("0123456789".utf8)
    let rarely: [UInt8] = [UInt8(ascii: "/"), UInt8(ascii: ":"), 31, 32, 127, 0x80, 0xB5, UInt8(ascii: "A")]
    let bytes = (0..<80).map { _ in
      (Int.random(in: 0..<20, using: &random) == 0 ? rarely : mostly).randomElement(using: &random)!
    }
    for start in 0..<40 {
      let cell = start..<start + Int.random(in: 1...33, using: &random)
      let text = bytes[cell]
      let shape: ByteScanner.KeyShape =
        cell.count > 32
        ? .unknown
        : text.allSatisfy { (48...57).contains($0) }
          ? .digits : text.contains { $0 < 32 || $0 == 127 } ? .hasControls : .text
      #expect(ByteScanner.keyShape(bytes.span, cell, by: NativeBlock.self) == shape, "seed \(seed), \(cell)")
      #expect(ByteScanner.keyShape(bytes.span, cell, by: PlainBlock.self) == shape, "seed \(seed), \(cell)")
      if shape == .digits {
        let number = cell.count > 19 ? nil : UInt64(String(decoding: text, as: UTF8.self))
        #expect(ByteScanner.number(bytes.span, cell) == number, "seed \(seed), \(cell)")
      }
    }
  }

  @Test("A column of identifiers is the same to both kinds of block", arguments: 0..<200 as Range<UInt64>)
  func columnsAgree(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let letters = Array("0123456789ABab-=. nN".utf8) + [1, 127, 0xC3]
    let bytes = (0..<900).map { _ in
      Int.random(in: 0..<6, using: &random) == 0
        ? letters.randomElement(using: &random)! : UInt8.random(in: 48...57, using: &random)
    }
    let count = Int.random(in: 1...64, using: &random)
    let cells = (0..<count * 2).map { _ in
      Slice(offset: Int.random(in: 0...860, using: &random), length: Int.random(in: 0...40, using: &random))
    }
    let run = ByteScanner.ColumnRun(first: 1, stride: 2, count: count)
    var (ownCells, otherCells) = (cells, cells)
    var own = ownCells.mutableSpan
    var other = otherCells.mutableSpan
    let doubtful = ByteScanner.doubtfulLengths
    let lengths = doubtful.span
    let bits = ByteScanner.passKeys(bytes.span, &own, run, lengths, bytesMax: 35, by: NativeBlock.self)
    let plain = ByteScanner.passKeys(bytes.span, &other, run, lengths, bytesMax: 35, by: PlainBlock.self)
    #expect(bits.empty == plain.empty && bits.odd == plain.odd && bits.worded == plain.worded, "seed \(seed)")
    for step in 0..<count {
      let cell = cells[1 + step * 2]
      let text = bytes[cell.range]
      let isEmpty = bits.empty >> UInt64(step) & 1 != 0
      let isOdd = bits.odd >> UInt64(step) & 1 != 0
      #expect(isEmpty == text.isEmpty)
      if isEmpty || isOdd { continue }
      #expect(
        text.count <= 32 && !text.contains { $0 < 32 || $0 == 127 } && text.first! > 32 && text.last! > 32)
      #expect(!isAbsent(Array(text).span) && !spreadsheetDamage(Array(text).span), "seed \(seed): \(text)")
    }
  }

  private func expectSame<Block: ByteBlock>(
    _ bytes: [UInt8], _ start: Int, _ block: Block.Type, _ seed: UInt64
  ) {
    let span = bytes.span
    let tail = start..<bytes.count
    let stringEnd = tail.first { bytes[$0] == 34 || bytes[$0] == 92 || bytes[$0] < 32 } ?? bytes.count
    #expect(ByteScanner.stringEnd(span, from: start, by: block) == stringEnd, "seed \(seed)")
    let lineFeed = tail.first { bytes[$0] == 10 } ?? bytes.count
    #expect(ByteScanner.first(10, in: span, from: start, by: block) == lineFeed, "seed \(seed)")
    let lineFeeds = tail.count { bytes[$0] == 10 }
    #expect(ByteScanner.count(10, in: span, tail, by: block) == lineFeeds, "seed \(seed)")
    #expect(
      ByteScanner.firstUnsound(span, from: start, by: block) == obviousUnsound(bytes, start), "seed \(seed)")
    var places: [UInt32] = []
    var unsound = -1
    let count = ByteScanner.indexCells(
      span, from: start, delimiter: 44, into: &places, unsound: &unsound, by: block)
    #expect(unsound == obviousUnsound(bytes, start), "seed \(seed)")
    let marks = tail.filter { [44, 10, 13, 34].contains(bytes[$0]) }
    #expect(places[..<count].map { Int($0) } == marks, "seed \(seed)")
  }

  /// Grows by one scalar after the other, each decoded by the standard library.
  private func obviousUnsound(_ bytes: [UInt8], _ start: Int) -> Int {
    var place = start
    while place < bytes.count {
      if bytes[place] == 0 { return place }
      let length = (1...4).first { length in
        place + length <= bytes.count
          && String(validating: bytes[place..<place + length], as: UTF8.self)?.unicodeScalars.count == 1
      }
      guard let length else { return place }
      place += length
    }
    return bytes.count
  }

  @Test("Every byte alone is told apart in every position of a block")
  func everyByteInEveryPosition() {
    for byte in UInt8.min...UInt8.max {
      for position in 0..<16 {
        var bytes = [UInt8](repeating: 97, count: 16)
        bytes[position] = byte
        let bit: UInt32 = 1 << UInt32(position)
        bytes.withUnsafeBufferPointer { buffer in
          guard let base = buffer.baseAddress else { return }
          let native = NativeBlock(at: base)
          let plain = PlainBlock(at: base)
          let controls: UInt32 = byte < 32 ? bit : 0
          let beyond: UInt32 = byte > 127 ? bit : 0
          let equal: UInt32 = byte == 97 ? 0xFFFF : bit
          #expect(native.controls == controls && plain.controls == controls)
          #expect(native.beyondASCII == beyond && plain.beyondASCII == beyond)
          #expect(native.equal(byte) == equal && plain.equal(byte) == equal)
          #expect(native.stops == plain.stops && native.suspects == plain.suspects)
          #expect(native.marks(byte) == plain.marks(byte))
          let unprintables: UInt32 = byte < 32 || byte == 127 ? bit : 0
          #expect(native.unprintables == unprintables && plain.unprintables == unprintables)
          let letters = [UInt8](repeating: 98, count: 16)
          letters.withUnsafeBufferPointer { other in
            guard let other = other.baseAddress else { return }
            let isSound = byte != 0 && byte < 128
            let (sound, plainSound) = (NativeBlock(at: other), PlainBlock(at: other))
            #expect(native.areSound(with: sound, sound, sound) == isSound)
            #expect(sound.areSound(with: sound, sound, native) == isSound)
            #expect(plainSound.areSound(with: plainSound, plain, plainSound) == isSound)
            #expect(native.joined(with: sound).beyondASCII == beyond)
            #expect(plainSound.joined(with: plain).beyondASCII == beyond)
          }
        }
      }
    }
  }

  @Test("Four cells are written at once, each from behind the mark before it to its own")
  func fourCells() {
    let marks: [UInt32] = [7, 8, 20, 21, 4_000_000_000, 5]
    expectFour(marks, NativeBlock.self)
    expectFour(marks, PlainBlock.self)
  }

  private func expectFour<Block: ByteBlock>(_ marks: [UInt32], _: Block.Type) {
    var cells = [Slice](repeating: Slice(offset: 1, length: 1), count: 6)
    marks.withUnsafeBufferPointer { marks in
      cells.withUnsafeMutableBufferPointer { cells in
        guard let marks = marks.baseAddress, let cells = cells.baseAddress else { return }
        Block.writeFour(marks + 1, to: cells + 1)
      }
    }
    let four = [(8, 0), (9, 11), (21, 0), (22, 3_999_999_978)].map { Slice(offset: $0.0, length: $0.1) }
    let none = Slice(offset: 1, length: 1)
    #expect(cells == [none] + four + [none])
  }

  @Test("Ranges match only where every byte does and both are long enough")
  func matching() {
    var random = SeededRandom(seed: 7)
    for _ in 0..<2000 {
      let count = Int.random(in: 0...40, using: &random)
      let a = (0..<count).map { _ in UInt8.random(in: 97...99, using: &random) }
      var b = a
      if count > 0, Bool.random(using: &random) { b[Int.random(in: 0..<count, using: &random)] ^= 1 }
      let at = Int.random(in: 0...count, using: &random)
      let length = Int.random(in: 0...45, using: &random)
      let expected = at + length <= count && a[at..<at + length] == b[at..<at + length]
      #expect(ByteScanner.matches(a.span, at: at, b.span, at: at, count: length) == expected)
    }
  }
}

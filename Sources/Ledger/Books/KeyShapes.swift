internal import Files

/// What keys of one table have in common: the texts before and behind their digits, each kept once.
///
/// Partners number their papers. A shape is learned when a second key of it comes, so that texts that come once (digests, say)
/// never fill the list; whether a key came before or after its shape was learned changes where it lies, not whether it is found.
struct KeyShapes: Sendable {
  struct Shape: Sendable {
    let hash: UInt64
    let start: Int
    let before: Int
    let after: Int
  }

  static let shapesMax = 512
  /// Longer ones are not worth their room.
  private static let textBytesMax = 40

  private var texts: [UInt8] = []
  /// The first is that of keys which are nothing but digits.
  private(set) var shapes = [Shape(hash: 0, start: 0, before: 0, after: 0)]
  /// The texts before the digits, each in a word; one that is none has another text behind the digits, or is too long.
  private var words: [NumberedWord] = [.none]
  /// By the hash: the numbers of the shapes.
  private var numbers: [UInt64: Int] = [0: 0]
  /// The hashes of shapes that were met once, each at the place that it has by itself.
  private var metOnce = [UInt64](repeating: 0, count: 64)
  /// The shapes that were used last, each at the place that its hash has here.
  private var near = [Int](repeating: 0, count: 64)
  /// The shapes that a page's spellings turned out to have; `unknown` as long as nobody asked.
  private var spelled = InlineArray<16, UInt16>(repeating: SoughtKeys.unknownShape)

  /// The shape's hash: 0 of digits alone.
  @inline(__always)
  static func hash(_ key: Span<UInt8>, _ digits: KeyDigits) -> UInt64 {
    if digits.count == key.count { return 0 }
    let hash = keyHash(key.extracting(0..<digits.start), seed: 0x51)
    if digits.end == key.count { return hash }
    return keyHash(key.extracting(digits.end..<key.count), seed: hash)
  }

  /// The number of the key's shape, which may be learned with it; nil where it has none.
  mutating func number(of key: Span<UInt8>, _ digits: KeyDigits, hash: UInt64) -> Int? {
    if digits.count == 0 { return nil }
    let place = Int(truncatingIfNeeded: hash & 63)
    if shapes[near[place]].hash == hash {
      return isShape(near[place], of: key, digits) ? near[place] : nil
    }
    if let known = numbers[hash] {
      near[place] = known
      return isShape(known, of: key, digits) ? known : nil
    }
    guard shapes.count < Self.shapesMax, key.count - digits.count <= Self.textBytesMax else { return nil }
    guard metOnce[place] == hash else {
      metOnce[place] = hash
      return nil
    }
    add(key.extracting(0..<digits.start), key.extracting(digits.end..<key.count), hash: hash)
    return shapes.count - 1
  }

  mutating func forgetSpellings() {
    spelled = InlineArray(repeating: SoughtKeys.unknownShape)
    spelled[0] = 0
  }

  /// The number of the key's shape by its spelling: the texts of one spelling are compared once a page, and not read again.
  @inline(__always)
  mutating func number(of key: Span<UInt8>, _ digits: KeyDigits, spelling: UInt8) -> Int? {
    if spelling < 16 {
      let known = spelled[Int(spelling)]
      if known != SoughtKeys.unknownShape { return Int(known) }
    }
    return learn(key, digits, spelling: spelling)
  }

  @inline(never)
  private mutating func learn(_ key: Span<UInt8>, _ digits: KeyDigits, spelling: UInt8) -> Int? {
    let number = number(of: key, digits, hash: KeyShapes.hash(key, digits))
    if spelling < 16, let number { spelled[Int(spelling)] = UInt16(truncatingIfNeeded: number) }
    return number
  }

  private mutating func add(_ before: Span<UInt8>, _ after: Span<UInt8>, hash: UInt64) {
    let start = texts.count
    for place in before.indices { texts.append(before[place]) }
    for place in after.indices { texts.append(after[place]) }
    numbers[hash] = shapes.count
    words.append(after.isEmpty ? ShortWord(before).map { NumberedWord($0) } ?? .none : .none)
    shapes.append(Shape(hash: hash, start: start, before: before.count, after: after.count))
  }

  /// Is the key of that shape, given where its digits are?
  @inline(__always)
  func isShape(_ number: Int, of key: Span<UInt8>, _ digits: KeyDigits) -> Bool {
    if number == 0 { return digits.count == key.count }
    let shape = shapes[number]
    guard shape.before == digits.start, shape.after == key.count - digits.end else { return false }
    let (start, middle) = (shape.start, shape.start + shape.before)
    return sameBytes(texts.span.extracting(start..<middle), key.extracting(0..<digits.start))
      && sameBytes(
        texts.span.extracting(middle..<middle + shape.after), key.extracting(digits.end..<key.count))
  }

  /// The key of a shape and its digits.
  func text(_ number: Int, _ word: UInt64) -> [UInt8] {
    let shape = shapes[number]
    var text: [UInt8] = []
    text.reserveCapacity(shape.before + KeyDigits.countMax + shape.after)
    text += texts[shape.start..<shape.start + shape.before]
    KeyDigits(word: word, end: 0).append(to: &text)
    text += texts[shape.start + shape.before..<shape.start + shape.before + shape.after]
    return text
  }

  /// Makes a word of the key of a shape and its digits; false where it is too long for one.
  @inline(__always)
  func write(_ number: Int, _ word: UInt64, to written: inout NumberedWord) -> Bool {
    if !words[number].isEmpty || number == 0 {
      written = NumberedWord(words[number], KeyDigits(word: word, end: 0))
      return true
    }
    return writeRare(number, word, to: &written)
  }

  @inline(never)
  private func writeRare(_ number: Int, _ word: UInt64, to written: inout NumberedWord) -> Bool {
    let text = text(number, word)
    guard let word = ShortWord(text.span) else { return false }
    written = NumberedWord(word)
    return true
  }

  /// Writes the key of a shape and its digits to the front; no such key is longer than `textBytesMax` and its digits.
  /// - Returns: how many bytes it has.
  func write(_ number: Int, _ word: UInt64, to text: inout InlineArray<64, UInt8>) -> Int {
    let shape = shapes[number]
    let digits = KeyDigits(word: word, end: 0)
    for place in 0..<shape.before { text[place] = texts[shape.start + place] }
    digits.write(to: &text, at: shape.before)
    let end = shape.before + digits.count
    for place in 0..<shape.after { text[end + place] = texts[shape.start + shape.before + place] }
    return end + shape.after
  }

  // MARK: As bytes

  /// How many there are besides the first, then of each the text before the digits and the one behind.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.putNumber(UInt64(shapes.count - 1))
    for shape in shapes.dropFirst() {
      let middle = shape.start + shape.before
      bytes.putText(texts[shape.start..<middle])
      bytes.putText(texts[middle..<middle + shape.after])
    }
    return bytes
  }

  init() {}

  init(_ bytes: [UInt8]) throws(RecordFault) {
    var reader = RecordReader(bytes)
    for _ in 0..<(try reader.count()) {
      let (before, after) = (try reader.array(), try reader.array())
      var hash = keyHash(before.span, seed: 0x51)
      if !after.isEmpty { hash = keyHash(after.span, seed: hash) }
      guard shapes.count < Self.shapesMax, numbers[hash] == nil else {
        throw RecordFault(what: "a shape of keys stands there twice")
      }
      guard before.count + after.count <= Self.textBytesMax else {
        throw RecordFault(what: "a shape of keys is too long")
      }
      add(before.span, after.span, hash: hash)
    }
  }
}

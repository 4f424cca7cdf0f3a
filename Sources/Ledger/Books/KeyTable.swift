internal import Files
internal import Orders

/// Keys by their bytes: each in one word of eight bytes, and open addressing over these.
///
/// Keys get numbers from 0 in the order of insertion. A word holds a key whole, as its shape and its digits (`KeyShapes`), or says
/// where in the arena its text lies. A slot is four bytes: the key's number plus one, and above it as many bits of the hash as there is
/// room for, so that a look-up touches one slot and one word.
public struct KeyTable: Sendable {
  private(set) var slots: [UInt32]
  /// Of a key with a shape: its number in nine bits, then the digits (`KeyDigits.word`). Of any other, after a bit that says so,
  /// where its text starts in the arena in 39 bits, and its length in 24.
  var words: [UInt64] = []
  private(set) var arena: [UInt8] = []
  private(set) var shapes = KeyShapes()
  /// The number before each key's text; empty for keys that are texts alone.
  var prefixes: [UInt32] = []
  /// What the key stands for (an order, a shipment, a line); empty where that is the key's own number.
  public internal(set) var values: [UInt32] = []
  /// Makes of a key what it is sought by; the table itself is not asked.
  let seeking: KeySeeking
  var kind: Kind { seeking.kind }
  /// How many low bits of a slot are the number's.
  private(set) var numberBits: UInt32 = 0
  private(set) var countMax = 0
  /// Was room made for keys that may not come?
  var hasRoomAhead = false

  /// What keys are made of, and what they stand for.
  public struct Kind: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Before the text there is a number.
    public static let hasPrefix = Kind(rawValue: 1)
    /// There are very many, mostly numbered by somebody: they lie in their words.
    public static let isPacked = Kind(rawValue: 2)
    /// A key stands for its own number.
    public static let standsForItself = Kind(rawValue: 4)
  }

  /// - Parameter seed: makes the table's hash its own.
  public init(seed: UInt64 = 0, _ kind: Kind = []) {
    seeking = KeySeeking(seed: seed &* 0x9E37_79B9_7F4A_7C15, kind: kind)
    slots = [UInt32](repeating: 0, count: KeyTable.slotsMin)
    noteSize()
  }

  static let slotsMin = 64
  private static let inArena: UInt64 = 1 << 63
  /// What a word has of the digits, where the key lies in it.
  static let digitsMask: UInt64 = 1 << 54 - 1

  /// What a table is as plain arrays.
  struct Arrays {
    var slots: [UInt32]
    var words: [UInt64]
    var arena: [UInt8]
    var prefixes: [UInt32]
    var values: [UInt32]
    var shapes: [UInt8]
  }

  var arrays: Arrays {
    Arrays(
      slots: slots, words: words, arena: arena, prefixes: prefixes, values: values, shapes: shapes.bytes)
  }

  /// A table of the same seed and kind, of the arrays that it held; nil where these are no table.
  init?(like table: KeyTable, _ arrays: Arrays) {
    guard arrays.slots.count >= KeyTable.slotsMin,
      arrays.words.count <= KeyTable.keysMax(slots: arrays.slots.count),
      arrays.prefixes.count == (table.kind.contains(.hasPrefix) ? arrays.words.count : 0),
      arrays.values.count == (table.kind.contains(.standsForItself) ? 0 : arrays.words.count),
      let shapes = try? KeyShapes(arrays.shapes)
    else { return nil }
    seeking = table.seeking
    slots = arrays.slots
    words = arrays.words
    arena = arrays.arena
    prefixes = arrays.prefixes
    values = arrays.values
    self.shapes = shapes
    noteSize()
  }

  public var count: Int { words.count }

  // MARK: Look-ups

  /// A key on its way into the table: what its place follows from.
  public struct Sought: Sendable {
    var hash: UInt64
    /// Of the texts around the digits.
    var shape: UInt64 = 0
    /// None in a table whose keys do not lie in their words.
    var digits = KeyDigits.none

    /// What stands in place of a key where there is none.
    @inline(__always)
    static var nothing: Sought { Sought(hash: 0, digits: KeyDigits(word: 0, end: Int(UInt32.max))) }

    @inline(__always)
    var isNothing: Bool { digits.end == Int(UInt32.max) }
  }

  /// Where a key is, or would be.
  public struct Seat: Sendable {
    /// Its number; nil where it is not there.
    public let number: Int?
    /// The free slot that is its place then.
    let place: Int
  }

  @inline(__always)
  func sought(_ key: Span<UInt8>, prefix: UInt32 = 0) -> Sought { seeking.sought(key, prefix: prefix) }

  /// The number of the key, or nil.
  public func find(_ key: Span<UInt8>, prefix: UInt32 = 0) -> Int? {
    find(key, prefix: prefix, sought(key, prefix: prefix))
  }

  func find(_ key: Span<UInt8>, prefix: UInt32, _ sought: Sought) -> Int? {
    let count = slots.count
    let tag = KeyTable.tag(sought.hash, numberBits)
    var place = KeyTable.place(sought.hash, count)
    while true {
      let slot = slots[place]
      if slot == 0 { return nil }
      if slot >> numberBits == tag {
        let number = KeyTable.number(in: slot, numberBits)
        if isKey(number, key, prefix, sought) { return number }
      }
      place = KeyTable.following(place, count)
    }
  }

  /// Looks at the slot where a key of that hash would begin to be looked for.
  @inline(__always)
  func look(at hash: UInt64) -> UInt64 { UInt64(slots[KeyTable.place(hash, slots.count)]) }

  public func value(of key: Span<UInt8>, prefix: UInt32 = 0) -> UInt32? {
    find(key, prefix: prefix).map { value(of: $0) }
  }

  @inline(__always)
  public func value(of number: Int) -> UInt32 {
    kind.contains(.standsForItself) ? UInt32(truncatingIfNeeded: number) : values[number]
  }

  // MARK: Changes

  /// Adds a key that is not there yet.
  @discardableResult
  public mutating func insert(_ key: Span<UInt8>, prefix: UInt32 = 0, value: UInt32) -> Int {
    insert(key, prefix: prefix, sought(key, prefix: prefix), value: value)
  }

  /// - Parameter spelling: which of a page's spellings the key has; nil: what it is sought by says its shape.
  @discardableResult
  mutating func insert(
    _ key: Span<UInt8>, prefix: UInt32, _ sought: Sought, value: UInt32, spelling: UInt8? = nil
  ) -> Int {
    if words.count == countMax { grow() }
    var place = KeyTable.place(sought.hash, slots.count)
    while slots[place] != 0 { place = KeyTable.following(place, slots.count) }
    return add(key, prefix: prefix, sought, value: value, at: place, spelling)
  }

  /// The number of a key, which is there afterwards; only a new one gets the value.
  mutating func findOrInsert(
    _ key: Span<UInt8>, prefix: UInt32, _ sought: Sought, value: UInt32, spelling: UInt8? = nil
  ) -> (number: Int, isNew: Bool) {
    let seat = seat(of: key, prefix: prefix, sought)
    if let number = seat.number { return (number, false) }
    return (insert(key, prefix: prefix, sought, value: value, at: seat, spelling: spelling), true)
  }

  /// Where the key is, or would be.
  @inline(__always)
  func seat(of key: Span<UInt8>, prefix: UInt32, _ sought: Sought) -> Seat {
    let count = slots.count
    let tag = KeyTable.tag(sought.hash, numberBits)
    var place = KeyTable.place(sought.hash, count)
    while true {
      let slot = slots[place]
      if slot == 0 { return Seat(number: nil, place: place) }
      if slot >> numberBits == tag {
        let number = KeyTable.number(in: slot, numberBits)
        if isKey(number, key, prefix, sought) { return Seat(number: number, place: place) }
      }
      place = KeyTable.following(place, count)
    }
  }

  /// Adds a key that is not there, at the seat that was found for it; nothing was added since.
  mutating func insert(
    _ key: Span<UInt8>, prefix: UInt32, _ sought: Sought, value: UInt32, at seat: Seat,
    spelling: UInt8? = nil
  ) -> Int {
    if words.count == countMax {
      return insert(key, prefix: prefix, sought, value: value, spelling: spelling)
    }
    return add(key, prefix: prefix, sought, value: value, at: seat.place, spelling)
  }

  /// Adds a new key, at the free slot that is its place.
  @inline(__always)
  private mutating func add(
    _ key: Span<UInt8>, prefix: UInt32, _ sought: Sought, value: UInt32, at place: Int,
    _ spelling: UInt8?
  ) -> Int {
    let number = words.count
    if kind.contains(.standsForItself) { precondition(value == UInt32(number)) } else { values.append(value) }
    if kind.contains(.hasPrefix) { prefixes.append(prefix) }
    words.append(word(of: key, sought, spelling))
    slots[place] = KeyTable.slot(number, sought.hash, numberBits)
    return number
  }

  /// The word of a new key, whose text may go into the arena with it.
  @inline(__always)
  mutating func word(of key: Span<UInt8>, _ sought: Sought, _ spelling: UInt8?) -> UInt64 {
    let shape: Int?
    if let spelling {
      shape = shapes.number(of: key, sought.digits, spelling: spelling)
    } else {
      shape = shapes.number(of: key, sought.digits, hash: sought.shape)
    }
    if let shape { return UInt64(shape) << 54 | sought.digits.word }
    return keepText(key)
  }

  @inline(never)
  private mutating func keepText(_ key: Span<UInt8>) -> UInt64 {
    precondition(key.count < 1 << 24 && arena.count < 1 << 39, "a key arena holds at most 512 GiB")
    let word = KeyTable.inArena | UInt64(arena.count) << 24 | UInt64(key.count)
    arena.append(addingCapacity: key.count) { (room: inout OutputSpan<UInt8>) in
      for index in key.indices { room.append(key[index]) }
    }
    return word
  }

  /// Lends the slots to one who changes many of them and gives them back.
  mutating func takeSlots() -> [UInt32] {
    var taken: [UInt32] = []
    swap(&taken, &slots)
    return taken
  }

  mutating func putBack(slots taken: inout [UInt32]) { swap(&taken, &slots) }

  /// The spellings that come next are those of another page.
  mutating func beginPage() { shapes.forgetSpellings() }

  /// Points an existing key at another value.
  public mutating func setValue(_ number: Int, _ value: UInt32) { values[number] = value }

  /// Takes the newest key out again. Sound with linear probing because nothing was inserted behind it.
  public mutating func removeLast() {
    let number = words.count - 1
    let count = slots.count
    var place = KeyTable.place(hash(of: number), count)
    while slots[place] == 0 || KeyTable.number(in: slots[place], numberBits) != number {
      place = KeyTable.following(place, count)
    }
    slots[place] = 0
    let word = words.removeLast()
    if word & KeyTable.inArena != 0 { arena.removeLast(arena.count - KeyTable.range(word).lowerBound) }
    if kind.contains(.hasPrefix) { prefixes.removeLast() }
    if !kind.contains(.standsForItself) { values.removeLast() }
  }

  // MARK: Keys by their numbers

  /// The key's text, without the number before it.
  public func bytes(of number: Int) -> ArraySlice<UInt8> {
    let word = words[number]
    if word & KeyTable.inArena != 0 { return arena[KeyTable.range(word)] }
    return shapes.text(Int(word >> 54), word)[...]
  }

  /// Hands on the key's text, without the number before it; nothing is allocated for it.
  @inline(__always)
  func withText<Result>(of number: Int, _ body: (Span<UInt8>) throws -> Result) rethrows -> Result {
    let word = words[number]
    if word & KeyTable.inArena != 0 { return try body(arena.span.extracting(KeyTable.range(word))) }
    var text = InlineArray<64, UInt8>(repeating: 0)
    let count = shapes.write(Int(word >> 54), word, to: &text)
    return try body(text.span.extracting(0..<count))
  }

  /// Makes a word of the key's text, without the number before it; false where it is too long for one.
  @inline(__always)
  func write(_ number: Int, to written: inout NumberedWord) -> Bool {
    let word = words[number]
    if word & KeyTable.inArena != 0 { return writeText(word, to: &written) }
    return shapes.write(Int(word >> 54), word, to: &written)
  }

  @inline(never)
  private func writeText(_ word: UInt64, to written: inout NumberedWord) -> Bool {
    guard let word = ShortWord(arena.span.extracting(KeyTable.range(word))) else { return false }
    written = NumberedWord(word)
    return true
  }

  /// The number before the key's text.
  public func prefix(of number: Int) -> UInt32 { kind.contains(.hasPrefix) ? prefixes[number] : 0 }

  /// Is this the text of the key with that number?
  public func isText(_ key: Span<UInt8>, of number: Int) -> Bool {
    isKey(word: words[number], key, sought(key, prefix: prefix(of: number)))
  }

  private static func range(_ word: UInt64) -> Range<Int> {
    let start = Int((word & ~inArena) >> 24)
    return start..<start + Int(word & 0xFF_FFFF)
  }

  @inline(__always)
  private func isKey(_ number: Int, _ key: Span<UInt8>, _ prefix: UInt32, _ sought: Sought) -> Bool {
    isKey(word: words[number], key, sought)
      && (!kind.contains(.hasPrefix) || prefixes[number] == prefix)
  }

  @inline(__always)
  func isKey(word: UInt64, _ key: Span<UInt8>, _ sought: Sought) -> Bool {
    if word & KeyTable.inArena != 0 { return sameBytes(arena.span.extracting(KeyTable.range(word)), key) }
    guard word & KeyTable.digitsMask == sought.digits.word else { return false }
    return shapes.isShape(Int(word >> 54), of: key, sought.digits)
  }

  // MARK: Slots

  private func hash(of number: Int) -> UInt64 {
    let word = words[number]
    let prefix = prefix(of: number)
    if word & KeyTable.inArena != 0 {
      return sought(arena.span.extracting(KeyTable.range(word)), prefix: prefix).hash
    }
    return seeking.hash(word & KeyTable.digitsMask, shapes.shapes[Int(word >> 54)].hash, prefix)
  }

  /// A table is at most three quarters full.
  static func keysMax(slots: Int) -> Int { slots / 4 * 3 }

  private mutating func noteSize() {
    countMax = KeyTable.keysMax(slots: slots.count)
    numberBits = UInt32(Int.bitWidth - countMax.leadingZeroBitCount)
  }

  // These take what they need of the table instead of the table: a debug build would hold on to each of its arrays for the time of
  // the call, and look-ups are made by the million.

  /// The upper half of the hash says where; the lower one is what the slot keeps a part of.
  @inline(__always)
  static func place(_ hash: UInt64, _ slots: Int) -> Int {
    // Shifts bind closer than products.
    Int(truncatingIfNeeded: ((hash >> 32) &* UInt64(truncatingIfNeeded: slots)) >> 32)
  }

  @inline(__always)
  static func tag(_ hash: UInt64, _ numberBits: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: hash) & (.max >> numberBits)
  }

  @inline(__always)
  static func number(in slot: UInt32, _ numberBits: UInt32) -> Int {
    Int(slot & ~(.max << numberBits)) - 1
  }

  @inline(__always)
  static func following(_ place: Int, _ slots: Int) -> Int { place + 1 == slots ? 0 : place + 1 }

  private mutating func enter(_ number: Int, hash: UInt64) {
    let count = slots.count
    var place = KeyTable.place(hash, count)
    while slots[place] != 0 { place = KeyTable.following(place, count) }
    slots[place] = KeyTable.slot(number, hash, numberBits)
  }

  @inline(__always)
  static func slot(_ number: Int, _ hash: UInt64, _ numberBits: UInt32) -> UInt32 {
    tag(hash, numberBits) << numberBits | UInt32(truncatingIfNeeded: number + 1)
  }

  private mutating func grow() { resize(to: KeyTable.size(behind: slots.count)) }

  /// A large table grows by half: what is free in it is memory as well.
  static func size(behind size: Int) -> Int { size < 1 << 16 ? size * 2 : size / 2 * 3 }

  mutating func resize(to size: Int) {
    precondition(size < 1 << 32, "a table holds at most three milliards of keys")
    slots = []
    slots = LargeRoom.zeros(size)
    noteSize()
    // In passes over many keys at once, so that the memory's answers overlap.
    var hashes = InlineArray<64, UInt64>(repeating: 0)
    for first in stride(from: 0, to: words.count, by: KeyTable.stageKeys) {
      let count = min(KeyTable.stageKeys, words.count - first)
      var sum: UInt64 = 0
      for index in 0..<count {
        hashes[index] = hash(of: first + index)
        sum &+= look(at: hashes[index])
      }
      Books.note(sum)
      for index in 0..<count { enter(first + index, hash: hashes[index]) }
    }
  }
}

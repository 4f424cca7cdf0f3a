internal import Files
package import Orders

/// Keys by their bytes: an arena that holds each key once, and open addressing over it.
///
/// Keys get numbers from 0 in the order of insertion. A slot is a 32-bit tag of the hash and the key's number plus one,
/// so that a look-up touches one slot and, on a matching tag, one place of the arena.
package struct KeyTable: Sendable {
  private(set) var slots: [UInt64]
  private(set) var arena: [UInt8] = []
  /// Where each key starts in the arena; the next one's start ends it.
  private(set) var starts: [UInt32] = [0]
  /// What the key stands for (an order, a shipment, a line).
  package private(set) var values: [UInt32] = []
  private let seed: UInt64
  /// How many bytes of a number stand before each key's text; 0 for keys that are texts alone.
  private let prefixWidth: Int

  /// - Parameters:
  ///   - seed: makes the table's hash its own.
  ///   - prefixWidth: for keys made of a number and a text, the number's width in bytes.
  package init(seed: UInt64 = 0, prefixWidth: Int = 0, expecting count: Int = 0) {
    self.seed = seed
    self.prefixWidth = prefixWidth
    var size = 64
    while size * 5 < count * 8 { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
  }

  /// A table of the same seed and width, of the arrays that it held; nil where these are no table.
  init?(like table: KeyTable, slots: [UInt64], arena: [UInt8], starts: [UInt32], values: [UInt32]) {
    let isPowerOfTwo = slots.count >= 64 && slots.count & (slots.count - 1) == 0
    guard isPowerOfTwo, values.count * 8 <= slots.count * 5, starts.count == values.count + 1,
      starts[0] == 0, starts[values.count] == UInt32(exactly: arena.count)
    else { return nil }
    seed = table.seed
    prefixWidth = table.prefixWidth
    self.slots = slots
    self.arena = arena
    self.starts = starts
    self.values = values
  }

  package var count: Int { values.count }

  /// The number of the key, or nil.
  package func find(_ key: Span<UInt8>, prefix: UInt32 = 0) -> Int? {
    find(key, prefix: prefix, hash: hash(prefix, key))
  }

  /// Looks at the slot where a key of that hash would begin to be looked for.
  @inline(__always)
  func look(at hash: UInt64) -> UInt64 { slots[Int(truncatingIfNeeded: hash) & (slots.count - 1)] }

  func find(_ key: Span<UInt8>, prefix: UInt32, hash: UInt64) -> Int? {
    let mask = slots.count - 1
    let tag = hash & tagMask
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let slot = slots[place]
      if slot == 0 { return nil }
      if slot & tagMask == tag {
        let number = Int(slot & 0xFFFF_FFFF) - 1
        if equals(number, prefix, key) { return number }
      }
      place = (place + 1) & mask
    }
  }

  /// How many keys are looked up at once at the most.
  package static let stageKeys = 64

  /// Looks up many keys at once, in passes over all of them, so that the memory's answers overlap: of a large table each look
  /// costs several waits for memory, and these are long.
  ///
  /// - Parameters:
  ///   - cells: of these every `width`th from `first` on is a key; `count` of them, at most `stageKeys`.
  ///   - numbers: gets the number of each, `UInt32.max` where there is no such key.
  package func find(
    _ cells: Span<Slice>, from first: Int, by width: Int, count: Int, in bytes: Span<UInt8>,
    into numbers: inout [UInt32]
  ) {
    precondition(prefixWidth == 0 && count <= KeyTable.stageKeys)
    var hashes = InlineArray<64, UInt64>(repeating: 0)
    var found = InlineArray<64, UInt64>(repeating: 0)
    let mask = slots.count - 1
    for index in 0..<count {
      hashes[index] = hash(0, bytes.extracting(cells[first + index * width].range))
    }
    for index in 0..<count { found[index] = slots[Int(truncatingIfNeeded: hashes[index]) & mask] }
    for index in 0..<count {
      var place = Int(truncatingIfNeeded: hashes[index]) & mask
      while found[index] != 0 && (found[index] ^ hashes[index]) & tagMask != 0 {
        place = (place + 1) & mask
        found[index] = slots[place]
      }
    }
    for index in 0..<count where found[index] != 0 {
      let number = Int(found[index] & 0xFFFF_FFFF) - 1
      hashes[index] = UInt64(starts[number]) << 32 | UInt64(starts[number + 1])
    }
    for index in 0..<count {
      if found[index] == 0 {
        numbers.append(.max)
        continue
      }
      let key = bytes.extracting(cells[first + index * width].range)
      let range = Int(hashes[index] >> 32)..<Int(hashes[index] & 0xFFFF_FFFF)
      if sameBytes(arena.span.extracting(range), key) {
        numbers.append(UInt32(found[index] & 0xFFFF_FFFF) - 1)
      } else {
        // Another key with the same tag.
        numbers.append(find(key).map { UInt32($0) } ?? .max)
      }
    }
  }

  /// Looks at the texts of keys, of all of them at once; gives a sum that means nothing.
  /// - Parameter numbers: at most `stageKeys`; `UInt32.max` for none.
  func look(at numbers: Span<UInt32>) -> UInt64 {
    var places = InlineArray<64, UInt32>(repeating: 0)
    for index in numbers.indices where numbers[index] != .max { places[index] = starts[Int(numbers[index])] }
    var sum: UInt64 = 0
    for index in numbers.indices where numbers[index] != .max { sum &+= UInt64(arena[Int(places[index])]) }
    return sum
  }

  package func value(of key: Span<UInt8>, prefix: UInt32 = 0) -> UInt32? {
    guard let number = find(key, prefix: prefix) else { return nil }
    return values[number]
  }

  /// Adds a key that is not there yet.
  package mutating func insert(_ key: Span<UInt8>, prefix: UInt32 = 0, value: UInt32) -> Int {
    insert(key, prefix: prefix, hash: hash(prefix, key), value: value)
  }

  mutating func insert(_ key: Span<UInt8>, prefix: UInt32, hash: UInt64, value: UInt32) -> Int {
    if (values.count + 1) * 8 > slots.count * 5 { grow() }
    let number = values.count
    values.append(value)
    for byte in 0..<prefixWidth { arena.append(UInt8(truncatingIfNeeded: prefix >> UInt32(8 * byte))) }
    arena.append(addingCapacity: key.count) { (room: inout OutputSpan<UInt8>) in
      for index in key.indices { room.append(key[index]) }
    }
    precondition(arena.count <= UInt32.max, "a key arena holds at most 4 GiB")
    starts.append(UInt32(arena.count))
    place(number, hash: hash)
    return number
  }

  /// Points an existing key at another value.
  package mutating func setValue(_ number: Int, _ value: UInt32) { values[number] = value }

  /// Takes the newest key out again. Sound with linear probing because nothing was inserted behind it.
  package mutating func removeLast() {
    let number = values.count - 1
    let hash = hash(of: number)
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while slots[place] & 0xFFFF_FFFF != UInt64(number + 1) { place = (place + 1) & mask }
    slots[place] = 0
    starts.removeLast()
    arena.removeLast(arena.count - Int(starts[number]))
    values.removeLast()
  }

  /// The key's text, without the number before it.
  package func bytes(of number: Int) -> ArraySlice<UInt8> {
    arena[Int(starts[number]) + prefixWidth..<Int(starts[number + 1])]
  }

  /// The number before the key's text.
  package func prefix(of number: Int) -> UInt32 {
    var prefix: UInt32 = 0
    for byte in 0..<prefixWidth { prefix |= UInt32(arena[Int(starts[number]) + byte]) << UInt32(8 * byte) }
    return prefix
  }

  /// The hash of a key in this table, for whoever looks it up in several passes.
  @inline(__always)
  func hash(_ prefix: UInt32, _ key: Span<UInt8>) -> UInt64 {
    keyHash(key, seed: seed ^ UInt64(prefix) &* 0x9E37_79B9_7F4A_7C15)
  }

  private func hash(of number: Int) -> UInt64 { hash(prefix(of: number), bytes(of: number).span) }

  private func equals(_ number: Int, _ prefix: UInt32, _ key: Span<UInt8>) -> Bool {
    let start = Int(starts[number]) + prefixWidth
    let end = Int(starts[number + 1])
    if end - start != key.count || !sameBytes(arena.span.extracting(start..<end), key) { return false }
    return prefixWidth == 0 || self.prefix(of: number) == prefix
  }

  private mutating func place(_ number: Int, hash: UInt64) {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while slots[place] != 0 { place = (place + 1) & mask }
    slots[place] = hash & tagMask | UInt64(number + 1)
  }

  private mutating func grow() {
    slots = [UInt64](repeating: 0, count: slots.count * 2)
    for number in 0..<values.count { place(number, hash: hash(of: number)) }
  }
}

/// The half of a slot that holds the tag.
private let tagMask: UInt64 = 0xFFFF_FFFF_0000_0000

// Growing bytes are a run of bytes that grows at its end, in memory of its own.

/// What lines are put together in: an array asks at every piece whether it is its own alone, and these are a dozen a line.
public struct GrowingBytes: ~Copyable {
  // Sound: `base` points to `capacity` bytes that are this value's alone from `init` to `deinit`; the first `count` of them were
  // written. Every store lies below `capacity`, every load below `count`, by the checks beside them.
  @usableFromInline var base: UnsafeMutableRawPointer
  @usableFromInline var capacity: Int
  @usableFromInline var filled = 0

  private static let firstBytes = 1024

  public init() {
    capacity = GrowingBytes.firstBytes
    base = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  /// How many bytes there are.
  @inlinable
  public var count: Int { filled }
  public var bytes: [UInt8] { Array(raw) }
  fileprivate var raw: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: filled) }

  fileprivate func raw(from start: Int) -> UnsafeRawBufferPointer {
    precondition(start >= 0 && start <= filled)
    return UnsafeRawBufferPointer(rebasing: raw[start...])
  }

  public mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= filled)
    filled = count
  }

  @inlinable
  public mutating func append(_ byte: UInt8) {
    if filled == capacity { makeRoom(for: 1) }
    base.storeBytes(of: byte, toByteOffset: filled, as: UInt8.self)
    filled &+= 1
  }

  @inlinable
  public mutating func append(_ piece: Span<UInt8>) {
    let added = piece.count
    if added > capacity &- filled { makeRoom(for: added) }
    let target = base + filled
    piece.withUnsafeBytes { from in
      if let source = from.baseAddress { ShortBytes.copy(source, to: target, count: added) }
    }
    filled &+= added
  }

  /// Appends a number seven bits a byte, lowest first, the high bit set on all but the last byte.
  @inlinable @inline(__always)
  public mutating func appendNumber(_ value: UInt64) {
    // Most are differences, and at its own place in a record a number is mostly as short as it was before.
    if value < 0x80 { append(UInt8(truncatingIfNeeded: value)) } else { appendLongNumber(value) }
  }

  @usableFromInline
  mutating func appendLongNumber(_ value: UInt64) {
    // Sound: a number of 64 bits takes at most ten bytes, and for these there is room, whether they are all stored or not.
    if capacity &- filled < 10 { makeRoom(for: 10) }
    // All sevens of bits are moved apart at once: a loop over numbers of all lengths is foreseen wrongly at every other one.
    let marks: UInt64 = 0x8080_8080_8080_8080
    let count = (Int(truncatingIfNeeded: 63 &- (value | 1).leadingZeroBitCount) &* 9 &+ 73) >> 6
    if value < 1 << 28 {
      // Nearly every one: four sevens.
      var bits = UInt32(truncatingIfNeeded: value)
      bits = bits & 0x3FFF | (bits & 0x0FFF_C000) << 2
      bits = bits & 0x007F_007F | (bits & 0x3F80_3F80) << 1
      bits |= UInt32(truncatingIfNeeded: marks) & ~(.max &<< UInt32(truncatingIfNeeded: 8 &* (count &- 1)))
      base.storeBytes(of: bits.littleEndian, toByteOffset: filled, as: UInt32.self)
      filled &+= count
      return
    }
    var bits = value & (1 << 56 - 1)
    bits = bits & 0x0FFF_FFFF | (bits & 0x00FF_FFFF_F000_0000) << 4
    bits = bits & 0x0000_3FFF_0000_3FFF | (bits & 0x0FFF_C000_0FFF_C000) << 2
    bits = bits & 0x007F_007F_007F_007F | (bits & 0x3F80_3F80_3F80_3F80) << 1
    if count <= 8 {
      bits |= marks & ~(UInt64.max &<< UInt64(truncatingIfNeeded: 8 &* (count &- 1)))
      base.storeBytes(of: bits.littleEndian, toByteOffset: filled, as: UInt64.self)
    } else {
      base.storeBytes(of: (bits | marks).littleEndian, toByteOffset: filled, as: UInt64.self)
      let last = UInt8(truncatingIfNeeded: value >> 56)
      base.storeBytes(of: last, toByteOffset: filled &+ 8, as: UInt8.self)
      // The highest bit of all is a byte of its own.
      base.storeBytes(of: 1, toByteOffset: filled &+ 9, as: UInt8.self)
    }
    filled &+= count
  }

  /// Appends what others were put together of, from a place in it on.
  public mutating func append(_ other: borrowing GrowingBytes, from start: Int) {
    precondition(start >= 0 && start <= other.filled)
    let added = other.filled - start
    if added > capacity - filled { makeRoom(for: added) }
    (base + filled).copyMemory(from: other.base + start, byteCount: added)
    filled += added
  }

  /// Appends them to an array, in one piece.
  public func append(to bytes: inout [UInt8]) {
    let (base, count) = (base, filled)
    bytes.append(addingCapacity: count) { room in
      room.withUnsafeMutableBufferPointer { target, written in
        // Sound: there is room for so many bytes behind those that were written, of which there are none yet.
        guard let start = target.baseAddress else { return }
        ShortBytes.copy(base, to: UnsafeMutableRawPointer(start + written), count: count)
        written += count
      }
    }
  }

  @usableFromInline @inline(never)
  mutating func makeRoom(for bytes: Int) {
    let wanted = max(filled + bytes, capacity * 2)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
    larger.copyMemory(from: base, byteCount: filled)
    base.deallocate()
    base = larger
    capacity = wanted
  }
}

extension SHA256 {
  public mutating func update(_ bytes: borrowing GrowingBytes, from start: Int = 0) {
    update(bytes.raw(from: start))
  }
}

extension AppendFile {
  public mutating func append(_ bytes: borrowing GrowingBytes, from start: Int = 0) throws(FileError) {
    try append(bytes.raw(from: start))
  }
}

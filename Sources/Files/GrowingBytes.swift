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

  /// Appends what others were put together of, from a place in it on.
  public mutating func append(_ other: borrowing GrowingBytes, from start: Int) {
    precondition(start >= 0 && start <= other.filled)
    let added = other.filled - start
    if added > capacity - filled { makeRoom(for: added) }
    (base + filled).copyMemory(from: other.base + start, byteCount: added)
    filled += added
  }

  /// Appends them to an array, in one piece.
  public func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: raw) }

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
  public mutating func update(_ bytes: borrowing GrowingBytes) { update(bytes.raw) }
}

extension AppendFile {
  public mutating func append(_ bytes: borrowing GrowingBytes) throws(FileError) {
    try append(bytes.raw)
  }
}

// An append file is written at its end only, through a buffer, and made durable when the owner says so.

import Glibc

/// A file that grows at its end: bytes are collected, written in large pieces, and synced on request.
///
/// After a failed write or sync every later call throws the same error. The kernel marks the pages of a failed fsync
/// clean, so a second one would report a success that never happened; only a new process that reads the file again
/// knows what it holds. Bytes that were neither flushed nor finished are lost with the value.
public struct AppendFile: ~Copyable {
  private let descriptor: Descriptor
  /// The bytes already handed to the kernel.
  private var written: Int64
  /// Those of them that were synced, or that the disk was told to begin with.
  private var begun: Int64
  private var buffer: [UInt8] = []
  private let bufferBytes: Int
  /// The disk is told to begin with a growing file in stretches of so many bytes: each telling wakes the disk's driver, which in a
  /// virtual machine leaves it; stretches of 256 KiB took four times as much of a profile.
  private static let earlyBytes: Int64 = 2 * 1024 * 1024
  private var failure: FileError?

  /// Opens a file at its end (`existing`), or makes one that must not exist yet.
  public init(
    in folder: Folder, name: [UInt8], existing: Bool, mode: UInt32 = 0o640, bufferBytes: Int = 256 * 1024
  ) throws(FileError) {
    let descriptor =
      existing ? try folder.openForWriting(name) : try folder.create(name, exclusive: true, mode: mode)
    let written = existing ? try descriptor.status().size : 0
    self.init(descriptor, written: written, bufferBytes: bufferBytes)
  }

  /// Opens an existing file to go on at `offset`, cutting off what lies behind it.
  public init(
    in folder: Folder, name: [UInt8], continuingAt offset: Int64, bufferBytes: Int = 256 * 1024
  ) throws(FileError) {
    let descriptor = try folder.openForWriting(name)
    try descriptor.truncate(to: offset)
    self.init(descriptor, written: offset, bufferBytes: bufferBytes)
  }

  private init(_ descriptor: consuming Descriptor, written: Int64, bufferBytes: Int) {
    precondition(bufferBytes > 0 && written >= 0)
    self.descriptor = descriptor
    self.written = written
    begun = written
    self.bufferBytes = bufferBytes
  }

  /// The file's length in bytes, those still in the buffer included.
  public var length: Int64 { written + Int64(buffer.count) }

  /// The error that stopped this file for good, if one did.
  public var stoppedBy: FileError? { failure }

  public mutating func append(_ bytes: [UInt8]) throws(FileError) {
    try checkSound()
    if bytes.count >= bufferBytes {
      try flush()
      try finishWrite(bytes.withUnsafeBytes { writeFully(descriptor.raw, $0, at: written) })
    } else {
      buffer.append(contentsOf: bytes)
      if buffer.count >= bufferBytes { try flush() }
    }
  }

  public mutating func append(_ bytes: ArraySlice<UInt8>) throws(FileError) {
    try checkSound()
    if bytes.count >= bufferBytes {
      try flush()
      try finishWrite(bytes.withUnsafeBytes { writeFully(descriptor.raw, $0, at: written) })
    } else {
      buffer.append(contentsOf: bytes)
      if buffer.count >= bufferBytes { try flush() }
    }
  }

  public mutating func append(_ bytes: Span<UInt8>) throws(FileError) {
    try checkSound()
    if bytes.count >= bufferBytes {
      try flush()
      // Sound: the span's bytes are lent for this one write, which returns before the closure does.
      try finishWrite(bytes.withUnsafeBytes { writeFully(descriptor.raw, $0, at: written) })
    } else {
      bytes.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
      if buffer.count >= bufferBytes { try flush() }
    }
  }

  /// Sound: the bytes are the caller's for the length of this call.
  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try checkSound()
    if bytes.count >= bufferBytes {
      try flush()
      try finishWrite(writeFully(descriptor.raw, bytes, at: written))
    } else {
      buffer.append(contentsOf: bytes)
      if buffer.count >= bufferBytes { try flush() }
    }
  }

  /// Appends what `write` puts behind the file's end; it gives the bytes written, or minus the errno.
  mutating func append(
    with write: (_ descriptor: Int32, _ offset: Int64) -> Int
  ) throws(FileError) {
    try flush()
    try finishWrite(write(descriptor.raw, written))
  }

  /// Hands what was collected to the kernel; it survives a kill then, not yet a power cut.
  public mutating func flush() throws(FileError) {
    try checkSound()
    if buffer.isEmpty { return }
    try finishWrite(buffer.withUnsafeBytes { writeFully(descriptor.raw, $0, at: written) })
    buffer.removeAll(keepingCapacity: true)
  }

  /// Flushes, and tells the kernel to begin writing to the disk what it was not told of yet; waits for nothing and promises nothing.
  public mutating func beginSync() throws(FileError) {
    try flush()
    if begun < written { startWriting() }
  }

  private mutating func startWriting() {
    SystemCalls.startWriting(descriptor.raw, offset: begun, length: written - begun)
    begun = written
  }

  /// Flushes and makes content and length durable (fdatasync).
  public mutating func sync() throws(FileError) {
    try flush()
    var answer = SystemCalls.fdatasync(descriptor.raw)
    if answer < 0, Plant.syncAgainAfterFailure.isPlanted {
      answer = SystemCalls.fdatasync(descriptor.raw)
    }
    if answer < 0 { throw stopped(by: "fdatasync", -answer) }
    begun = written
  }

  /// Drops what was collected but not yet flushed, and cuts the file to `length`.
  public mutating func truncate(to length: Int64) throws(FileError) {
    try checkSound()
    precondition(length >= 0 && length <= self.length)
    if length >= written {
      buffer.removeLast(Int(self.length - length))
      return
    }
    buffer.removeAll(keepingCapacity: true)
    let answer = SystemCalls.ftruncate(descriptor.raw, length: length)
    if answer < 0 { throw stopped(by: "ftruncate", -answer) }
    written = length
    begun = min(begun, length)
  }

  /// Flushes, syncs when asked, and closes; the file's name is durable only after its folder's sync.
  public consuming func finish(sync: Bool = true) throws(FileError) {
    if sync { try self.sync() } else { try flush() }
  }

  private func checkSound() throws(FileError) {
    if let failure { throw failure }
  }

  private mutating func finishWrite(_ answer: Int) throws(FileError) {
    if answer < 0 { throw stopped(by: "pwrite", -answer) }
    written += Int64(answer)
    if written - begun >= AppendFile.earlyBytes { startWriting() }
  }

  private mutating func stopped(by call: String, _ code: Int) -> FileError {
    let error = FileError(call: call, path: descriptor.place.text, errno: Int32(code))
    failure = error
    return error
  }
}

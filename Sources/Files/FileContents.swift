// The contents of an open file, read in sequence or at a position.

import Glibc

/// An open file's bytes: read on from where the last read ended, or at any offset.
public struct FileContents: ~Copyable, Sendable {
  private let descriptor: Descriptor

  public init(_ descriptor: consuming Descriptor) {
    self.descriptor = descriptor
  }

  /// Appends up to `count` further bytes to `buffer` and says how many came; zero is the end.
  ///
  /// Reads on until `count` bytes came or the file ended, so a short answer means the end.
  public mutating func read(into buffer: inout [UInt8], upTo count: Int) throws(FileError) -> Int {
    precondition(count >= 0)
    var answer = 0
    buffer.append(addingCapacity: count) { free in
      free.withUnsafeMutableBufferPointer { room, filled in
        // Sound: the slice lies inside the uninitialised room lent to us, and only the bytes the kernel wrote
        // are counted as filled.
        let space = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(room)[filled...])
        answer = readFully(UnsafeMutableRawBufferPointer(rebasing: space[..<min(count, space.count)]))
        if answer > 0 { filled += answer }
      }
    }
    return try granted(answer, "read", descriptor.place.text)
  }

  /// Reads further bytes over `buffer[start...]`, whose length stays as it is, and says how many came; zero is the end.
  ///
  /// For a reader that keeps one buffer: nothing is allocated or cleared.
  public mutating func read(over buffer: inout [UInt8], from start: Int) throws(FileError) -> Int {
    precondition(start >= 0 && start <= buffer.count)
    let answer = buffer.withUnsafeMutableBytes {
      readFully(UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
    }
    return try granted(answer, "read", descriptor.place.text)
  }

  /// Where the first part begins that nobody has written; nil: every byte of the file was.
  ///
  /// Clients that send one file over several connections leave holes until the last of them is done. Where the file system
  /// keeps no record of holes there are none.
  public borrowing func firstHole() throws(FileError) -> Int64? {
    try descriptor.firstHole(before: try status().size)
  }

  /// The bytes from `offset` on, `count` of them or fewer when the file ends before.
  public borrowing func read(at offset: Int64, count: Int) throws(FileError) -> [UInt8] {
    try descriptor.read(at: offset, count: count)
  }

  /// Puts the bytes from `offset` on in the place of a buffer's, `count` of them or fewer when the file ends before; the buffer's
  /// room is used again.
  public borrowing func read(at offset: Int64, count: Int, into buffer: inout [UInt8]) throws(FileError) {
    precondition(offset >= 0 && count >= 0)
    buffer.removeAll(keepingCapacity: true)
    var answer = 0
    let raw = self.raw
    buffer.append(addingCapacity: count) { free in
      free.withUnsafeMutableBufferPointer { room, filled in
        // Sound: the slice lies inside the uninitialised room lent to us, and only the bytes the kernel wrote are counted as filled.
        let space = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: room[..<count]))
        answer = Files.readFully(raw, into: space, at: offset)
        filled = max(answer, 0)
      }
    }
    _ = try granted(answer, "pread", place.text)
  }

  /// The status of the file itself, whatever its name now is.
  public borrowing func status() throws(FileError) -> FileStatus { try descriptor.status() }

  /// Makes the content durable; a partner's server did not.
  public borrowing func sync() throws(FileError) { try descriptor.sync() }

  /// Whether anybody still writes to this file.
  public borrowing func writers() -> Lease.Writers { Lease.isOpenForWriting(descriptor) }

  /// The raw descriptor, for the other files of this room.
  var raw: Int32 { descriptor.raw }

  /// Where the file was opened, for messages.
  public var place: FilePlace { descriptor.place }

  private func readFully(_ space: UnsafeMutableRawBufferPointer) -> Int {
    var done = 0
    while done < space.count {
      let answer = SystemCalls.read(
        descriptor.raw, into: UnsafeMutableRawBufferPointer(rebasing: space[done...]))
      if answer < 0 { return answer }
      if answer == 0 { break }
      done += answer
    }
    return done
  }
}

extension Descriptor {
  /// Where the first part begins, before an offset, that nobody has written.
  public borrowing func firstHole(before end: Int64) throws(FileError) -> Int64? {
    // No data at all (ENXIO) and a file system that cannot tell (EINVAL) are no holes.
    let answer = SystemCalls.seekHole(raw)
    if end == 0 || answer == -Int(ENXIO) || answer == -Int(EINVAL) { return nil }
    let hole = Int64(try granted(answer, "lseek", place.text))
    return hole < end ? hole : nil
  }

  /// The bytes from `offset` on, `count` of them or fewer when the file ends before (pread).
  public borrowing func read(at offset: Int64, count: Int) throws(FileError) -> [UInt8] {
    precondition(offset >= 0 && count >= 0)
    var answer = 0
    let raw = self.raw
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { room, filled in
      // Sound: only what the kernel wrote into the room lent to us is counted as filled.
      var done = 0
      while done < count {
        let space = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: room[done..<count]))
        answer = SystemCalls.pread(raw, into: space, at: offset + Int64(done))
        if answer <= 0 { break }
        done += answer
      }
      filled = done
    }
    _ = try granted(answer, "pread", place.text)
    return bytes
  }
}

extension Descriptor {
  /// Does the file begin with these bytes?
  public borrowing func holds(_ bytes: [UInt8]) throws(FileError) -> Bool {
    let there = try read(at: 0, count: bytes.count)
    if there.count != bytes.count { return false }
    // Sound: both are lent for this one look, and as long as its count says.
    return there.withUnsafeBytes { own in
      bytes.withUnsafeBytes { other in
        own.count == 0 || memcmp(own.baseAddress!, other.baseAddress!, own.count) == 0
      }
    }
  }
}

/// All the bytes of a regular file; a file longer than `limit` is refused with EFBIG, any other kind with EINVAL.
public func readWhole(_ folder: Folder, _ name: [UInt8], limit: Int) throws(FileError) -> [UInt8] {
  let descriptor = try folder.openForReading(name)
  let status = try descriptor.status()
  let place = folder.place(name)
  guard status.kind == .regular else { throw FileError(call: "read", path: place.text, errno: EINVAL) }
  guard status.size <= Int64(limit) else { throw FileError(call: "read", path: place.text, errno: EFBIG) }
  var contents = FileContents(descriptor)
  var bytes: [UInt8] = []
  // One byte more than it should have, so that a file that grows while we read is noticed.
  _ = try contents.read(into: &bytes, upTo: min(limit, Int(status.size)) + 1)
  while bytes.count <= limit {
    if try contents.read(into: &bytes, upTo: 64 * 1024) == 0 { return bytes }
  }
  throw FileError(call: "read", path: place.text, errno: EFBIG)
}

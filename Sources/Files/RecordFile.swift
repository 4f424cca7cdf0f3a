// Records as they lie in memory, written to a file and read back in large pieces.
//
// Sound: `BitwiseCopyable` says that a record is its bytes and nothing else, so a copy of the bytes is a copy of the
// record. Whoever reads records back must know that the same layout wrote them and that a checksum over them is right;
// otherwise an enumeration could hold a case that is none.

import Glibc

/// The checksums that go with a run of records: one CRC-32C for each block of their bytes.
public enum RecordBlocks {
  /// The bytes that one checksum stands for; the last block may be shorter.
  public static let blockBytes = 1 << 20

  /// How many blocks so many bytes make.
  public static func count(bytes: Int) -> Int { (bytes + blockBytes - 1) / blockBytes }
}

extension AppendFile {
  /// Appends records as they lie in memory and gives the checksums of their blocks.
  public mutating func append<Record: BitwiseCopyable>(records: [Record]) throws(FileError) -> [UInt32] {
    var sums: [UInt32] = []
    try append { descriptor, offset in
      // Sound: every block lies inside the array's own bytes, which are lent for this closure.
      records.withUnsafeBytes { raw in
        sums.reserveCapacity(RecordBlocks.count(bytes: raw.count))
        var place = 0
        while place < raw.count {
          let end = min(place + RecordBlocks.blockBytes, raw.count)
          let block = UnsafeRawBufferPointer(rebasing: raw[place..<end])
          sums.append(CRC32C.of(block))
          let answer = writeFully(descriptor, block, at: offset + Int64(place))
          if answer < 0 { return answer }
          place = end
        }
        return place
      }
    }
    return sums
  }
}

extension FileContents {
  /// Reads records that lie in the file from `offset` on, and the checksums of their blocks; nil where the file ends
  /// before the last of them.
  ///
  /// - Parameter count: bounded by the file's size before anything is allocated.
  public borrowing func records<Record: BitwiseCopyable>(
    of type: Record.Type, at offset: Int64, count: Int
  ) throws(FileError) -> (records: [Record], sums: [UInt32])? {
    let size = try status().size
    let stride = MemoryLayout<Record>.stride
    guard offset >= 0, offset <= size, count >= 0, Int64(count) <= (size - offset) / Int64(stride) else {
      return nil
    }
    let bytes = count * stride
    var found = ReadCrew.Found(sums: [], short: nil)
    let raw = self.raw
    let records = [Record](unsafeUninitializedCapacity: count) { room, filled in
      // Sound: only whole blocks that the kernel wrote into the room lent to us count as filled.
      let room = UnsafeMutableRawBufferPointer(start: room.baseAddress, count: bytes)
      let isAlone = bytes < ReadCrew.bytesMin || OtherThreads.areBarred
      found = isAlone ? blocks(of: room, raw, at: offset) : ReadCrew.fill(room, from: raw, at: offset)
      filled = found.short == nil ? count : 0
    }
    if let short = found.short {
      _ = try granted(short, "pread", place.text)
      return nil
    }
    return (records, found.sums)
  }

  /// Reads block after block.
  private borrowing func blocks(
    of room: UnsafeMutableRawBufferPointer, _ raw: Int32, at offset: Int64
  ) -> ReadCrew.Found {
    var found = ReadCrew.Found(sums: [], short: nil)
    found.sums.reserveCapacity(RecordBlocks.count(bytes: room.count))
    for start in stride(from: 0, to: room.count, by: RecordBlocks.blockBytes) {
      let end = min(start + RecordBlocks.blockBytes, room.count)
      let block = UnsafeMutableRawBufferPointer(rebasing: room[start..<end])
      let answer = readFully(raw, into: block, at: offset + Int64(start))
      if answer < block.count {
        found.short = answer
        break
      }
      found.sums.append(CRC32C.of(UnsafeRawBufferPointer(block)))
    }
    return found
  }
}

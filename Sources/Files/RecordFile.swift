// Records as they lie in memory, written to a file and read back in large pieces.
//
// Sound: `BitwiseCopyable` says that a record is its bytes and nothing else, so a copy of the bytes is a copy of the
// record. Whoever reads records back must know that the same layout wrote them and that a checksum over them is right;
// otherwise an enumeration could hold a case that is none.

import Glibc

/// The checksums that go with a run of records: one CRC-32C for each block of their bytes.
package enum RecordBlocks {
  /// The bytes that one checksum stands for; the last block may be shorter.
  package static let blockBytes = 1 << 20

  /// How many blocks so many bytes make.
  package static func count(bytes: Int) -> Int { (bytes + blockBytes - 1) / blockBytes }
}

extension AppendFile {
  /// Appends records as they lie in memory and gives the checksums of their blocks.
  package mutating func append<Record: BitwiseCopyable>(records: [Record]) throws(FileError) -> [UInt32] {
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
  package borrowing func records<Record: BitwiseCopyable>(
    of type: Record.Type, at offset: Int64, count: Int
  ) throws(FileError) -> (records: [Record], sums: [UInt32])? {
    let size = try status().size
    let stride = MemoryLayout<Record>.stride
    guard offset >= 0, offset <= size, count >= 0, Int64(count) <= (size - offset) / Int64(stride) else {
      return nil
    }
    var sums: [UInt32] = []
    let bytes = count * stride
    sums.reserveCapacity(RecordBlocks.count(bytes: bytes))
    var isWhole = true
    var failure: FileError?
    let records = [Record](unsafeUninitializedCapacity: count) { room, filled in
      // Sound: only whole blocks that the kernel wrote into the room lent to us count as filled.
      let raw = UnsafeMutableRawBufferPointer(room)
      var place = 0
      while place < bytes {
        let end = min(place + RecordBlocks.blockBytes, bytes)
        let block = UnsafeMutableRawBufferPointer(rebasing: raw[place..<end])
        do throws(FileError) {
          guard try read(at: offset + Int64(place), into: block) == block.count else {
            isWhole = false
            break
          }
        } catch {
          failure = error
          break
        }
        sums.append(CRC32C.of(UnsafeRawBufferPointer(block)))
        place = end
      }
      filled = place == bytes ? count : 0
    }
    if let failure { throw failure }
    return isWhole ? (records, sums) : nil
  }

  /// Fills the buffer from `offset` on and says how many bytes came; fewer only where the file ends.
  private borrowing func read(
    at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
    let (raw, place) = (self.raw, self.place)
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let answer = SystemCalls.pread(raw, into: rest, at: offset + Int64(done))
      if try granted(answer, "pread", place.text) == 0 { break }
      done += answer
    }
    return done
  }
}

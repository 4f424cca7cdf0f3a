// A read crew fills a long stretch of memory from a file: some threads, each with blocks of its own, each with their checksums.
//
// Of a large table half the time goes into pages of memory that are touched for the first time, and the rest into the copy and
// the checksum; all of it can be done in several places at once.

import Glibc
import Synchronization

/// The reading of whole blocks into room that somebody lends until all of them are read.
final class ReadCrew: Sendable {
  private let raw: Int32
  private let offset: Int64
  // Sound: the room is lent to `fill` until every thread has ended, and each block of it is touched by the one thread that took
  // its number.
  private nonisolated(unsafe) let room: UnsafeMutableRawBufferPointer
  private let next = Atomic<Int>(0)
  private let found: Mutex<Found>

  /// What came of the blocks.
  struct Found {
    var sums: [UInt32]
    /// The kernel's answer where it gave less than a whole block: fewer bytes, or a refusal.
    var short: Int?
  }

  /// A shorter stretch is read before a second thread has begun.
  static let bytesMin = 8 << 20
  private static let hands = 2
  /// So many blocks are taken at a time.
  private static let blocksApart = 4

  private init(_ raw: Int32, _ offset: Int64, _ room: UnsafeMutableRawBufferPointer) {
    self.raw = raw
    self.offset = offset
    self.room = room
    let blocks = RecordBlocks.count(bytes: room.count)
    found = Mutex(Found(sums: [UInt32](repeating: 0, count: blocks), short: nil))
  }

  /// Fills the room with what lies in the file from `offset` on.
  static func fill(_ room: UnsafeMutableRawBufferPointer, from raw: Int32, at offset: Int64) -> Found {
    let crew = ReadCrew(raw, offset, room)
    SystemCalls.adviseLargePages(room)
    var helpers: [pthread_t] = []
    for _ in 1..<hands {
      var thread = pthread_t()
      let own = Unmanaged.passRetained(crew)
      let answer = pthread_create(
        &thread, nil,
        { given in
          guard let given else { return nil }
          Unmanaged<ReadCrew>.fromOpaque(given).takeRetainedValue().carryOn()
          return nil
        }, own.toOpaque())
      // Where the system gives no more threads, those there are do all of it.
      if answer == 0 { helpers.append(thread) } else { own.release() }
    }
    crew.carryOn()
    for helper in helpers { pthread_join(helper, nil) }
    return crew.found.withLock { $0 }
  }

  private func carryOn() {
    while true {
      let first = next.wrappingAdd(Self.blocksApart, ordering: .relaxed).oldValue
      for block in first..<first + Self.blocksApart {
        let start = block * RecordBlocks.blockBytes
        if start >= room.count { return }
        let end = min(start + RecordBlocks.blockBytes, room.count)
        let part = UnsafeMutableRawBufferPointer(rebasing: room[start..<end])
        let answer = readFully(raw, into: part, at: offset + Int64(start))
        let sum = answer == part.count ? CRC32C.of(UnsafeRawBufferPointer(part)) : 0
        found.withLock {
          $0.sums[block] = sum
          if answer < part.count { $0.short = min(answer, $0.short ?? answer) }
        }
        if answer < part.count { return }
      }
    }
  }
}

/// Reads at a position until the buffer is full or the file ends; how many bytes came, or the refusal.
func readFully(_ raw: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int {
  var done = 0
  while done < buffer.count {
    let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
    let answer = SystemCalls.pread(raw, into: rest, at: offset + Int64(done))
    if answer < 0 { return answer }
    if answer == 0 { break }
    done += answer
  }
  return done
}

/// Whether work may go on other threads at all.
public enum OtherThreads {
  /// A plan of faults counts calls, and counts them in an order; a planted fault is its own thread's.
  public static var areBarred: Bool { FaultPlan.isInForce || Plant.isAnyPlanted }
}

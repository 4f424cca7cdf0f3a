// A fuzzed ledger: a journal of any bytes is refused or read, and never believed beyond its checksums.

import Files
import Foundation
import Ledger
import Orders

/// A segment of the journal that holds any bytes.
enum FuzzedJournal {
  /// Reads the segment as a start would. What was committed in it is taken in; what is damaged is said, with its place.
  static func check(_ input: [UInt8]) throws {
    try FuzzFolder.with { folder, _ in try check(input, in: folder) }
  }

  private static func check(_ input: [UInt8], in folder: Folder) throws {
    let journal = try folder.makeSubfolder("journal")
    let name = Array("journal-00000000000000000000.wbj".utf8)
    try journal.create(name, exclusive: false).write(input, at: 0)
    var replay = Replay()
    var frames = 0
    do {
      let found = try JournalScan(folder).run { frame in
        frames += 1
        try expect(frame.end <= UInt64(input.count) && frame.offset < frame.end, "a frame beyond the file")
        try replay.take(frame)
      }
      try expect(found.last.end <= UInt64(input.count), "the journal is said to end behind its file")
      if let tail = found.tornTail {
        try expect(tail.byteOffset <= UInt64(input.count), "a tail behind the file")
      }
      // Read up to there again, it says the same.
      var again = 0
      _ = try JournalScan(folder).run { _ in again += 1 }
      try expect(again == frames, "\(again) frames for \(frames) in a second reading")
    } catch let damage as JournalDamage {
      try expect(damage.byteOffset <= UInt64(input.count), "damage behind the end of the file: \(damage)")
      try expect(damage.segment.utf8.elementsEqual(name), "damage in another file")
    } catch is RecordFault {
      throw FuzzFinding("a frame with the right hash holds what no writer wrote")
    }
  }
}

/// The records in a journal's frames, of any bytes: whoever reads them must refuse what does not make sense.
enum FuzzedRecords {
  static func check(_ input: [UInt8]) {
    _ = try? ClaimRecord.read(input)
    _ = try? BeginRecord(input)
    _ = try? RepairRecord(input)
    _ = try? PublishedMark.read(input)
    _ = try? CommitTerms.read(input)
    if var cursor = try? RowCursor(payload: input, frame: 0) {
      do { while !cursor.isAtEnd { _ = try cursor.next() } } catch {}
    }
    for kind in [FrameKind.begin, .answers, .commit] {
      var frame = JournalFrame(
        kind: kind, offset: 0, end: 8, sequence: FrameSequence(1), payload: input, commit: nil)
      if kind == .commit { frame.commit = CommitFields(decision: DecisionNumber(1), frames: 2, hash: []) }
      var reader = DecisionReader(partners: [Array("dtdc".utf8)])
      _ = try? reader.take(frame)
    }
  }
}

/// A folder of one check's own, in memory where the machine has such a place, removed when the check is done.
enum FuzzFolder {
  static func with<Result>(_ body: (Folder, _ path: String) throws -> Result) throws -> Result {
    let isShared = FileManager.default.isWritableFile(atPath: "/dev/shm")
    let path = (isShared ? "/dev/shm" : "/tmp") + "/waybill-fuzz-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(Folder.make(path: path, mode: 0o700), path)
  }
}

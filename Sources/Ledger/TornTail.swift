// A torn tail is what an outage left behind the last commit: uncommitted, whatever it holds.

import Files
import Orders

/// The bytes behind the last sound frame of the journal, which nothing proves were ever durable.
public struct TornTail: Equatable, Sendable {
  /// The segment's file name.
  public var segment: String
  /// Where in that file the tail begins.
  public var byteOffset: UInt64
  public var bytes: UInt64
  /// The same bytes without the zeros at their end.
  public var bytesBeforeZeros: UInt64
  /// What ended the sound part.
  public var fault: FrameFault

  var file: JournalSegment
  /// Not even the segment's header is sound: the outage came while the segment was made.
  var isWholeSegment: Bool { byteOffset == 0 }

  /// Looks at what lies behind the sound part of the last segment; throws the damage when it proves that a later commit
  /// was synced.
  init(
    behind walk: JournalWalk, in window: inout SegmentWindow, _ stop: JournalWalk.Stop,
    _ evidence: JournalEvidence
  ) throws {
    guard let file = walk.segment else { preconditionFailure("a walk stops in a segment") }
    let begin = Int(walk.sound.end - file.first)
    var proven = evidence.position?.sequence ?? FrameSequence(0)
    var dataEnd = begin
    var offset = begin
    while offset < window.size {
      let index = try window.hold(offset, count: Self.stretchBytes)
      let bytes = window.bytes
      let stretch = bytes[index..<min(bytes.count, index + Self.stretchBytes)]
      if stretch.isEmpty { break }
      if let lastByte = stretch.lastIndex(where: { $0 != 0 }) { dataEnd = offset + lastByte - index + 1 }
      for place in stride(from: index, to: stretch.endIndex - 2, by: 8)
      where FrameHeader.mayBegin(bytes, at: place) {
        let at = try window.hold(offset + place - index, count: JournalFormat.headerBytes)
        guard let header = try? FrameHeader(reading: window.bytes, at: at) else { continue }
        let isOurs = walk.segmentID.map { $0 == header.segmentID } ?? true
        if isOurs { proven = max(proven, header.synced) }
      }
      offset += stretch.count
    }
    let decision = evidence.decision ?? DecisionNumber(0)
    let isDamage = proven > walk.last.sequence || decision > walk.last.decision
    if isDamage, !Plant.cutAtAnyBadFrame.isPlanted {
      throw walk.damage(stop.offset, .frame(stop.fault))
    }
    self.file = file
    segment = file.text
    byteOffset = UInt64(begin)
    bytes = UInt64(window.size - begin)
    bytesBeforeZeros = UInt64(dataEnd - begin)
    fault = stop.fault
  }

  private static let stretchBytes = 1 << 20
}

/// A torn tail after it was cut off.
public struct CutTail: Equatable, Sendable, CustomStringConvertible {
  public var tail: TornTail
  /// The file in `ledger/torn` that keeps its bytes; nil when there was nothing but zeros.
  public var asideName: [UInt8]?
  public var asideBytes: UInt64

  public var description: String {
    let what = "\(tail.bytes) bytes behind the last commit, at byte \(tail.byteOffset) of \(tail.segment)"
    guard let asideName else { return "cut \(what): nothing but zeros" }
    let part = asideBytes < tail.bytesBeforeZeros ? "the first \(asideBytes) of them " : ""
    let name = String(decoding: asideName, as: UTF8.self)
    return "cut \(what) (\(tail.fault)); \(part)kept in torn/\(name)"
  }
}

extension TornTail {
  /// Keeps a copy of the tail in `ledger/torn`, durably, and then cuts it off, durably.
  ///
  /// Of a tail that is very long only the beginning is kept: it is there to be looked at, nothing is ever restored
  /// from it, and a program killed again and again must not fill the disk.
  func cut(ledger: Folder, journal: Folder) throws(FileError) -> CutTail {
    let kept = try keepAside(ledger, journal)
    if isWholeSegment {
      try journal.remove(file.name)
    } else {
      let descriptor = try journal.openForWriting(file.name)
      try descriptor.truncate(to: Int64(byteOffset))
      try descriptor.sync()
    }
    try journal.sync()
    return CutTail(tail: self, asideName: kept.name, asideBytes: kept.bytes)
  }

  private func keepAside(
    _ ledger: Folder, _ journal: Folder
  ) throws(FileError) -> (name: [UInt8]?, bytes: UInt64) {
    let bytes = min(bytesBeforeZeros, Self.asideBytesMax)
    if bytes == 0 { return (nil, 0) }
    let torn = try ledger.makeSubfolder(Self.folderName, mode: 0o700)
    try ledger.sync()
    let name = try freeName(torn)
    let contents = FileContents(try journal.openForReading(file.name))
    var aside = try AppendFile(in: torn, name: name, existing: false)
    var done: UInt64 = 0
    while done < bytes {
      let piece = try contents.read(
        at: Int64(byteOffset + done), count: Int(min(bytes - done, UInt64(Self.stretchBytes))))
      if piece.isEmpty { break }
      try aside.append(piece)
      done += UInt64(piece.count)
    }
    try aside.finish()
    try torn.sync()
    return (name, done)
  }

  /// `OFFSET-N.tail`, where OFFSET is the tail's logical offset and N the first number that is free.
  private func freeName(_ torn: Folder) throws(FileError) -> [UInt8] {
    var number = 1
    while true {
      let name = Array("\(file.first + byteOffset)-\(number).tail".utf8)
      if try torn.status(name) == nil { return name }
      number += 1
    }
  }

  static let folderName = "torn"
  private static let asideBytesMax: UInt64 = 64 << 20
}

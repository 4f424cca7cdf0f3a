// A scan over the whole journal: segment after segment, then what was found against the evidence.

import Files
import Orders

extension JournalScan {
  /// A segment and how much of it counts.
  struct Extent {
    var segment: JournalSegment
    var size: Int
    var end: UInt64 { segment.first + UInt64(size) }
  }

  /// Walks over all segments from the start position on.
  func walk(
    replaying: Bool, progress: (UInt64, UInt64) -> Void, _ each: (JournalFrame) throws -> Void
  ) throws -> Finding {
    var reader: JournalReader?
    return try find(replaying: replaying, progress: progress) { found in
      try each(
        try found.frame {
          let known = try reader ?? JournalReader(ledger)
          reader = known
          return known
        })
    }
  }

  /// The same, but for what is to be read again.
  /// - Parameters:
  ///   - chainAhead: what may have been summed before the walk comes to it.
  ///   - progress: is told of every frame.
  func find(
    replaying: Bool, chainAhead: ChainAhead? = nil, progress: (UInt64, UInt64) throws -> Void,
    _ each: (JournalWalk.Found) throws -> Void
  ) throws -> Finding {
    var walk = JournalWalk(
      from: start, evidence: evidence.position, replaying: replaying, heldBytesMax: heldBytesMax,
      chainAhead: chainAhead)
    guard try ledger.status(Array(JournalSegment.folderName.utf8)) != nil else {
      return try finding(walk, extents: [], nil)
    }
    let journal = try ledger.subfolder(JournalSegment.folderName)
    let extents = try extents(journal)
    let first = extents.lastIndex { $0.segment.first <= start.end } ?? 0
    var tail: TornTail?
    for (index, extent) in extents.enumerated().dropFirst(first) {
      let from = index == first ? Int(start.end - extent.segment.first) : 0
      if from > extent.size { break }
      var window = SegmentWindow(
        FileContents(try journal.openForReading(extent.segment.name)), size: extent.size)
      try walk.enter(extent.segment, number: index, &window, from: from)
      let stop = try walk.read(&window, from: from, { try progress($0, extents.last?.end ?? 0) }, each)
      guard let stop else { continue }
      guard index == extents.count - 1 else { throw walk.damage(stop.offset, .frame(stop.fault)) }
      tail = try TornTail(behind: walk, in: &window, stop, evidence)
    }
    return try finding(walk, extents: extents, tail)
  }

  /// How many bytes of journal lie behind the start, as the files' lengths say.
  func bytesToRead() throws -> UInt64 {
    guard try ledger.status(Array(JournalSegment.folderName.utf8)) != nil else { return 0 }
    let end = try extents(try ledger.subfolder(JournalSegment.folderName)).last?.end ?? 0
    return end - min(end, start.end)
  }

  /// The segments with their lengths, which must follow one another without a gap.
  private func extents(_ journal: Folder) throws -> [Extent] {
    var extents: [Extent] = []
    for segment in try JournalSegment.list(journal) {
      if let limit, segment.first >= limit.end { break }
      let expected = extents.last?.end ?? 0
      if segment.first != expected { throw gap(before: segment, extents.last) }
      let size = try journal.status(segment.name)?.size ?? 0
      let counted = limit.map { min(UInt64(size), $0.end - segment.first) } ?? UInt64(size)
      extents.append(Extent(segment: segment, size: Int(counted)))
    }
    return extents
  }

  private func gap(before segment: JournalSegment, _ previous: Extent?) -> JournalDamage {
    guard let previous else {
      return JournalDamage(
        segment: segment.text, byteOffset: 0, sequence: FrameSequence(1), what: .segmentMissing)
    }
    return JournalDamage(
      segment: previous.segment.text, byteOffset: UInt64(previous.size), sequence: FrameSequence(0),
      what: .segmentLength)
  }

  /// Holds what was found against the evidence.
  private func finding(_ walk: JournalWalk, extents: [Extent], _ tail: TornTail?) throws -> Finding {
    let reached = walk.last
    var missing: DecisionNumber?
    if let position = evidence.position {
      if position.sequence > reached.sequence { missing = position.decision }
      let met = position == start || position.sequence < start.sequence || walk.metEvidence
      if missing == nil, !met, !Plant.cutAtAnyBadFrame.isPlanted { throw walk.damage(atEnd: .otherHistory) }
    }
    if let decision = evidence.decision, decision > reached.decision {
      missing = max(decision, missing ?? decision)
    }
    if start.end > (extents.last?.end ?? 0) { missing = max(start.decision, missing ?? start.decision) }
    if let missing, !Plant.cutAtAnyBadFrame.isPlanted { throw walk.damage(atEnd: .ended(before: missing)) }

    return Finding(
      last: reached, lastCommitOffset: walk.lastCommitOffset, synced: walk.synced,
      stoppedCleanly: walk.sound.stoppedCleanly && tail == nil,
      tornTail: tail, counts: walk.counts, sound: walk.sound,
      segmentsKept: extents.count - (tail?.isWholeSegment == true ? 1 : 0),
      segment: tail == nil && walk.segmentVersion == JournalFormat.version
        ? extents.last.flatMap { extent in walk.segmentID.map { (extent.segment, $0) } } : nil)
  }
}

import Files
import Orders
import Testing

@testable import Ledger

@Suite("A journal that rotted or was changed")
struct JournalDamageTests {
  let ledger: ScratchLedger
  let story: Story
  let segments: [Segment]

  init() throws {
    ledger = try ScratchLedger()
    var numbers = SeededNumbers(seed: 21)
    var story = Story()
    var (journal, _, _) = try open(ledger, segmentBytesMax: 400)
    while try ledger.segments().count < 3 { try story.tell(journal, 1, &numbers, payloadBytesMax: 20) }
    try journal.sync()
    // The last segment holds several groups, each with a sync of its own but the last.
    (journal, _, _) = try open(ledger)
    for turn in 0..<6 {
      try story.tellCommit(journal, payload: numbers.bytes(turn))
      if turn % 2 == 1, turn < 5 { try journal.sync() }
    }
    try journal.begin(.claims, [1])
    try journal.abort()
    try journal.markPublished([2])
    story.told.append((Told(.published, [2], at: journal.nextFrameOffset - 48), journal.nextFrameOffset))
    _ = try journal.read(frameAt: journal.nextFrameOffset - 48)
    self.story = story
    segments = try ledger.segments()
  }

  /// What the rules say must come of a journal whose frame at `offset` of segment `index` is bad; nil: a torn tail.
  func expectedDamage(_ index: Int, at offset: Int, _ evidence: LedgerPosition?) -> UInt64? {
    if index < segments.count - 1 { return UInt64(offset) }
    let good = story.commit(before: segments[index].first + UInt64(offset))
    let later = segments[index].frames.filter { $0.range.lowerBound > offset }.map(\.header.synced)
    let proven = (later + [evidence?.sequence ?? FrameSequence(0)]).max() ?? FrameSequence(0)
    return proven > good.sequence ? UInt64(offset) : nil
  }

  /// Holds what a scan says against the rules.
  func check(_ index: Int, at offset: Int, _ evidence: LedgerPosition?, _ note: String) throws {
    let scan = JournalScan(ledger.folder, evidence: JournalEvidence(position: evidence))
    switch (try Scanned(scan), expectedDamage(index, at: offset, evidence)) {
    case (.damage(let damage), let expected?):
      #expect(damage.byteOffset == expected, "\(note)")
      #expect(damage.segment == JournalSegment(first: segments[index].first).text, "\(note)")
    case (.finding(let found, let told), nil):
      let end = segments[index].first + UInt64(offset)
      #expect(told == story.told(upTo: end), "\(note)")
      #expect(found.last == story.commit(before: end), "\(note)")
      #expect(found.tornTail != nil, "\(note)")
    case (.damage(let damage), nil):
      Issue.record("\(note): \(damage) where only an outage can be seen")
    case (.finding, .some):
      Issue.record("\(note): damage was taken for an outage")
    }
  }

  @Test("A flipped bit in any byte is found where it is", arguments: [false, true])
  func everyByte(withEvidence: Bool) throws {
    var numbers = SeededNumbers(seed: 22)
    let evidence = withEvidence ? story.commits.last : nil
    for (index, segment) in segments.enumerated() where index == segments.count - 1 || !withEvidence {
      for frame in segment.frames {
        for place in frame.range {
          var changed = segment
          changed.bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
          try ledger.replace(changed)
          try check(index, at: frame.range.lowerBound, evidence, "segment \(index), byte \(place)")
        }
      }
      try ledger.replace(segment)
    }
  }

  @Test("A byte of any value in any place never ends the program", arguments: UInt64(1)...6)
  func randomBytes(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<150 {
      var changed = segments
      let index = Int.random(in: 0..<changed.count, using: &numbers)
      for _ in 0..<Int.random(in: 1...40, using: &numbers) {
        let place = Int.random(in: 0..<changed[index].bytes.count, using: &numbers)
        changed[index].bytes[place] = UInt8.random(in: .min ... .max, using: &numbers)
      }
      try ledger.replaceSegments(changed)
      guard case .finding(let found, let told) = try Scanned(JournalScan(ledger.folder)) else { continue }
      #expect(told == story.told(upTo: found.sound.end), "seed \(seed)")
    }
  }

  @Test("A whole frame that is missing is found")
  func missingFrames() throws {
    for (index, segment) in segments.enumerated() {
      for (number, frame) in segment.frames.enumerated() where number < segment.frames.count - 1 {
        var changed = segments
        changed[index].bytes.removeSubrange(frame.range)
        try ledger.replaceSegments(changed)
        let found = try Scanned(
          JournalScan(ledger.folder, evidence: JournalEvidence(position: story.commits.last)))
        let isBeforeCommit =
          segment.first + UInt64(frame.range.lowerBound) < story.commits[story.commits.count - 1].end
        #expect((found.damage != nil) == isBeforeCommit, "segment \(index), frame \(number)")
      }
    }
  }

  @Test("A frame that stands twice, or in the place of its neighbour, is found")
  func copiedFrames() throws {
    for (index, segment) in segments.enumerated() {
      let frames = segment.frames
      for (number, frame) in frames.enumerated() {
        let bytes = Array(segment.bytes[frame.range])
        var doubled = segments
        doubled[index].bytes.insert(contentsOf: bytes, at: frame.range.upperBound)
        try ledger.replaceSegments(doubled)
        if index < segments.count - 1 {
          #expect(
            try Scanned(JournalScan(ledger.folder)).damage != nil, "segment \(index), frame \(number) twice")
        } else if number < frames.count - 1 {
          // In the last segment: the copy is the bad frame, and the one it copies is the last good one.
          try check(index, at: frame.range.upperBound, nil, "frame \(number) twice")
        }
        guard number < frames.count - 1 else { continue }
        let next = frames[number + 1]
        var swapped = segments
        swapped[index].bytes.replaceSubrange(
          frame.range.lowerBound..<next.range.upperBound, with: Array(segment.bytes[next.range]) + bytes)
        try ledger.replaceSegments(swapped)
        try check(
          index, at: frame.range.lowerBound, nil, "segment \(index), frames \(number) and next swapped")
      }
    }
  }

  @Test("A change with all checksums made right again breaks the chain")
  func forgery() throws {
    for (index, segment) in segments.enumerated() {
      for frame in segment.frames where frame.header.kind == .rows && frame.header.length > 0 {
        var changed = segments
        let start = frame.range.lowerBound
        let end = start + JournalFormat.headerBytes + frame.header.length
        changed[index].bytes[end - 1] ^= 0x20
        var sum: [UInt8] = []
        LittleEndian.append(CRC32C.of(changed[index].bytes[start..<end]), to: &sum)
        changed[index].bytes.replaceSubrange(end..<end + 4, with: sum)
        try ledger.replaceSegments(changed)
        let logical = segment.first + UInt64(start)
        if story.told.contains(where: { $0.frame.offset == logical }) {
          #expect(
            try Scanned(JournalScan(ledger.folder)).damage?.what == .chain, "segment \(index), byte \(start)")
        }
      }
    }
  }

  @Test("A frame of another segment is not taken, even where it fits in sequence and length")
  func framesOfAnotherSegment() throws {
    let lives = try [ScratchLedger(), ScratchLedger()]
    for (index, life) in lives.enumerated() {
      var story = Story()
      let (journal, _, _) = try open(life, seed: UInt64(index))
      for turn in 0..<4 { try story.tellCommit(journal, payload: [UInt8(turn)]) }
      try journal.sync()
    }
    var segment = try lives[0].segments()[0]
    let other = try lives[1].segments()[0]
    let frames = segment.frames
    for frame in frames.suffix(2) {
      segment.bytes.replaceSubrange(frame.range, with: other.bytes[frame.range])
    }
    try lives[0].replaceSegments([segment])
    // The folders go with their ledgers.
    let scanned = try withExtendedLifetime(lives) { try Scanned(JournalScan(lives[0].folder)) }
    guard case .finding(let found, _) = scanned else { throw Unexpected() }
    #expect(found.tornTail?.fault == .segmentID)
    #expect(found.counts.commits == 3)
    #expect(found.counts.frames == frames.count - 2)
  }

  @Test("A reader finds a flipped bit in the frame it is sent to, and no other frame suffers")
  func readingDamage() throws {
    let (index, segment) = (1, segments[1])
    guard let frame = segment.frames.last(where: { $0.header.length > 1 && $0.header.kind == .commit }) else {
      throw Unexpected()
    }
    var changed = segment
    changed.bytes[frame.range.lowerBound + JournalFormat.headerBytes + 20] ^= 8
    try ledger.replace(changed)
    let reader = try JournalReader(ledger.folder)
    for other in segment.frames {
      let offset = segments[index].first + UInt64(other.range.lowerBound)
      if other.range == frame.range {
        let damage = try damage { _ = try reader.frame(at: offset) }
        #expect(damage?.what == .frame(.payloadChecksum))
        #expect(damage?.byteOffset == UInt64(frame.range.lowerBound))
      } else {
        #expect(try reader.frame(at: offset).kind == other.header.kind)
      }
    }
  }

  @Test("A hole of zeros before a synced commit is damage, behind the last sync it is an outage")
  func holes() throws {
    for (index, segment) in segments.enumerated() {
      for frame in segment.frames {
        var changed = segments
        for place in frame.range { changed[index].bytes[place] = 0 }
        try ledger.replaceSegments(changed)
        try check(
          index, at: frame.range.lowerBound, nil, "segment \(index), hole at \(frame.range.lowerBound)")
      }
    }
  }

  @Test("A segment that is missing, short or from another journal is damage")
  func wholeSegments() throws {
    try ledger.replaceSegments(Array(segments.dropFirst()))
    #expect(try Scanned(JournalScan(ledger.folder)).damage?.what == .segmentMissing)

    try ledger.replaceSegments([segments[0]] + segments[2...])
    #expect(try Scanned(JournalScan(ledger.folder)).damage?.what == .segmentLength)

    var short = segments
    short[0].bytes.removeLast(8)
    try ledger.replaceSegments(short)
    #expect(try Scanned(JournalScan(ledger.folder)).damage?.what == .segmentLength)

    let other = try ScratchLedger()
    var numbers = SeededNumbers(seed: 21)
    var otherStory = Story()
    let (journal, _, _) = try open(other, segmentBytesMax: 400, seed: 99)
    while try other.segments().count < 4 { try otherStory.tell(journal, 1, &numbers, payloadBytesMax: 20) }
    var mixed = segments
    mixed[0] = try other.segments()[0]
    if mixed[0].bytes.count == segments[0].bytes.count {
      try ledger.replaceSegments(mixed)
      #expect(try Scanned(JournalScan(ledger.folder)).damage?.what == .segmentHeader)
    } else {
      throw Unexpected()
    }
  }

  @Test("A format of another version is said to be one")
  func otherVersion() throws {
    var changed = segments
    changed[0].bytes[JournalFormat.headerBytes] = 9
    let end = JournalFormat.headerBytes + segments[0].frames[0].header.length
    var sum: [UInt8] = []
    LittleEndian.append(CRC32C.of(changed[0].bytes[..<end]), to: &sum)
    changed[0].bytes.replaceSubrange(end..<end + 4, with: sum)
    try ledger.replaceSegments(changed)
    let damage = try Scanned(JournalScan(ledger.folder)).damage
    #expect(damage?.what == .formatVersion(9))
    #expect(
      damage?.description
        == "journal damaged in journal-00000000000000000000.wbj at byte 0, sequence 1: written in version 9 of the format"
    )
  }
}

public import Orders

/// What a commit decides: a file, or a deed that is no file.
public enum DecisionRecord: Sendable, Equatable {
  case file(FileRecord)
  case deed(DeedRecord)

  public var decision: DecisionNumber {
    switch self {
    case .file(let file): file.decision
    case .deed(let deed): deed.decision
    }
  }

  /// Everything that was published with it, for whichever partner.
  public var answers: [PublishedAnswer] {
    switch self {
    case .file(let file): file.answers
    case .deed(let deed): deed.answers
    }
  }
}

/// Reads decisions from the journal's frames: to be given every frame of committed transactions, in order.
///
/// A decision that publishes very much is longer than a frame; what does not fit the commit stands in frames before it.
public struct DecisionReader: Sendable {
  private var answers: [PublishedAnswer] = []
  private var settled: [ClaimNumber] = []
  /// The partners' folders, by the number that the records use.
  public private(set) var partners: [[UInt8]]

  /// - Parameter partners: those that have numbers already.
  public init(partners: [[UInt8]] = []) { self.partners = partners }

  /// The decision, where this frame is the commit of one.
  public mutating func take(_ frame: JournalFrame) throws(RecordFault) -> DecisionRecord? {
    switch frame.kind {
    case .begin, .claims:
      answers = []
      settled = []
      return nil
    case .answers:
      var reader = RecordReader(frame.payload)
      var known = partners
      let (more, claims) = try reader.publication { DecisionReader.number(of: $0, in: &known) }
      partners = known
      answers += more
      settled += claims
      return nil
    case .commit:
      guard let commit = frame.commit, commit.decision.raw > 0 else { return nil }
      var known = partners
      let record = try record(frame.payload, commit.decision) { DecisionReader.number(of: $0, in: &known) }
      partners = known
      return record
    default: return nil
    }
  }

  private func record(
    _ payload: [UInt8], _ decision: DecisionNumber, _ partnerNumber: ([UInt8]) -> UInt8
  ) throws(RecordFault) -> DecisionRecord {
    if try DecisionRecord.isDeed(payload) {
      var deed = try DeedRecord(payload, decision: decision, partnerNumber: partnerNumber)
      deed.answers = answers + deed.answers
      deed.settled = settled + deed.settled
      return .deed(deed)
    }
    var file = try FileRecord(payload, decision: decision, partnerNumber: partnerNumber)
    file.answers = answers + file.answers
    file.settled = settled + file.settled
    return .file(file)
  }

  private static func number(of folder: [UInt8], in partners: inout [[UInt8]]) -> UInt8 {
    if let known = partners.firstIndex(of: folder) { return UInt8(known) }
    partners.append(folder)
    return UInt8(partners.count - 1)
  }
}

extension DecisionRecord {
  /// Is the commit's record a deed's?
  public static func isDeed(_ payload: [UInt8]) throws(RecordFault) -> Bool {
    var reader = RecordReader(payload)
    _ = try reader.text()
    return try reader.text().isEmpty
  }
}

/// What is published with a decision: a list that may be longer than a frame.
public enum Publication {
  /// So many entries go into one frame: with names of 255 bytes well below the frame's bound.
  public static let entriesMax = 4096

  /// Takes out what the commit's frame should not carry; what is given stands in frames of kind `answers` before the commit.
  public static func overflow(
    _ answers: inout [PublishedAnswer], _ settled: inout [ClaimNumber], partners: [[UInt8]]
  ) -> [[UInt8]] {
    if answers.count + settled.count <= entriesMax { return [] }
    var frames: [[UInt8]] = []
    while !answers.isEmpty || !settled.isEmpty {
      let some = Array(answers.prefix(entriesMax))
      let claims = Array(settled.prefix(entriesMax))
      answers.removeFirst(some.count)
      settled.removeFirst(claims.count)
      var bytes: [UInt8] = []
      bytes.putPublication(some, claims, partners)
      frames.append(bytes)
    }
    return frames
  }
}

extension [UInt8] {
  /// The answers: their count, of each the partner, name, digest, byte count, and where its bytes are (the blob's offset plus
  /// one; 0 and a name: staged). Then the settled claims: their count and numbers.
  mutating func putPublication(
    _ answers: [PublishedAnswer], _ settled: [ClaimNumber], _ partners: [[UInt8]]
  ) {
    putNumber(UInt64(answers.count))
    for answer in answers {
      putText(partners[Int(answer.partner)])
      putText(answer.name)
      putText(answer.sha256)
      putSigned(answer.byteCount)
      switch answer.bytes {
      case .blob(let frame): putNumber(frame + 1)
      case .staged(let name):
        putNumber(0)
        putText(name)
      }
    }
    putNumber(UInt64(settled.count))
    for claim in settled { putNumber(UInt64(claim.raw)) }
  }
}

extension RecordReader {
  mutating func publication(
    _ partnerNumber: ([UInt8]) -> UInt8
  ) throws(RecordFault) -> (answers: [PublishedAnswer], settled: [ClaimNumber]) {
    var answers: [PublishedAnswer] = []
    for _ in 0..<(try number()) {
      let receiver = partnerNumber(try array())
      let (name, digest, count) = (try array(), try array(), try signed())
      let blob = try number()
      answers.append(
        PublishedAnswer(
          partner: receiver, name: name, sha256: digest, byteCount: count,
          bytes: blob == 0 ? .staged(try array()) : .blob(blob - 1)))
    }
    var settled: [ClaimNumber] = []
    for _ in 0..<(try number()) {
      settled.append(ClaimNumber(UInt32(truncatingIfNeeded: try number())))
    }
    return (answers, settled)
  }
}

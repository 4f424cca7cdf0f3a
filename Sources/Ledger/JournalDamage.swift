// Damage is a place in the journal that was durable once and is not what it was.

public import Orders

/// The journal is not what it was: which file, which byte, which frame, and what is wrong there.
///
/// Whoever meets it changes nothing and stops; only a person may decide what to cut (`waybill ledger repair`).
public struct JournalDamage: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong at that place.
  public enum What: Equatable, Sendable {
    /// The frame is unsound in a place that was synced.
    case frame(FrameFault)
    /// Every frame is sound by itself, but the commit's hash says that they are not the ones that were written.
    case chain
    /// The commit's number or frame count does not follow from what is before it.
    case commit
    /// The segment's first frame does not continue what is before it.
    case segmentHeader
    /// The segment was written by another version of the format.
    case formatVersion(UInt32)
    /// The file is not as long as the next segment's name says.
    case segmentLength
    /// Bytes are missing that come before this segment.
    case segmentMissing
    /// The journal ends before a commit that was synced.
    case ended(before: DecisionNumber)
    /// The journal holds another commit than the one that is known to have been synced: another ledger, or another life
    /// of this one.
    case otherHistory
  }

  /// The segment's file name.
  public var segment: String
  /// The place in that file.
  public var byteOffset: UInt64
  /// The frame that should be there.
  public var sequence: FrameSequence
  public var what: What

  public var description: String {
    "journal damaged in \(segment) at byte \(byteOffset), sequence \(sequence.raw): \(reason)"
  }

  public var reason: String {
    switch what {
    case .frame(let fault): fault.description
    case .chain: "the frames are not those that were committed"
    case .commit: "the commit does not follow from the one before it"
    case .segmentHeader: "the segment does not continue the one before it"
    case .formatVersion(let version): "written in version \(version) of the format"
    case .segmentLength: "the file does not end where the next segment begins"
    case .segmentMissing: "the bytes before this segment are missing"
    case .ended(let decision): "the journal ends before decision \(decision.raw), which was durable"
    case .otherHistory: "this is not the history that was made durable here"
    }
  }
}

extension FrameFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .short: "the file ends inside a frame"
    case .zeros: "zeros stand where a frame was"
    case .magic: "no frame begins here"
    case .headerChecksum: "the frame's header fails its checksum"
    case .kind: "the frame is of an unknown kind"
    case .length: "the frame's length is impossible"
    case .payloadChecksum: "the frame fails its checksum"
    case .padding: "the frame's padding is not zero"
    case .segmentID: "the frame belongs to another segment"
    case .sequence: "the frame is out of sequence"
    case .synced: "the frame names a commit that is not there"
    case .misplaced: "a frame of this kind cannot stand here"
    case .uncommitted: "no commit follows"
    }
  }
}

/// What lies outside the journal and proves how far it once was durable.
public struct JournalEvidence: Sendable {
  /// What `ledger/position` says.
  public var position: LedgerPosition?
  /// The highest decision that a published answer of ours names.
  public var decision: DecisionNumber?

  public init(position: LedgerPosition? = nil, decision: DecisionNumber? = nil) {
    self.position = position
    self.decision = decision
  }
}

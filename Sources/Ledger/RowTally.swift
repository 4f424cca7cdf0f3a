public import Orders

/// What the rows of all files came to, as far as somebody asks for it later: counted while the journal is replayed.
public struct RowTally: Sendable, Equatable {
  /// A code that a sender used and no table has.
  public struct UnknownCode: Sendable, Equatable {
    public internal(set) var partner: UInt8
    public internal(set) var code: [UInt8]
    public internal(set) var count: Int
  }

  /// A row that waits for an earlier step.
  public struct ParkedRow: Sendable, Equatable {
    public internal(set) var partner: UInt8
    /// The file that it came in.
    public internal(set) var claim: ClaimNumber
    /// Its event time, or the arrival of its file where it has none.
    public internal(set) var time: Timestamp
  }

  /// Rejected rows by the code of their first fault.
  public internal(set) var rejections: [RejectionCode: Int] = [:]
  /// In the order in which they were first met.
  public internal(set) var unknownCodes: [UnknownCode] = []
  /// By the place of their record.
  public internal(set) var parked: [Position: ParkedRow] = [:]

  /// How many different unknown codes are told apart.
  static let unknownCodesMax = 1000

  /// What the open transaction changed, to be taken back; nil between transactions.
  private var undo: Undo?

  private struct Undo: Sendable, Equatable {
    let rejections: [RejectionCode: Int]
    let unknownCodes: [UnknownCode]
    /// Of each row that came to wait, or waits no more, what stood at its place before.
    var parked: [Step] = []

    struct Step: Sendable, Equatable {
      let position: Position
      let before: ParkedRow?
    }
  }

  public init() {}

  /// - Parameters:
  ///   - effects: what the row changed.
  ///   - claim: the file that the row came in.
  ///   - time: the row's event time, or the arrival of its file.
  ///   - bytes: what the slices of the effects are ranges of.
  /// - Returns: the files of which it rejected a row that had waited.
  @discardableResult
  public mutating func note(
    _ verdict: Verdict, _ effects: [Effect], from partner: UInt8, _ claim: ClaimNumber,
    at position: Position, time: Timestamp, _ bytes: [UInt8]
  ) -> Set<ClaimNumber> {
    var spoiled: Set<ClaimNumber> = []
    note(rejection: verdict.rejection?.faults.first?.code)
    for effect in effects {
      switch effect {
      case .settle(_, let waiting, let settlement):
        let row = change(waiting, to: nil)
        if settlement.outcome == .rejected, let row { spoiled.insert(row.claim) }
      case .resume(let waiting):
        let row = change(waiting, to: nil)
        if verdict.outcome == .rejected, let row { spoiled.insert(row.claim) }
      case .wait: change(position, to: ParkedRow(partner: partner, claim: claim, time: time))
      case .carrier(_, let entry):
        if entry.outcome == .parked {
          change(position, to: ParkedRow(partner: partner, claim: claim, time: entry.time))
        }
        if entry.code == .max { count(unknown: bytes[entry.codeText.range], from: partner) }
      default: break
      }
    }
    return spoiled
  }

  /// Counts a row that was rejected and changed nothing.
  mutating func note(rejection code: RejectionCode?) {
    if let code { rejections[code, default: 0] += 1 }
  }

  /// - Returns: what stood at the place before.
  @discardableResult
  private mutating func change(_ position: Position, to row: ParkedRow?) -> ParkedRow? {
    let before = row.map { parked.updateValue($0, forKey: position) } ?? parked.removeValue(forKey: position)
    if before != row { undo?.parked.append(Undo.Step(position: position, before: before)) }
    return before
  }

  private mutating func count(unknown code: ArraySlice<UInt8>, from partner: UInt8) {
    if let known = unknownCodes.firstIndex(where: { $0.partner == partner && $0.code[...] == code }) {
      unknownCodes[known].count += 1
    } else if unknownCodes.count < Self.unknownCodesMax {
      unknownCodes.append(UnknownCode(partner: partner, code: Array(code), count: 1))
    }
  }

  // MARK: Taking back

  /// From here on changes can be taken back.
  public mutating func beginTransaction() { undo = Undo(rejections: rejections, unknownCodes: unknownCodes) }

  /// The changes stand.
  public mutating func endTransaction() { undo = nil }

  public mutating func rollBack() {
    guard let undo else { return }
    rejections = undo.rejections
    unknownCodes = undo.unknownCodes
    for step in undo.parked.reversed() { parked[step.position] = step.before }
    self.undo = nil
  }
}

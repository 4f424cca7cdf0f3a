package import Orders

/// What the rows of all files came to, as far as somebody asks for it later: counted while the journal is replayed.
package struct RowTally: Sendable, Equatable {
  /// A code that a sender used and no table has.
  package struct UnknownCode: Sendable, Equatable {
    package internal(set) var partner: UInt8
    package internal(set) var code: [UInt8]
    package internal(set) var count: Int
  }

  /// A row that waits for an earlier step.
  package struct ParkedRow: Sendable, Equatable {
    package internal(set) var partner: UInt8
    /// The file that it came in.
    package internal(set) var claim: ClaimNumber
    /// Its event time, or the arrival of its file where it has none.
    package internal(set) var time: Timestamp
  }

  /// Rejected rows by the code of their first fault.
  package internal(set) var rejections: [RejectionCode: Int] = [:]
  /// In the order in which they were first met.
  package internal(set) var unknownCodes: [UnknownCode] = []
  /// By the place of their record.
  package internal(set) var parked: [Position: ParkedRow] = [:]

  /// How many different unknown codes are told apart.
  static let unknownCodesMax = 1000

  /// - Parameters:
  ///   - claim: the file that the row came in.
  ///   - time: the row's event time, or the arrival of its file.
  ///   - bytes: what the slices of the record's effects are ranges of.
  /// - Returns: the files of which it rejected a row that had waited.
  mutating func note(
    _ record: RowRecord, from partner: UInt8, _ claim: ClaimNumber, at position: Position, time: Timestamp,
    _ bytes: [UInt8]
  ) -> Set<ClaimNumber> {
    var spoiled: Set<ClaimNumber> = []
    if let code = record.verdict.rejection?.faults.first?.code { rejections[code, default: 0] += 1 }
    for effect in record.effects {
      switch effect {
      case .settle(_, let waiting, let settlement):
        let row = parked.removeValue(forKey: waiting)
        if settlement.outcome == .rejected, let row { spoiled.insert(row.claim) }
      case .resume(let waiting):
        let row = parked.removeValue(forKey: waiting)
        if record.verdict.outcome == .rejected, let row { spoiled.insert(row.claim) }
      case .wait: parked[position] = ParkedRow(partner: partner, claim: claim, time: time)
      case .carrier(_, let entry):
        if entry.outcome == .parked {
          parked[position] = ParkedRow(partner: partner, claim: claim, time: entry.time)
        }
        if entry.code == .max { count(unknown: bytes[entry.codeText.range], from: partner) }
      default: break
      }
    }
    return spoiled
  }

  private mutating func count(unknown code: ArraySlice<UInt8>, from partner: UInt8) {
    if let known = unknownCodes.firstIndex(where: { $0.partner == partner && $0.code[...] == code }) {
      unknownCodes[known].count += 1
    } else if unknownCodes.count < Self.unknownCodesMax {
      unknownCodes.append(UnknownCode(partner: partner, code: Array(code), count: 1))
    }
  }
}

// A rejection group gathers the rejected rows of one code, as an acknowledgement shows them.

public import Orders

/// One code, how many rows have it, and the first of them.
///
/// A row belongs to the group of its first fault, so that the counts sum to the rejected rows.
public struct RejectionGroup: Sendable, Equatable {
  public let code: RejectionCode
  public private(set) var count = 0
  /// The numbers of the first rows, at most `rowsMax`.
  public private(set) var rows: [UInt32] = []
  /// A sentence that holds for every row of the group.
  public let sentence: String

  public static let rowsMax = 100

  public init(code: RejectionCode) {
    self.code = code
    sentence = code.meaning.sentence
  }

  /// The group of a file that was refused whole: one fault, no row, and the sentence about this very file.
  ///
  /// - Parameter value: what the fault is about, as `Fault.sentence` takes it.
  public init(file fault: Fault, value: String, kind: Kind?, zone: Zone) {
    code = fault.code
    count = 1
    sentence = fault.sentence(value: value, kind: kind, in: zone)
  }

  /// Who must act.
  public var who: Actor { code.meaning.who }

  public mutating func add(row: UInt32) {
    count += 1
    if rows.count < RejectionGroup.rowsMax { rows.append(row) }
  }
}

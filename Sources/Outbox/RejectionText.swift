// Rejection text is what the answers say about a rejected row: code, field, all its sentences, and the state behind it.

import Orders

/// The words of one rejected row, made once and used in every answer that mentions the row.
///
/// An object, because it goes from answer to answer, and its parts would be kept and let go one by one at each.
final class RejectionText: Sendable {
  /// `W302`: the code of the first fault.
  let code: RejectionCode
  /// The canonical name of the column of the first fault; empty where it has none.
  let field: [UInt8]
  /// The sentences of all faults, in order of precedence.
  let message: [UInt8]
  let cause: Cause?

  convenience init(_ rejection: Rejection, in batch: borrowing RowBatch, zone: Zone) {
    let (bytes, kind) = (batch.bytes, batch.kind)
    self.init(faults: rejection.faults, cause: rejection.cause, kind: kind, zone: zone) { fault in
      hidesValue(of: fault, in: kind) ? secretMark[...] : bytes[fault.value.range]
    }
  }

  init(
    faults: [Fault], cause: Cause?, kind: Kind, zone: Zone, value: (Fault) -> ArraySlice<UInt8>
  ) {
    precondition(!faults.isEmpty, "a rejection has a fault")
    code = faults[0].code
    field = faults[0].column.map { RejectionText.fields[Int($0.rawValue)] } ?? []
    // A sentence is for people's eyes; the bytes themselves stand unrepaired in the errors file.
    var message = faults[0].wording(value: value(faults[0]), kind: kind, cause: cause, in: zone).bytes
    for fault in faults.dropFirst() {
      message.append(UInt8(ascii: " "))
      message += fault.wording(value: value(fault), kind: kind, cause: cause, in: zone).bytes
    }
    self.message = message
    self.cause = cause
  }

  /// By the column's number.
  private static let fields = Column.allCases.map { Array($0.canonicalName.utf8) }
}

extension AnswerText {
  /// Appends a code as its name: all have three digits.
  mutating func append(_ code: RejectionCode) {
    append(UInt8(ascii: "W"))
    append(digits: code.rawValue)
  }
}

/// What stands in place of a secret, wherever a row of credentials is repeated.
let secretMark = Array("***".utf8)

let secretColumns: [Column] = [.password, .extraCredential1]

/// A value of a credentials file is repeated only where its column is known and no secret.
private func hidesValue(of fault: Fault, in kind: Kind) -> Bool {
  guard kind == .carriers, !fault.value.isAbsent else { return false }
  return fault.column.map(secretColumns.contains) ?? true
}

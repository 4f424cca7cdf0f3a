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

  convenience init(_ rejection: Rejection, in batch: RowBatch, zone: Zone) {
    self.init(faults: rejection.faults, cause: rejection.cause, kind: batch.kind, zone: zone) { fault in
      hidesValue(of: fault, in: batch.kind) ? secretMark[...] : batch.text(fault.value)
    }
  }

  init(
    faults: [Fault], cause: Cause?, kind: Kind, zone: Zone, value: (Fault) -> ArraySlice<UInt8>
  ) {
    precondition(!faults.isEmpty, "a rejection has a fault")
    code = faults[0].code
    field = faults[0].column.map { RejectionText.fields[Int($0.rawValue)] } ?? []
    var message = ""
    for (place, fault) in faults.enumerated() {
      if place > 0 { message += " " }
      // A sentence is for people's eyes; the bytes themselves stand unrepaired in the errors file.
      message += fault.sentence(
        value: String(decoding: value(fault), as: UTF8.self), kind: kind, cause: cause, in: zone)
    }
    self.message = Array(message.utf8)
    self.cause = cause
  }

  /// By the column's number.
  private static let fields = Column.allCases.map { Array($0.canonicalName.utf8) }
}

/// What stands in place of a secret, wherever a row of credentials is repeated.
let secretMark = Array("***".utf8)

let secretColumns: [Column] = [.password, .extraCredential1]

/// A value of a credentials file is repeated only where its column is known and no secret.
private func hidesValue(of fault: Fault, in kind: Kind) -> Bool {
  guard kind == .carriers, !fault.value.isAbsent else { return false }
  return fault.column.map(secretColumns.contains) ?? true
}

// Rejection text is what the answers say about a rejected row: code, field, all its sentences, and the state behind it.

import Orders

/// The words of one rejected row, made once and used in every answer that mentions the row.
struct RejectionText {
  /// `W302`: the code of the first fault.
  let code: RejectionCode
  /// The canonical name of the column of the first fault; empty where it has none.
  let field: [UInt8]
  /// The sentences of all faults, in order of precedence.
  let message: [UInt8]
  let cause: Cause?

  init(_ rejection: Rejection, in batch: RowBatch, zone: Zone) {
    self.init(faults: rejection.faults, cause: rejection.cause, kind: batch.kind, zone: zone) { fault in
      hidesValue(of: fault, in: batch.kind) ? secretMark[...] : batch.text(fault.value)
    }
  }

  init(
    faults: [Fault], cause: Cause?, kind: Kind, zone: Zone, value: (Fault) -> ArraySlice<UInt8>
  ) {
    precondition(!faults.isEmpty, "a rejection has a fault")
    code = faults[0].code
    field = faults[0].column.map { Array($0.canonicalName.utf8) } ?? []
    let sentences = faults.map { fault in
      // A sentence is for people's eyes; the bytes themselves stand unrepaired in the errors file.
      fault.sentence(
        value: String(decoding: value(fault), as: UTF8.self), kind: kind, cause: cause, in: zone)
    }
    message = Array((sentences.count == 1 ? sentences[0] : sentences.joined(separator: " ")).utf8)
    self.cause = cause
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

// An acknowledgement tells a machine in one small JSON object what became of its file.

import Files
package import Orders

/// `NAME.ext.ack.json`: the file, its outcome, the counts of its rows, and the names of the other answers.
///
/// One member a line, in the order of product.md section 7. Times carry the partner's offset. The names of answers are in
/// it, its own is not. An acknowledgement is never taken for an input and never acknowledged.
package struct Acknowledgement: Sendable {
  /// The input's name as the disk holds it.
  package var file: [UInt8]
  /// The sender's folder.
  package var partner: String
  /// Nil where neither name nor content said what the file is.
  package var kind: Kind?
  package var sizeBytes: Int64
  /// 32 bytes; empty where the content was never read.
  package var sha256: [UInt8]
  package var receivedAt: Timestamp
  /// By what sign the file was taken for complete: `rename`, `closed`, …
  package var completedBy: String
  package var ledgerSequence: DecisionNumber?
  package var outcome: FileOutcome
  package var rows = RowCounts()
  package var rejections: [RejectionGroup] = []
  package var totals = ControlTotals()
  /// The file that this one corrects, when it is an errors file that came back.
  package var corrects: [UInt8]?
  package var answers: [[UInt8]] = []
  package var zone: Zone

  package init(
    file: [UInt8], partner: String, kind: Kind?, sizeBytes: Int64, sha256: [UInt8], receivedAt: Timestamp,
    completedBy: String, ledgerSequence: DecisionNumber?, outcome: FileOutcome, zone: Zone
  ) {
    self.file = file
    self.partner = partner
    self.kind = kind
    self.sizeBytes = sizeBytes
    self.sha256 = sha256
    self.receivedAt = receivedAt
    self.completedBy = completedBy
    self.ledgerSequence = ledgerSequence
    self.outcome = outcome
    self.zone = zone
  }
}

extension Acknowledgement {
  /// The whole file, with a line end behind it.
  package func bytes() -> [UInt8] {
    var members = MemberLines()
    members.add("file") { $0.appendJSON(legibleName(file)) }
    members.add("partner") { $0.appendJSON(partner) }
    members.add("kind") { $0.appendJSON(orNull: kind?.name) }
    members.add("bytes") { $0.append(text: String(sizeBytes)) }
    members.add("sha256") { $0.appendJSON(orNull: sha256.isEmpty ? nil : hexadecimal(sha256)) }
    members.add("received_at") { $0.appendJSON(receivedAt.iso8601(in: zone)) }
    members.add("completed_by") { $0.appendJSON(completedBy) }
    members.add("ledger_sequence") { out in
      if let ledgerSequence { out.appendDecimal(ledgerSequence.raw) } else { out.append(text: "null") }
    }
    members.add("outcome") { $0.appendJSON(outcome.rawValue) }
    members.add("rows") { appendRows(to: &$0) }
    members.add("rejections") { appendRejections(to: &$0) }
    members.add("totals") {
      $0.append(text: #"{"awb_numbers": \#(totals.awbNumbers), "quantity": \#(totals.quantity)}"#)
    }
    members.add("corrects") { out in
      if let corrects { out.appendJSON(legibleName(corrects)) } else { out.append(text: "null") }
    }
    members.add("answers") { out in
      out.appendList(answers, between: ", ") { $0.appendJSON(legibleName($1)) }
    }
    return members.end()
  }

  private func appendRows(to out: inout [UInt8]) {
    out.append(text: #"{"read": \#(rows.read)"#)
    for outcome in Outcome.allCases { out.append(text: #", "\#(outcome.name)": \#(rows[outcome])"#) }
    out.append(text: "}")
  }

  private func appendRejections(to out: inout [UInt8]) {
    out.appendList(rejections, between: ",\n  ") { out, group in
      out.append(text: #"{"code": "\#(group.code.name)", "count": \#(group.count), "sentence": "#)
      out.appendJSON(group.sentence)
      out.append(text: #", "who": "#)
      out.appendJSON(group.who.rawValue)
      out.append(text: #", "rows": "#)
      out.appendList(group.rows, between: ", ") { $0.appendDecimal($1) }
      out.append(text: "}")
    }
  }
}

/// A JSON object with one member a line.
private struct MemberLines {
  private var out: [UInt8] = []

  mutating func add(_ name: String, value: (inout [UInt8]) -> Void) {
    out.append(text: out.isEmpty ? "{" : ",\n ")
    out.appendJSON(name)
    out.append(text: ": ")
    value(&out)
  }

  consuming func end() -> [UInt8] {
    out.append(text: "}\n")
    return out
  }
}

extension [UInt8] {
  fileprivate mutating func appendJSON(orNull text: String?) {
    if let text { appendJSON(text) } else { append(text: "null") }
  }

  fileprivate mutating func appendList<Item>(
    _ items: [Item], between: String, item: (inout [UInt8], Item) -> Void
  ) {
    append(text: "[")
    for (place, value) in items.enumerated() {
      if place > 0 { append(text: between) }
      item(&self, value)
    }
    append(text: "]")
  }
}

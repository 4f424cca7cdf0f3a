// An acknowledgement tells a machine in one small JSON object what became of its file.

import Files
public import Orders

/// `NAME.ext.ack.json`: the file, its outcome, the counts of its rows, and the names of the other answers.
///
/// One member a line, in the order of product.md section 7. Times carry the partner's offset. The names of answers are in
/// it, its own is not. An acknowledgement is never taken for an input and never acknowledged.
public struct Acknowledgement: Sendable {
  /// The input's name as the disk holds it.
  public var file: [UInt8]
  /// The sender's folder.
  public var partner: String
  /// Nil where neither name nor content said what the file is.
  public var kind: Kind?
  public var sizeBytes: Int64
  /// 32 bytes; empty where the content was never read.
  public var sha256: [UInt8]
  public var receivedAt: Timestamp
  /// By what sign the file was taken for complete: `rename`, `closed`, …
  public var completedBy: String
  public var ledgerSequence: DecisionNumber?
  public var outcome: FileOutcome
  public var rows = RowCounts()
  public var rejections: [RejectionGroup] = []
  public var totals = ControlTotals()
  /// The file that this one corrects, when it is an errors file that came back.
  public var corrects: [UInt8]?
  public var answers: [[UInt8]] = []
  public var zone: Zone

  public init(
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
  public func bytes() -> [UInt8] {
    var members = MemberLines()
    members.add("file") { $0.append(json: legibleName(file)) }
    members.add("partner") { $0.append(json: partner) }
    members.add("kind") { $0.append(jsonOrNull: kind?.name) }
    members.add("bytes") { $0.append(String(sizeBytes)) }
    members.add("sha256") { $0.append(jsonOrNull: sha256.isEmpty ? nil : hexadecimal(sha256)) }
    members.add("received_at") { $0.append(json: receivedAt.iso8601(in: zone)) }
    members.add("completed_by") { $0.append(json: completedBy) }
    members.add("ledger_sequence") { out in
      if let ledgerSequence { out.append(digits: ledgerSequence.raw) } else { out.append("null") }
    }
    members.add("outcome") { $0.append(json: outcome.rawValue) }
    members.add("rows") { appendRows(to: &$0) }
    members.add("rejections") { appendRejections(to: &$0) }
    members.add("totals") {
      $0.append(#"{"awb_numbers": \#(totals.awbNumbers), "quantity": \#(totals.quantity)}"#)
    }
    members.add("corrects") { out in
      if let corrects { out.append(json: legibleName(corrects)) } else { out.append("null") }
    }
    members.add("answers") { out in
      out.appendList(answers, between: ", ") { $0.append(json: legibleName($1)) }
    }
    return members.end()
  }

  private func appendRows(to out: inout AnswerText) {
    out.append(#"{"read": \#(rows.read)"#)
    for outcome in Outcome.allCases { out.append(#", "\#(outcome.name)": \#(rows[outcome])"#) }
    out.append("}")
  }

  private func appendRejections(to out: inout AnswerText) {
    out.appendList(rejections, between: ",\n  ") { out, group in
      out.append(#"{"code": "\#(group.code.name)", "count": \#(group.count), "sentence": "#)
      out.append(json: group.sentence)
      out.append(#", "who": "#)
      out.append(json: group.who.rawValue)
      out.append(#", "rows": "#)
      out.appendList(group.rows, between: ", ") { $0.append(digits: $1) }
      out.append("}")
    }
  }
}

/// A JSON object with one member a line.
private struct MemberLines: ~Copyable {
  private var out = AnswerText()

  mutating func add(_ name: String, value: (inout AnswerText) -> Void) {
    out.append(out.isEmpty ? "{" : ",\n ")
    out.append(json: name)
    out.append(": ")
    value(&out)
  }

  consuming func end() -> [UInt8] {
    out.append("}\n")
    return out.bytes
  }
}

extension AnswerText {
  fileprivate mutating func appendList<Item>(
    _ items: [Item], between: String, item: (inout AnswerText, Item) -> Void
  ) {
    append("[")
    for (place, value) in items.enumerated() {
      if place > 0 { append(between) }
      item(&self, value)
    }
    append("]")
  }
}

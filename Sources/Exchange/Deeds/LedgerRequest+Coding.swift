internal import Ledger
internal import Orders

// Requests and their answers as files: a line that says what the file is, then the fields in the spelling of the journal's payloads.
// A program that finds another line there answers that it does not understand, and leaves the ledger alone.

private let requestMark = Array("waybill request 1\n".utf8)
private let answerMark = Array("waybill answer 1\n".utf8)

extension LedgerRequest {
  var encoded: [UInt8] {
    var bytes = requestMark
    bytes.putNumber(number.raw)
    bytes.putNumber(UInt64(UInt32(bitPattern: asker)))
    bytes.putSigned(at.milliseconds)
    switch what {
    case .reconcile: bytes.append(1)
    case .reissue(let partner, let name, let reason):
      bytes.append(2)
      for text in [partner, name, reason] { bytes.putText(text) }
    case .checkpoint: bytes.append(3)
    case .pause(let partner, let reason):
      bytes.append(4)
      for text in [partner, reason] { bytes.putText(text) }
    case .resume(let partner, let reason):
      bytes.append(5)
      for text in [partner, reason] { bytes.putText(text) }
    case .release(let name, let reason):
      bytes.append(6)
      for text in [name, reason] { bytes.putText(text) }
    }
    if !by.isEmpty { bytes.putText(by) }
    return bytes
  }

  init(_ bytes: [UInt8]) throws(RecordFault) {
    guard bytes.starts(with: requestMark) else { throw RecordFault(what: "an unknown request") }
    var reader = RecordReader(bytes, at: requestMark.count)
    number = RequestNumber(try reader.number())
    asker = Int32(bitPattern: UInt32(truncatingIfNeeded: try reader.number()))
    at = Timestamp(milliseconds: try reader.signed())
    switch try reader.byte() {
    case 1: what = .reconcile
    case 2:
      what = .reissue(partner: try reader.array(), name: try reader.array(), reason: try reader.array())
    case 3: what = .checkpoint
    case 4: what = .pause(partner: try reader.array(), reason: try reader.array())
    case 5: what = .resume(partner: try reader.array(), reason: try reader.array())
    case 6: what = .release(name: try reader.array(), reason: try reader.array())
    default: throw RecordFault(what: "an unknown request")
    }
    if !reader.isAtEnd { by = try reader.array() }
  }
}

extension RequestAnswer {
  var encoded: [UInt8] {
    var bytes = answerMark
    switch self {
    case .reconciled(let expired):
      bytes.append(1)
      bytes.putNumber(UInt64(expired.rows))
      bytes.putNumber(UInt64(expired.answersLeftOut))
      bytes.putNumber(UInt64(expired.answers.count))
      for answer in expired.answers {
        bytes.putText(answer.partner)
        bytes.putText(answer.name)
      }
    case .reissued(let reissued):
      bytes.append(2)
      bytes.putNumber(reissued.decision.raw)
      bytes.putSigned(reissued.byteCount)
      bytes.putText(reissued.sha256)
      bytes.putText(reissued.keptAside)
    case .unchanged: bytes.append(3)
    case .done(let decision):
      bytes.append(6)
      bytes.putNumber(decision.raw)
    case .refused(let refusal):
      bytes.append(4)
      bytes.append(refusal.rawValue)
    case .checkpointed(let standing):
      bytes.append(5)
      bytes.putNumber(standing == nil ? 0 : 1)
      if let standing {
        bytes.putNumber(standing.decision.raw)
        bytes.putSigned(standing.byteCount)
      }
    }
    return bytes
  }

  init(_ bytes: [UInt8]) throws(RecordFault) {
    guard bytes.starts(with: answerMark) else { throw RecordFault(what: "an unknown answer") }
    var reader = RecordReader(bytes, at: answerMark.count)
    switch try reader.byte() {
    case 1:
      var expired = Expired()
      expired.rows = try reader.count()
      expired.answersLeftOut = try reader.count()
      for _ in 0..<(try reader.number()) {
        expired.answers.append(Expired.Answer(partner: try reader.array(), name: try reader.array()))
      }
      self = .reconciled(expired)
    case 2:
      self = .reissued(
        Reissued(
          decision: DecisionNumber(try reader.number()), byteCount: try reader.signed(),
          sha256: try reader.array(), keptAside: try reader.array()))
    case 3: self = .unchanged
    case 4:
      guard let refusal = Refusal(rawValue: try reader.byte()) else {
        throw RecordFault(what: "an unknown answer")
      }
      self = .refused(refusal)
    case 5:
      let isNone = try reader.number() == 0
      self = .checkpointed(
        isNone
          ? nil
          : CheckpointStanding(
            decision: DecisionNumber(try reader.number()), byteCount: try reader.signed()))
    case 6: self = .done(DecisionNumber(try reader.number()))
    default: throw RecordFault(what: "an unknown answer")
    }
  }
}

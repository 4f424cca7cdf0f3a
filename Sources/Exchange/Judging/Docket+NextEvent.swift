internal import Ledger
internal import Orders

/// The short way of a carrier's event that is as nearly all are: it comes under the AWB of a manifested shipment of the sender's
/// own, bears a known code and a new number, and is newer than all that the shipment holds.
///
/// Whatever is otherwise goes the long way (`judgeCarrierEvent`), which would say the same of these.
extension Docket {
  /// Judges the row by the short way; nil, and nothing changed, where it must go the long way.
  mutating func judgeNextEvent(_ batch: borrowing RowBatch, _ row: Int) -> Verdict? {
    let first = row * stage.width
    let number = stage.awbs.numbers[row - stage.first]
    guard number != Books.noKey, let time = batch.rows[row].time else { return nil }
    if stage.reference >= 0 && !batch.cells[first + stage.reference].isAbsent { return nil }
    let shipment = books.lastHolder(ofKey: number)
    let record = books[shipment]
    guard record.awbKey == number, record.marks.contains(.manifested), time > record.newestHeld,
      owns(order: record.order, courier: record.courier)
    else { return nil }

    var event = NextEvent(
      shipment: shipment, time: time, scanNumber: batch.rows[row].scanNumber,
      location: stage.location < 0 ? .absent : batch.cells[first + stage.location], code: 0,
      isSecondVersion: false, event: nil, endsReturn: false, before: record.state, after: record.state,
      onReturn: record.marks.contains(.onReturn))
    let meaning: Stage.Meaning
    if stage.secondCode >= 0, !batch.cells[first + stage.secondCode].isAbsent {
      let word = batch.cells[first + stage.secondCode]
      guard let code = profile.secondCodes?.find(batch.bytes.span.extracting(word.range)) else { return nil }
      event.isSecondVersion = true
      event.code = code
      meaning = stage.secondMeanings[Int(code)]
    } else {
      let word = batch.cells[first + stage.code]
      guard let code = profile.codes.find(batch.bytes.span.extracting(word.range)) else { return nil }
      event.code = code
      meaning = stage.meanings[Int(code)]
    }
    if meaning.isCancel || meaning.isReturn && stage.refusesReturnEvents { return nil }
    event.event = meaning.event
    event.endsReturn = meaning.endsReturn
    if let kind = meaning.event {
      var fold = CarrierFold(state: event.before, onReturn: event.onReturn)
      let held = HeldEvent(
        time: time, scanNumber: event.scanNumber, event: kind, endsReturn: event.endsReturn,
        position: position)
      switch fold.apply(held) {
      case .refused, .recorded: return nil
      case .moves, .stays, .parked, .duplicate: break
      }
      event.after = fold.state
      event.onReturn = fold.onReturn
    } else if record.state.isClosed || record.state == .cancelled {
      return nil
    }

    if event.scanNumber != 0 {
      if !books.takeScanNumber(event.scanNumber, of: partner) { return nil }
    } else {
      if stage.scanText >= 0, !batch.cells[first + stage.scanText].isAbsent { return nil }
      if record.identities & Books.identityBit(code: event.code, time: time) != 0 { return nil }
    }
    let head = books.enter(event, at: position)
    writer.append(event, in: batch.bytes.span, after: head, at: position)
    return Verdict(.applied, before: event.before, after: event.after, at: time)
  }
}

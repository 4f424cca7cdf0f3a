internal import Ledger
internal import Orders

/// The short way of a carrier's event that is as nearly all are: it comes under the AWB of a manifested shipment of the sender's
/// own, bears a known code and a new number, and is newer than all that the shipment holds.
///
/// Whatever is otherwise goes the long way (`judgeCarrierEvent`), which would say the same of these.
extension Docket {
  /// Judges the row by the short way; nil, and nothing changed, where it must go the long way.
  mutating func judgeNextEvent(_ batch: borrowing RowBatch, _ row: Int) -> Verdict? {
    let number = stage.awbs[row - stage.first]
    let given = sought.events[sought.place(row)]
    if number == Books.noKey || given.code == SoughtEvent.goesLong { return nil }
    let shipment = books.lastHolder(ofKey: number)
    let record = books[shipment]
    guard record.awbKey == number, record.marks.contains(.manifested), given.time > record.newestHeld,
      owns(order: record.order, courier: record.courier)
    else { return nil }

    let meaning =
      given.isSecondVersion ? stage.secondMeanings[Int(given.code)] : stage.meanings[Int(given.code)]
    var event = NextEvent(
      shipment: shipment, time: given.time, scanNumber: given.scanNumber, location: given.location,
      code: given.code, isSecondVersion: given.isSecondVersion, event: meaning.event,
      endsReturn: meaning.endsReturn, before: record.state, after: record.state,
      onReturn: record.marks.contains(.onReturn))
    if let kind = meaning.event {
      var fold = CarrierFold(state: event.before, onReturn: event.onReturn)
      let held = HeldEvent(
        time: event.time, scanNumber: event.scanNumber, event: kind, endsReturn: event.endsReturn,
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
    } else if record.identities & Books.identityBit(code: event.code, time: event.time) != 0 {
      return nil
    }
    let head = books.enter(event, at: position)
    writer.append(event, in: batch.bytes.span, after: head, at: position)
    return Verdict(.applied, before: event.before, after: event.after, at: event.time)
  }
}

import Orders
import Testing

@testable import Ledger

extension EffectStory {
  /// Rows as the docket writes them, with everything that a row can come to; the story's books follow.
  mutating func rows(frame: UInt64, numbered number: UInt32) throws -> [UInt8] {
    let arrival = time()
    var writer = RowWriter()
    writer.start(claim: ClaimNumber(number), firstRow: 1, arrival: arrival)
    for _ in 0..<300 {
      let position = Position(frame: frame, record: writer.payload.count)
      if Int.random(in: 0..<8, using: &numbers) == 0 {
        let cause = Cause(
          state: state(), since: chance() ? time() : nil,
          setBy: chance()
            ? Source(partner: "dtdc", file: chance() ? "a.csv" : nil, row: 300) : nil,
          allowedNow: [.confirm, .cancel])
        let faults = [
          Fault(.unknownShipment, .awbNumber, number: -5, second: 700),
          Fault(.quantityOutOfBalance, nil, balance: QuantityBalance(ordered: 4)),
        ]
        let verdict = Verdict.rejected(
          chance() ? faults : [faults[1]], cause: chance() ? cause : nil,
          at: chance() ? time() : nil)
        writer.append(verdict, [], bytes: [], heads: [], at: position)
        continue
      }
      if Int.random(in: 0..<4, using: &numbers) == 0, let event = event() {
        let head = books[event.shipment].head
        writer.append(event, in: [UInt8](repeating: 76, count: 9).span, after: head, at: position)
        change {
          if event.scanNumber != 0 { _ = $0.takeScanNumber(event.scanNumber, of: 0) }
          $0.enter(event, at: position)
        }
        continue
      }
      var verdict = Verdict(
        [Outcome.applied, .applied, .duplicate, .recorded, .parked].randomElement(using: &numbers)
          ?? .applied)
      if chance() { verdict.eventTime = time() }
      if chance() { (verdict.before, verdict.after) = (state(), state()) }
      let row = Books.RowContext(partner: 0, position: position, time: verdict.eventTime ?? arrival)
      var (effects, bytes, heads): ([Effect], [UInt8], [Position]) = ([], [], [])
      for _ in 0..<Int.random(in: 0...4, using: &numbers) {
        let kind = EffectKind.allCases.randomElement(using: &numbers) ?? .confirm
        let (effect, text) = next(kind, at: row)
        let place = bytes.count
        bytes += text
        effects.append(RowRecordTests.moved(effect, by: place))
        heads.append(effect.shipment.map { books[$0].head } ?? .none)
        change { $0.apply(effect, bytes: text, in: row) }
      }
      writer.append(verdict, effects, bytes: bytes, heads: heads, at: position)
    }
    return writer.payload
  }

  /// An event that is told in short, about any shipment there is.
  private mutating func event() -> NextEvent? {
    guard let shipment = books.shipments.indices.randomElement(using: &numbers) else {
      return nil
    }
    return NextEvent(
      shipment: ShipmentIndex(shipment), time: time(),
      scanNumber: chance() ? UInt64.random(in: 1...9_000_000, using: &numbers) : 0,
      location: Slice(offset: 0, length: Int.random(in: 0...9, using: &numbers)),
      code: CodeIndex.random(in: 0..<90, using: &numbers), isSecondVersion: chance(),
      event: chance() ? .delivered : nil, endsReturn: chance(), before: state(),
      after: state(), onReturn: chance())
  }
}

internal import Ledger
public import Orders

/// The short way of a carrier's event that is as nearly all are: it comes under the AWB of a manifested shipment of the sender's
/// own, bears a known code and a new number, and is newer than all that the shipment holds.
///
/// Whatever is otherwise goes the long way (`judgeCarrierEvent`), which would say the same of these.
extension Docket {
  /// Where the columns lie that the short way asks for, and what the batch in hand names.
  struct EventStage {
    /// The column's place among a row's cells; -1 where the kind has no such column.
    var awb = -1
    var reference = -1
    var code = -1
    var secondCode = -1
    var scanText = -1
    var location = -1
    var width = 0
    /// The first of the rows that were looked up.
    var first = 0
    /// Their AWBs, by their numbers; empty: the short way is closed.
    var numbers: [UInt32] = []
    /// What the codes ask for.
    var meanings: [Meaning] = []
    var secondMeanings: [Meaning] = []
    var isCarrier = false
    var refusesReturnEvents = false

    struct Meaning {
      let event: EventKind?
      let endsReturn: Bool
      /// Cancel requests need all that the shipment holds.
      let isCancel: Bool
      let isReturn: Bool

      init(_ code: ScanCode) {
        event = code.scanClass.event
        endsReturn = code.endsReturn
        isCancel = event == .cancel
        isReturn = event?.isReturnEvent ?? false
      }
    }
  }

  /// So many rows are looked up at once.
  public static let rowsAtOnce = Books.nearRows

  /// Takes up the rows of a batch from one of them on, as many as are looked up at once: the judge then finds near what they ask
  /// for one by one.
  public mutating func prepare(_ batch: borrowing RowBatch, from first: Int) {
    stage.first = first
    stage.numbers.removeAll(keepingCapacity: true)
    if batch.cells.isEmpty || batch.kind == .reconcile { return }
    if batch.kind == .scans || batch.kind == .tracking { return prepareEvents(batch) }
    for column in [Column.orderNumber, .invoiceID, .awbNumber] {
      bringNear(column, batch)
      stage.numbers.removeAll(keepingCapacity: true)
    }
  }

  private mutating func bringNear(_ column: Column, _ batch: borrowing RowBatch) {
    let place = Int(batch.places[Int(column.rawValue)])
    if place == 255 { return }
    let width = batch.width
    let end = min(batch.rows.count, stage.first + Books.nearRows)
    books.bringNear(
      column, of: batch.cells.span.extracting(stage.first * width..<end * width), at: place, width: width,
      in: batch.bytes.span, into: &stage.numbers)
  }

  private mutating func prepareEvents(_ batch: borrowing RowBatch) {
    func place(_ column: Column) -> Int {
      let place = batch.places[Int(column.rawValue)]
      return place == 255 ? -1 : Int(place)
    }
    stage.awb = place(.awbNumber)
    stage.reference = place(.referenceAWB)
    stage.code = place(batch.kind == .scans ? .reasonCodeNumber : .status)
    let hasSecond = batch.kind == .scans && profile.secondCodes != nil
    stage.secondCode = hasSecond ? place(.statusCode) : -1
    stage.scanText = place(.statusUpdateNumber)
    stage.location = place(.location)
    stage.width = batch.width
    if stage.awb < 0 || stage.code < 0 || !takesShortWay { return }
    if stage.meanings.isEmpty {
      stage.meanings = profile.codes.codes.map { EventStage.Meaning($0) }
      stage.secondMeanings = profile.secondCodes?.codes.map { EventStage.Meaning($0) } ?? []
      stage.isCarrier = profile.role == .carrier
      stage.refusesReturnEvents = profile.refusesReturnEvents
    }
    bringNear(.awbNumber, batch)
  }

  /// Judges the row by the short way; nil, and nothing changed, where it must go the long way.
  mutating func judgeNextEvent(_ batch: borrowing RowBatch, _ row: Int) -> Verdict? {
    let first = row * stage.width
    let number = stage.numbers[row - stage.first]
    guard number != Books.noKey, let time = batch.rows[row].time else { return nil }
    if stage.reference >= 0 && !batch.cells[first + stage.reference].isAbsent { return nil }
    guard let (shipment, record) = books.carried(under: number), record.marks.contains(.manifested),
      time > record.newestHeld
    else { return nil }
    if stage.isCarrier {
      guard books.isPartner(partner, courier: record.courier) else { return nil }
    } else {
      guard owns(shipment) else { return nil }
    }

    var event = NextEvent(
      shipment: shipment, time: time, scanNumber: batch.rows[row].scanNumber,
      location: stage.location < 0 ? .absent : batch.cells[first + stage.location], code: 0,
      isSecondVersion: false, event: nil, endsReturn: false, before: record.state, after: record.state,
      onReturn: record.marks.contains(.onReturn))
    let meaning: EventStage.Meaning
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

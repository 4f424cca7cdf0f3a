internal import Ledger
internal import Orders

/// Counts of cancelled pieces in an order that is exported again: the field's own way to tell a partial cancellation
/// (`cancelled_quantity` beside each line, domain.md 1.4).
extension Docket {
  /// Does the row ask for a cancellation, of the whole or of pieces?
  func cancelsAny(_ batch: borrowing RowBatch, _ row: Int) -> Bool {
    batch.asksToCancel(row) || countsCancelled(batch, row)
  }

  /// Does one of the row's lines say that pieces of it are cancelled?
  func countsCancelled(_ batch: borrowing RowBatch, _ row: Int) -> Bool {
    let first = Int(batch.rows[row].firstLine)
    for place in 0..<Int(batch.rows[row].lineCount) where batch.lines[first + place].cancelled > 0 {
      return true
    }
    return false
  }

  /// The first line of the row of which more is cancelled than was ordered.
  func overcancelled(_ batch: borrowing RowBatch, _ row: Int) -> Fault? {
    let given = batch.rows[row]
    for place in 0..<Int(given.lineCount) {
      let line = batch.lines[Int(given.firstLine) + place]
      if line.cancelled <= line.quantity { continue }
      var balance = QuantityBalance(ordered: Int(line.quantity))
      balance.open = Int(line.quantity)
      return Fault(
        .quantityOutOfBalance, .cancelledQuantity, value: batch.cell(row, .cancelledQuantity),
        number: Int64(line.quantity), second: Int64(line.cancelled), balance: balance)
    }
    return nil
  }

  /// A part of the shipment while the counts of a row are taken from it.
  private struct CountedPart {
    let shipment: ShipmentIndex
    let known: [HeldLine]
    var lines: [HeldLine]
    /// Has the parcel left, and does the row cancel all that it holds? Then it is turned round as one thing.
    var isTurned = false
  }

  /// Sees to it that as many pieces are cancelled as the row's lines say; nil where they are already.
  mutating func cancelCounted(_ batch: borrowing RowBatch, _ row: Int, of parts: [ShipmentIndex]) throws
    -> Verdict?
  {
    if !countsCancelled(batch, row) { return nil }
    var counted: [CountedPart] = []
    for part in parts {
      let lines = try history.lines(of: part, from: pastHead(of: part))
      counted.append(CountedPart(shipment: part, known: lines, lines: lines))
    }
    let given = batch.rows[row]
    let lines = Array(batch.lines[Int(given.firstLine)..<Int(given.firstLine + given.lineCount)])
    let whole = Set(lines.filter { $0.cancelled == $0.quantity }.map { Array(bytes[$0.key.range]) })
    for line in lines where line.cancelled > 0 {
      let key = Array(bytes[line.key.range])
      guard let left = take(Int(line.cancelled), of: key, from: &counted, whole) else { continue }
      let fault = outOfBalance(
        try holdings(of: key[...], in: parts), .cancelledQuantity, batch.cell(row, .cancelledQuantity),
        says: Int(line.cancelled), leaving: Int(line.cancelled) - left)
      return .rejected([fault], cause: try cause(parts[0]))
    }
    var verdicts: [Verdict] = []
    for part in counted {
      let state = books[part.shipment].state
      let isEmptied = part.lines != part.known && part.lines.allSatisfy { $0.live == 0 }
      if isEmptied || part.isTurned {
        verdicts.append(try cancel(part.shipment))
        continue
      }
      for line in part.lines where !part.known.contains(line) {
        perform(
          .pieces(
            part.shipment, suborder: copy(line.suborder[...]), quantity: line.quantity,
            cancelled: line.cancelled))
        verdicts.append(Verdict(.applied, before: state, after: state))
      }
    }
    return verdicts.isEmpty ? nil : together(verdicts)
  }

  /// Takes pieces of a line out of the parts until so many are cancelled; those that have not left go first.
  ///
  /// - Parameter whole: the lines of which the row says that all is cancelled.
  /// - Returns: how many could not be taken; nil where all could.
  private func take(
    _ count: Int, of key: [UInt8], from parts: inout [CountedPart], _ whole: Set<[UInt8]>
  ) -> Int? {
    var missing = count
    for part in parts {
      let isCancelled = books[part.shipment].state == .cancelled
      for line in part.lines where line.suborder == key {
        missing -= Int(isCancelled ? line.quantity : line.cancelled)
      }
    }
    let order = parts.indices.sorted { place(of: parts[$0].shipment) < place(of: parts[$1].shipment) }
    for part in order where missing > 0 {
      guard let line = parts[part].lines.firstIndex(where: { $0.suborder == key }) else { continue }
      let live = Int(parts[part].lines[line].live)
      let state = books[parts[part].shipment].state
      if state.isBeforeManifest {
        parts[part].lines[line].cancelled += Int32(min(missing, live))
        missing -= min(missing, live)
      } else if !state.isClosed
        && parts[part].lines.allSatisfy({ $0.live == 0 || whole.contains($0.suborder) })
      {
        parts[part].isTurned = true
        missing -= live
      }
    }
    return missing > 0 ? missing : nil
  }

  private func place(of shipment: ShipmentIndex) -> (Int, UInt8) {
    let record = books[shipment]
    return (record.hasAWB ? 1 : 0, record.state.rank)
  }
}

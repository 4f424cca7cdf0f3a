internal import Files
internal import Ledger
public import Orders

/// A partner's own export held against the ledger by whoever operates the exchange; nothing is written anywhere.
extension LedgerView {
  /// A row of the export that differs, or a shipment that it does not name.
  public struct ExportLine: Sendable {
    /// The row's number in the export; 0 for a shipment that it does not name.
    public var row: UInt32
    /// Why it differs; nil for a shipment that the export does not name.
    public var fault: Fault?
    public var orderNumber: ArraySlice<UInt8>
    public var invoice: ArraySlice<UInt8>
    public var awb: ArraySlice<UInt8>
    /// What each side says of the state; nil where it says nothing.
    public var theirWord: ArraySlice<UInt8>?
    public var ourState: ShipmentState?
    public var theirPieces: Int64?
    public var ourPieces: Int64?
    public var since: Timestamp?
    public var setBy: Source?
    /// The sentence that the sender would read.
    public var message: String
  }

  /// What an export came to; the rows read are the sum of the four.
  public struct ExportResult: Sendable {
    public var judgement: Judgement
    public var agreeing = 0
    public var repeated = 0
    /// Rows that differ, by their code.
    public var differing: [RejectionCode: Int] = [:]
    /// The sender's own shipments: all, those that the export named, those closed here that it did not name, those open here.
    public var own = 0
    public var named = 0
    public var closed = 0
    public var missing = 0
  }

  /// Compares; every difference is handed out as it is found, the export's rows in their order, then what it does not name.
  public func compare(
    _ path: [UInt8], partner: String, arrival: Timestamp, _ sink: (ExportLine) throws -> Void
  ) throws -> ExportResult {
    let cut = path.lastIndex(of: UInt8(ascii: "/"))
    let folder = cut.map { String(decoding: path[..<$0], as: UTF8.self) } ?? "."
    let zone = configuration.profiles.first { $0.folder == partner }?.zone ?? configuration.zone
    var result = ExportResult(
      judgement: Judgement(
        outcome: .rejected, kind: .reconcile, faults: [], counts: RowCounts(), rows: [], rowsLeftOut: 0,
        groups: []))
    result.judgement = try judge(
      Array(path[(cut.map { $0 + 1 } ?? 0)...]), in: try Folder(path: folder.isEmpty ? "/" : folder),
      partner: partner, arrival: arrival, rowsMax: 0, as: .reconcile,
      each: { batch, verdicts in
        for (row, verdict) in verdicts.enumerated() {
          switch verdict.outcome {
          case .recorded: result.agreeing += 1
          case .duplicate: result.repeated += 1
          default:
            for fault in verdict.rejection?.faults.prefix(1) ?? [] {
              result.differing[fault.code, default: 0] += 1
              try sink(line(batch, row, verdict, fault, zone))
            }
          }
        }
      },
      after: { docket in
        let share = docket.exportedShare()
        for shipment in share.missing {
          let record = docket.books[shipment]
          try sink(
            ExportLine(
              row: 0, fault: nil, orderNumber: docket.books.orderNumber(of: record.order),
              invoice: docket.books.invoice(of: shipment), awb: docket.books.awb(of: shipment),
              ourState: record.state, since: record.since, setBy: nil,
              message: "The export has no row for this shipment."))
        }
        (result.own, result.named) = (share.own, share.named)
        (result.closed, result.missing) = (share.closed, share.missing.count)
      })
    return result
  }

  private func line(
    _ batch: RowBatch, _ row: Int, _ verdict: Verdict, _ fault: Fault, _ zone: Zone
  ) -> ExportLine {
    func cell(_ column: Column) -> ArraySlice<UInt8> { batch.text(batch.cell(row, column)) }
    let cause = verdict.rejection?.cause
    let quantity = verdict.rejection?.faults.first { $0.code == .quantitiesDiffer }
    let word = cell(.orderStatus)
    let sentences = (verdict.rejection?.faults ?? []).map { fault in
      fault.sentence(
        value: String(decoding: batch.text(fault.value), as: UTF8.self), kind: .reconcile, cause: cause,
        in: zone)
    }
    return ExportLine(
      row: batch.rows[row].number, fault: fault, orderNumber: cell(.orderNumber), invoice: cell(.invoiceID),
      awb: cell(.awbNumber), theirWord: word.isEmpty ? nil : word, ourState: cause?.state,
      theirPieces: batch.rows[row].quantity >= 0 ? Int64(batch.rows[row].quantity) : nil,
      ourPieces: quantity?.second, since: cause?.since, setBy: cause?.setBy,
      message: sentences.joined(separator: " "))
  }
}

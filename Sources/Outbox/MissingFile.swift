// A missing file names what of a partner's own its export left out.

public import Files
public import Orders

/// `NAME.ext.missing.csv`: shipments that are the sender's, open in the ledger, and in no row of its export; oldest first.
///
/// UTF-8, comma, LF, RFC 4180, like every answer that people open.
public struct MissingFile: ~Copyable {
  private var stream: AnswerStream
  private let zone: Zone

  public init(zone: Zone, staging: Folder, stagedName: [UInt8]) {
    stream = AnswerStream(staging: staging, stagedName: stagedName)
    self.zone = zone
    stream.text.append("order_number,invoice_id,awb_number,state,since\n")
  }

  public mutating func append(
    orderNumber: ArraySlice<UInt8>, invoice: ArraySlice<UInt8>, awb: ArraySlice<UInt8>, state: ShipmentState,
    since: Timestamp
  ) throws(FileError) {
    for key in [orderNumber, invoice, awb] {
      stream.text.append(cell: Array(key))
      stream.text.append(UInt8(ascii: ","))
    }
    stream.text.append(cell: state.name)
    stream.text.append(UInt8(ascii: ","))
    stream.text.append(cell: since.iso8601(in: zone))
    stream.text.append(UInt8(ascii: "\n"))
    try stream.spillIfFull()
  }

  public consuming func finish(as name: [UInt8]) throws(FileError) -> StagedAnswer {
    try stream.finish(as: name)
  }
}

// A settled file answers rows that were parked when their own file was answered and have come to their end since.

public import Files
public import Orders

/// `NAME.ext.settled-N.csv`: the columns of the result, for the rows of one input that one decision settled.
///
/// The row and line numbers are those of the parked row in its own file; keys are as they were sent there.
public struct SettledFile: ~Copyable {
  /// A row that was parked, and what it came to.
  public struct Row: Sendable {
    public var number: UInt32
    public var line: UInt32
    public var orderNumber: [UInt8]
    public var invoiceID: [UInt8]
    public var awbNumber: [UInt8]
    public var verdict: Verdict
    /// The value as sent of the first fault of a rejected row, where it is about a value.
    public var value: [UInt8]

    public init(
      number: UInt32, line: UInt32, orderNumber: [UInt8], invoiceID: [UInt8], awbNumber: [UInt8],
      verdict: Verdict, value: [UInt8] = []
    ) {
      self.number = number
      self.line = line
      self.orderNumber = orderNumber
      self.invoiceID = invoiceID
      self.awbNumber = awbNumber
      self.verdict = verdict
      self.value = value
    }
  }

  private var stream: AnswerStream
  private let name: [UInt8]
  private let kind: Kind
  private let zone: Zone
  private let columns: ResultColumns
  private var times: TimeText

  /// - Parameters:
  ///   - name: `AnswerNames.settled(N)` of the input that the rows came in.
  ///   - kind: that input's kind; only rows about shipments are ever parked.
  ///   - stagedName: its name in the staging folder, should it outgrow the transaction.
  public init(name: [UInt8], kind: Kind, zone: Zone, staging: Folder, stagedName: [UInt8]) {
    precondition(kind.namesShipments)
    stream = AnswerStream(staging: staging, stagedName: stagedName)
    self.name = name
    self.kind = kind
    self.zone = zone
    columns = ResultColumns.of(kind)
    times = TimeText(zone: zone)
    stream.text.append(columns.header)
  }

  public mutating func append(_ row: Row) throws(FileError) {
    stream.text.append(digits: row.number)
    stream.text.append(UInt8(ascii: ","))
    stream.text.append(digits: row.line)
    stream.text.append(UInt8(ascii: ","))
    for key in [row.orderNumber, row.invoiceID, row.awbNumber] {
      stream.text.append(cell: key)
      stream.text.append(UInt8(ascii: ","))
    }
    let text = row.verdict.rejection.map { rejection in
      RejectionText(faults: rejection.faults, cause: rejection.cause, kind: kind, zone: zone) { _ in
        row.value[...]
      }
    }
    columns.append(row.verdict, text, &times, to: &stream.text)
    try stream.spillIfFull()
  }

  public consuming func finish() throws(FileError) -> StagedAnswer { try stream.finish(as: name) }
}

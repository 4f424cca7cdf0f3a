// A feed file is what a partner gets without asking: records to put, and records to withdraw.

public import Files
public import Orders

/// `feed-FEED-N.json`: the net effect of one decision on what a partner should hold, numbered for each partner and feed.
///
/// The receiver applies the files in the order of their numbers: `put` adds the record or takes the place of the one with the
/// same keys, `withdraw` takes it away. One record a line, so that a large feed can be read as a stream.
public struct FeedFile: ~Copyable {
  private var stream: AnswerStream
  private let name: [UInt8]
  private var times: TimeText
  private var isFirst = true
  /// Its records go into another's file, and stay in memory until then.
  private let isPiece: Bool
  public private(set) var recordCount = 0

  public static func name(_ feed: Feed, _ number: Int) -> [UInt8] {
    Array("feed-\(feed.rawValue)-\(number).json".utf8)
  }

  public enum Operation: String, Sendable { case put, withdraw }

  /// The fields that stand in nearly every record, which are spelled once for all of them.
  public enum Field: Int, CaseIterable, Sendable {
    case orderNumber, shipment, invoiceID, awbNumber, courier, state, since

    var name: String {
      switch self {
      case .orderNumber: "order_number"
      case .shipment: "shipment"
      case .invoiceID: "invoice_id"
      case .awbNumber: "awb_number"
      case .courier: "courier"
      case .state: "state"
      case .since: "since"
      }
    }
  }
  private let names = FeedFile.names
  private let states = FeedFile.states
  // Made once: a file with ten rows has less to say than these.
  private static let names = WordList(Field.allCases.map { ",\"\($0.name)\":" })
  private static let states = WordList(ShipmentState.names.map { "\"\($0)\"" })
  // Not kept by the file: a record would take a copy of all of them to use each once.
  fileprivate static let words = RecordWords()

  /// - Parameters:
  ///   - zone: in which its times are told.
  ///   - stagedName: its name in the staging folder, should it outgrow the transaction.
  public init(
    _ feed: Feed, partner: String, number: Int, zone: Zone, staging: Folder, stagedName: [UInt8]
  ) {
    isPiece = false
    times = TimeText(zone: zone)
    stream = AnswerStream(staging: staging, stagedName: stagedName)
    name = FeedFile.name(feed, number)
    stream.text.append("{\"feed\":")
    stream.text.append(json: feed.rawValue)
    stream.text.append(",\"partner\":")
    stream.text.append(json: partner)
    stream.text.append(",\"number\":\(number),\"records\":[")
  }

  /// Records that follow one another in a file of the feed, put together beside it.
  public init(pieceIn zone: Zone, staging: Folder) {
    isPiece = true
    isFirst = false
    times = TimeText(zone: zone)
    stream = AnswerStream(staging: staging, stagedName: [])
    name = []
  }

  /// Makes a piece ready for other records, in the room that it has.
  public mutating func empty() {
    precondition(isPiece)
    stream.text.truncate(to: 0)
    recordCount = 0
  }

  /// Adds the records of a piece.
  public mutating func add(_ piece: borrowing FeedFile) throws(FileError) {
    precondition(piece.isPiece && !isPiece)
    if piece.recordCount == 0 { return }
    // In a piece every record stands behind a comma.
    try stream.append(piece.stream.text, from: isFirst ? 1 : 0)
    isFirst = false
    recordCount += piece.recordCount
  }

  /// Begins a record; its fields follow, then its end.
  public mutating func begin(_ op: Operation) {
    stream.text.append(isFirst ? "\n{\"op\":\"" : ",\n{\"op\":\"")
    isFirst = false
    recordCount += 1
    stream.text.append(op.rawValue)
    stream.text.append("\"")
  }

  public mutating func end() throws(FileError) {
    stream.text.append("}")
    if !isPiece { try stream.spillIfFull() }
  }

  /// A shipment's keys as words; an empty one stands for none.
  public struct Keys: Sendable, BitwiseCopyable {
    public let orderNumber: NumberedWord
    public let shipment: UInt32
    public let invoiceID: NumberedWord
    public let awbNumber: NumberedWord

    @inlinable
    public init(
      orderNumber: NumberedWord, shipment: UInt32, invoiceID: NumberedWord, awbNumber: NumberedWord
    ) {
      self.orderNumber = orderNumber
      self.shipment = shipment
      self.invoiceID = invoiceID
      self.awbNumber = awbNumber
    }
  }

  /// Adds the keys of the record that was begun; adds nothing, and says false, where a text of them must be escaped.
  public mutating func put(_ keys: borrowing Keys) -> Bool {
    let keys = copy keys
    return stream.text.appendLine(upTo: RecordWords.bytesMax) { line in
      line.put(FeedFile.words.order)
      line.put(keys)
    }
  }

  /// Puts a record that tells where a shipment stands in one go; adds nothing, and says false, where it is the file's first one or a
  /// text of it must be escaped.
  public mutating func put(
    _ keys: borrowing Keys, courier: borrowing NumberedWord, _ state: ShipmentState, since: Timestamp
  ) throws(FileError) -> Bool {
    if isFirst { return false }
    let keys = copy keys
    let courier = copy courier
    let since = times.word(of: since)
    let isPlain = stream.text.appendLine(upTo: RecordWords.bytesMax) { line in
      line.put(FeedFile.words.opening)
      line.put(keys)
      line.put(courier, behind: FeedFile.words.courier)
      line.put(FeedFile.words.states[Int(state.rawValue)])
      line.put(FeedFile.words.since)
      line.put(since)
      line.put(FeedFile.words.ending)
    }
    if !isPlain { return false }
    recordCount += 1
    if !isPiece { try stream.spillIfFull() }
    return true
  }

  /// Adds a record that was written elsewhere, as it stands in a file of the same feed.
  public mutating func add(record: [UInt8]) throws(FileError) {
    stream.text.append(isFirst ? "\n" : ",\n")
    isFirst = false
    recordCount += 1
    stream.text.append(record)
    try stream.spillIfFull()
  }

  public mutating func add(_ field: Field, text: Span<UInt8>) {
    names.append(field.rawValue, to: &stream.text)
    stream.text.append(json: text)
  }

  /// Adds a text, or null where it is empty.
  public mutating func add(_ field: Field, given text: Span<UInt8>) {
    names.append(field.rawValue, to: &stream.text)
    if text.isEmpty { stream.text.append("null") } else { stream.text.append(json: text) }
  }

  public mutating func add(_ field: Field, number: Int) {
    names.append(field.rawValue, to: &stream.text)
    if number >= 0 && number < 10 {
      stream.text.append(UInt8(truncatingIfNeeded: 48 + number))
    } else {
      stream.text.append(digits: number)
    }
  }

  public mutating func add(_ field: Field, time: Timestamp) {
    names.append(field.rawValue, to: &stream.text)
    append(time)
  }

  public mutating func add(_ field: Field, state: ShipmentState) {
    names.append(field.rawValue, to: &stream.text)
    states.append(Int(state.rawValue), to: &stream.text)
  }

  public mutating func add(_ name: String, text: Span<UInt8>) {
    append(name)
    stream.text.append(json: text)
  }

  /// Adds a text, or null where it is empty.
  public mutating func add(_ name: String, given text: Span<UInt8>) {
    append(name)
    if text.isEmpty { stream.text.append("null") } else { stream.text.append(json: text) }
  }

  public mutating func add(_ name: String, given text: String) { add(name, given: text.utf8.span) }

  public mutating func add(_ name: String, number: Int) {
    append(name)
    stream.text.append(digits: number)
  }

  public mutating func add(_ name: String, time: Timestamp) {
    append(name)
    append(time)
  }

  private mutating func append(_ time: Timestamp) {
    stream.text.append(UInt8(ascii: "\""))
    times.append(time, to: &stream.text)
    stream.text.append(UInt8(ascii: "\""))
  }

  public mutating func add(_ name: String, _ value: FeedRecord.Value) {
    append(name)
    append(value)
  }

  private mutating func append(_ name: String) {
    stream.text.append(",\"")
    stream.text.append(name)
    stream.text.append("\":")
  }

  private mutating func append(_ value: FeedRecord.Value) {
    switch value {
    case .none: stream.text.append("null")
    case .text(let bytes): stream.text.append(json: bytes)
    case .number(let number): stream.text.append(String(number))
    case .list(let records):
      stream.text.append("[")
      for (place, fields) in records.enumerated() {
        if place > 0 { stream.text.append(",") }
        stream.text.append("{")
        for (index, field) in fields.enumerated() {
          stream.text.append("\(index > 0 ? "," : "")\"\(field.name)\":")
          append(field.value)
        }
        stream.text.append("}")
      }
      stream.text.append("]")
    }
  }

  public consuming func finish() throws(FileError) -> StagedAnswer {
    stream.text.append("\n]}\n")
    return try stream.finish(as: name)
  }
}

/// What stands between the fields of a record that is put in one go.
private struct RecordWords {
  let opening = ShortWord(",\n{\"op\":\"put\"\(before(.orderNumber))\"")
  let order = ShortWord("\(before(.orderNumber))\"")
  let shipment = ShortWord("\"\(before(.shipment))")
  /// Of nearly every shipment: the first of its order.
  let firstShipment = ShortWord("\"\(before(.shipment))1")
  let invoice = Given(.invoiceID)
  let awb = Given(.awbNumber)
  let courier = Given(.courier)
  /// Each with its name.
  let states = ShipmentState.names.map { ShortWord("\(before(.state))\"\($0)\"") }
  let since = ShortWord("\(before(.since))\"")
  let ending = ShortWord("\"}")

  /// What stands before a text that may be none, and all that stands there where it is.
  struct Given {
    let before: ShortWord
    let none: ShortWord

    init(_ field: FeedFile.Field) {
      before = ShortWord("\(RecordWords.before(field))\"")
      none = ShortWord("\(RecordWords.before(field))null")
    }
  }

  private static func before(_ field: FeedFile.Field) -> String { ",\"\(field.name)\":" }

  /// A record is no longer: sixteen words of its own, digits and quotes among them, and four texts.
  static let bytesMax = 16 * ShortWord.bytesMax + 4 * NumberedWord.bytesMax
}

extension LineWriter {
  /// Puts the keys of a record, from the text of the order's number on.
  @inline(__always)
  fileprivate mutating func put(_ keys: FeedFile.Keys) {
    put(plain: keys.orderNumber)
    if keys.shipment == 1 {
      put(FeedFile.words.firstShipment)
    } else {
      put(FeedFile.words.shipment)
      put(digits: keys.shipment)
    }
    put(keys.invoiceID, behind: FeedFile.words.invoice)
    put(keys.awbNumber, behind: FeedFile.words.awb)
  }

  /// Puts a field's name and a text as a JSON string, or null where it is empty.
  @inline(__always)
  fileprivate mutating func put(_ text: NumberedWord, behind name: RecordWords.Given) {
    if text.isEmpty { return put(name.none) }
    put(name.before)
    put(plain: text)
    put(UInt8(ascii: "\""))
  }
}

/// What stands in a record's fields, where it is put together before it is written.
public enum FeedRecord {
  public indirect enum Value: Sendable, Equatable {
    case none
    case text([UInt8])
    case number(Int)
    case list([[Field]])

    /// A text, or null where it is empty.
    public static func given(_ bytes: some Collection<UInt8>) -> Value {
      bytes.isEmpty ? .none : .text(Array(bytes))
    }
  }

  public struct Field: Sendable, Equatable {
    public let name: String
    public let value: Value
    public init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }
}

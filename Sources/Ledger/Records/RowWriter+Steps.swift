internal import Files
public import Orders

/// Records of rows that go the short way: the same bytes as their effects would be written in, without an effect between.
extension RowWriter {
  /// What such a row, which is applied, says, and where it stands.
  public struct StepHead: Sendable, BitwiseCopyable {
    /// The row's own time, if it has one.
    public let time: Timestamp?
    /// Nil where the row creates the shipment.
    public let before: ShipmentState?
    public let after: ShipmentState
    public let shipment: ShipmentIndex
    /// The shipment's newest record before the row; of a shipment that the row creates the row's own.
    public let previous: Position
    public let position: Position

    @inlinable
    public init(
      of shipment: ShipmentIndex, from before: ShipmentState?, to after: ShipmentState, at time: Timestamp?,
      previous: Position, position: Position
    ) {
      self.time = time
      self.before = before
      self.after = after
      self.shipment = shipment
      self.previous = previous
      self.position = position
    }

    @inlinable
    public var verdict: Verdict { Verdict(.applied, before: before, after: after, at: time) }
  }

  /// Appends the record of a row with one effect.
  @inline(__always)
  private mutating func append(
    _ head: StepHead, _ tag: UInt8, _ putFields: (inout GrowingBytes) -> Void
  ) {
    appendRecord { record in
      record.putHead(head)
      record.putNumber(1)
      record.putShipment(tag, head.shipment, head.previous, head.position)
      putFields(&record)
    }
  }

  public mutating func appendAssignment(
    _ head: StepHead, courier: Slice, awb: Slice, after: ShipmentState, in bytes: Span<UInt8>
  ) {
    append(head, EffectTag.assign) { $0.putAssignment(courier, awb, after, of: bytes) }
  }

  public mutating func appendConfirmation(
    _ head: StepHead, invoiceNumber: Slice, invoiceDate: Timestamp?, in bytes: Span<UInt8>
  ) {
    append(head, EffectTag.confirm) { $0.putConfirmation(invoiceNumber, invoiceDate, of: bytes) }
  }

  public mutating func appendManifest(_ head: StepHead, number: Slice, in bytes: Span<UInt8>) {
    append(head, EffectTag.manifest) { $0.putText(number, of: bytes) }
  }

  /// A line of an order.
  public struct Line: Sendable {
    public let key: Slice
    public let sku: Slice
    public let quantity: Int32
    public let priceMillionths: Int64
    public let content: UInt64

    public init(key: Slice, sku: Slice, quantity: Int32, priceMillionths: Int64, content: UInt64) {
      self.key = key
      self.sku = sku
      self.quantity = quantity
      self.priceMillionths = priceMillionths
      self.content = content
    }
  }

  public mutating func appendLine(_ head: StepHead, _ line: Line, in bytes: Span<UInt8>) {
    append(head, EffectTag.addLine) {
      $0.putLine(line.key, line.sku, line.quantity, line.priceMillionths, line.content, of: bytes)
    }
  }

  /// What an order brings besides its lines.
  public struct NewOrder: Sendable {
    public let order: OrderIndex
    public let number: Slice
    public let location: Slice
    public let invoice: Slice
    public let details: Effect.OrderDetails

    public init(
      _ order: OrderIndex, number: Slice, location: Slice, invoice: Slice, _ details: Effect.OrderDetails
    ) {
      self.order = order
      self.number = number
      self.location = location
      self.invoice = invoice
      self.details = details
    }
  }

  /// - Parameter state: the one that its shipment begins in.
  public mutating func appendOrder(
    _ head: StepHead, _ order: NewOrder, _ state: ShipmentState, _ lines: Span<Line>,
    in bytes: Span<UInt8>
  ) {
    appendRecord { record in
      record.putHead(head)
      record.putNumber(UInt64(3 + lines.count))
      record.putCreateOrder(order.number, order.location, of: bytes)
      record.putCreateShipment(order.order, order.invoice, state, of: bytes)
      record.putShipment(EffectTag.details, head.shipment, head.previous, head.position)
      record.putDetails(order.details, of: bytes)
      for index in lines.indices {
        let line = lines[index]
        record.putShipment(EffectTag.addLine, head.shipment, head.previous, head.position)
        record.putLine(line.key, line.sku, line.quantity, line.priceMillionths, line.content, of: bytes)
      }
    }
  }
}

extension RecordBytes where Self: ~Copyable {
  /// What the record of such a row says before its effects, of which it has some.
  @inline(__always)
  fileprivate mutating func putHead(_ head: RowWriter.StepHead) {
    let base = Outcome.applied.rawValue | RowRecord.hasStates | RowRecord.hasEffects
    append(head.time == nil ? base : base | RowRecord.hasTime)
    if let time = head.time { putTime(time) }
    append(head.before.map { $0.rawValue + 1 } ?? 0)
    append(head.after.rawValue + 1)
  }
}

public import Orders

/// Carriers' events by the short way: the rows there are most of, looked up a batch at a time and entered without an effect between.
///
/// What it does to the books is what `apply` does with the effect that the same row has in the journal.
extension Books {
  /// No key of that number.
  public static let noKey = UInt32.max

  @inlinable
  public func isPartner(_ partner: UInt8, courier: UInt32) -> Bool {
    couriers[Int(courier)].partner == partner
  }

  /// Takes up a scan number that was not used before; false, and nothing changes, where it was.
  public mutating func takeScanNumber(_ number: ScanNumber, of partner: UInt8) -> Bool {
    if !scanNumbers[Int(partner)].insert(number) { return false }
    log(scan: number, of: partner)
    return true
  }

  /// Enters an event that is applied and newer than all that its shipment holds.
  ///
  /// - Returns: the newest record about the shipment before this one.
  @discardableResult
  public mutating func enter(_ event: NextEvent, at position: Position) -> Position {
    let place = Int(event.shipment.raw)
    let identity = Books.identityBit(code: event.code, time: event.time)
    touch(event.shipment.raw)
    if let head = shipments.enter(event, of: place, identity, position) { return head }
    var record = shipments[place]
    let head = record.head
    record.enter(event, identity, position)
    shipments[place] = record
    return head
  }
}

extension ShipmentRecord {
  fileprivate mutating func enter(_ event: NextEvent, _ identity: UInt64, _ position: Position) {
    identities |= identity
    newestCarrier = max(newestCarrier, event.time)
    newestHeld = max(newestHeld, event.time)
    if event.onReturn { marks.insert(.onReturn) } else { marks.remove(.onReturn) }
    if event.after != state {
      state = event.after
      setBy = position
      since = event.time
    }
    head = position
  }
}

/// A carrier's event with a known code that is applied and newer than all that its manifested shipment holds.
public struct NextEvent: Sendable {
  // In this order the code lies where nobody reads it together with what was written just before beside it.
  public var shipment: ShipmentIndex
  public var isSecondVersion: Bool
  public var endsReturn: Bool
  public var code: CodeIndex
  public var time: Timestamp
  public var scanNumber: ScanNumber
  public var location: Slice
  /// What the code asks for; nil: nothing.
  public var event: EventKind?
  public var before: ShipmentState
  public var after: ShipmentState
  public var onReturn: Bool

  public init(
    shipment: ShipmentIndex, time: Timestamp, scanNumber: ScanNumber, location: Slice, code: CodeIndex,
    isSecondVersion: Bool, event: EventKind?, endsReturn: Bool, before: ShipmentState, after: ShipmentState,
    onReturn: Bool
  ) {
    self.shipment = shipment
    self.time = time
    self.scanNumber = scanNumber
    self.location = location
    self.code = code
    self.isSecondVersion = isSecondVersion
    self.event = event
    self.endsReturn = endsReturn
    self.before = before
    self.after = after
    self.onReturn = onReturn
  }
}

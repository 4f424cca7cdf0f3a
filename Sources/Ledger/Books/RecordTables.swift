internal import Files
internal import Orders

/// The shipments of the books, by their numbers: packed, and the few that do not fit aside.
public struct ShipmentTable: RandomAccessCollection, Sendable {
  public private(set) var packed: [PackedShipment] = []
  /// Those that do not fit, whole.
  private(set) var aside: [UInt32: ShipmentRecord] = [:]
  /// Of the shipments that another one of their order follows, that one: few orders have more than one.
  private(set) var nexts: [UInt32: UInt32] = [:]

  public init() {}

  /// The table of what it held; nil where these do not fit together.
  init?(packed: [PackedShipment], aside: [AsideShipment], nexts: [NextShipment]) {
    self.packed = packed
    for one in aside { self.aside[one.shipment] = one.record }
    for one in nexts { self.nexts[one.shipment] = one.next }
    guard self.aside.count == aside.count, self.nexts.count == nexts.count,
      self.aside.keys.allSatisfy({ Int($0) < packed.count && packed[Int($0)].isAside }),
      self.nexts.keys.allSatisfy({ Int($0) < packed.count })
    else { return nil }
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { packed.count }

  public subscript(shipment: Int) -> ShipmentRecord {
    // In line, so that whoever asks for one field takes that one apart alone.
    @inlinable @inline(__always) get {
      let found = packed[shipment]
      if found.isAside || found.hasNext { return rare(shipment, found) }
      return found.record
    }
    set { set(shipment, newValue) }
  }

  @inline(never)
  public func rare(_ shipment: Int, _ found: PackedShipment) -> ShipmentRecord {
    let number = UInt32(truncatingIfNeeded: shipment)
    if found.isAside {
      guard let record = aside[number] else { preconditionFailure("what is kept aside is there") }
      return record
    }
    var record = found.record
    record.next = nexts[number] ?? .max
    return record
  }

  private mutating func set(_ shipment: Int, _ record: ShipmentRecord) {
    let before = packed[shipment]
    let number = UInt32(truncatingIfNeeded: shipment)
    if let fits = PackedShipment(record) {
      if before.isAside { aside[number] = nil }
      if before.hasNext || fits.hasNext { nexts[number] = fits.hasNext ? record.next : nil }
      packed[shipment] = fits
    } else {
      if before.hasNext { nexts[number] = nil }
      aside[number] = record
      packed[shipment] = .aside(of: record)
    }
  }

  // What nearly every row does, on the packed record as it lies; false: it does not fit there, and nothing was changed.

  @inline(__always)
  mutating func setHead(_ position: Position, of shipment: Int) -> Bool { packed[shipment].setHead(position) }

  @inline(__always)
  mutating func move(
    _ shipment: Int, to after: ShipmentState, _ mark: ShipmentMarks, _ row: Books.RowContext
  ) -> Bool {
    packed[shipment].move(to: after, mark, row)
  }

  @inline(__always)
  mutating func assign(
    _ shipment: Int, courier: UInt32?, awbKey: UInt32?, _ after: ShipmentState, _ row: Books.RowContext
  ) -> Bool {
    var changed = packed[shipment]
    guard changed.take(courier: courier, awbKey: awbKey), changed.move(to: after, [], row) else {
      return false
    }
    packed[shipment] = changed
    return true
  }

  /// Enters an event that is newer than all that the shipment holds.
  /// - Returns: the newest record about the shipment before that one; nil: it does not fit, and nothing was changed.
  @inline(__always)
  mutating func enter(
    _ event: NextEvent, of shipment: Int, _ identity: UInt64, _ position: Position
  ) -> Position? {
    var changed = packed[shipment]
    let before = changed.newestRecord
    guard changed.enter(event, identity, position) else { return nil }
    packed[shipment] = changed
    return before
  }

  mutating func makeRoom(for count: Int, _ outlook: ReplayOutlook) {
    packed.makeRoom(for: packed.count + count, expecting: outlook.expected(packed.count, adding: count))
  }

  mutating func makeRoom(expecting expected: Int) { packed.makeRoom(for: expected, expecting: expected) }

  /// Adds one that lies in its place whole.
  @inline(__always)
  mutating func append(_ record: PackedShipment) { packed.append(record) }

  mutating func append(_ record: ShipmentRecord) {
    let number = packed.count
    if let fits = PackedShipment(record), !fits.hasNext {
      packed.append(fits)
    } else {
      packed.append(.aside(of: record))
      set(number, record)
    }
  }

  mutating func removeLast() {
    let number = UInt32(truncatingIfNeeded: packed.count - 1)
    let last = packed.removeLast()
    if last.isAside { aside[number] = nil }
    if last.hasNext { nexts[number] = nil }
  }

  var asideRecords: [AsideShipment] {
    aside.sorted { $0.key < $1.key }.map { AsideShipment(shipment: $0.key, record: $0.value) }
  }

  var nextRecords: [NextShipment] {
    nexts.sorted { $0.key < $1.key }.map { NextShipment(shipment: $0.key, next: $0.value) }
  }

  /// Looks at one, at its beginning and its end; gives the number of its order.
  @inline(__always)
  func look(at shipment: Int, _ sum: inout UInt64) -> UInt32 {
    sum &+= packed[shipment].identities
    return packed[shipment].order
  }
}

/// The orders of the books, by their numbers.
public struct OrderTable: RandomAccessCollection, Sendable {
  public private(set) var packed: [PackedOrder] = []
  /// Of the orders at a location whose number is very high, that number.
  private(set) var farLocations: [UInt32: UInt32] = [:]

  public init() {}

  public func far(_ order: Int) -> UInt32 {
    guard let far = farLocations[UInt32(truncatingIfNeeded: order)] else {
      preconditionFailure("a location's number is there")
    }
    return far
  }

  init?(packed: [PackedOrder], far: [FarOrder]) {
    self.packed = packed
    for one in far { farLocations[one.order] = one.location }
    guard farLocations.count == far.count, farLocations.keys.allSatisfy({ Int($0) < packed.count }) else {
      return nil
    }
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { packed.count }

  public subscript(order: Int) -> OrderRecord {
    @inlinable get {
      let found = packed[order]
      let location = found.location
      return found.record(location: location != PackedOrder.farLocation ? location : far(order))
    }
    set {
      let isFar = newValue.location >= PackedOrder.farLocation
      if isFar || packed[order].location == PackedOrder.farLocation {
        farLocations[UInt32(truncatingIfNeeded: order)] = isFar ? newValue.location : nil
      }
      packed[order] = PackedOrder(newValue)
    }
  }

  mutating func makeRoom(for count: Int, _ outlook: ReplayOutlook) {
    packed.makeRoom(for: packed.count + count, expecting: outlook.expected(packed.count, adding: count))
  }

  mutating func makeRoom(expecting expected: Int) { packed.makeRoom(for: expected, expecting: expected) }

  mutating func append(_ record: OrderRecord) {
    packed.append(PackedOrder(record))
    if record.location >= PackedOrder.farLocation {
      farLocations[UInt32(truncatingIfNeeded: packed.count - 1)] = record.location
    }
  }

  var far: [FarOrder] {
    farLocations.sorted { $0.key < $1.key }.map { FarOrder(order: $0.key, location: $0.value) }
  }

  mutating func removeLast() {
    if packed.removeLast().location == PackedOrder.farLocation {
      farLocations[UInt32(truncatingIfNeeded: packed.count)] = nil
    }
  }
}

/// A shipment that is kept aside, as a checkpoint has it.
struct AsideShipment: BitwiseCopyable {
  var shipment: UInt32
  var record: ShipmentRecord
}

/// Which shipment of its order follows one.
struct NextShipment: BitwiseCopyable {
  var shipment: UInt32
  var next: UInt32
}

/// An order at a location whose number is very high.
struct FarOrder: BitwiseCopyable {
  var order: UInt32
  var location: UInt32
}

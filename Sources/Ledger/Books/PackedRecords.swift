public import Orders

/// A shipment as it lies in memory: 48 bytes for nearly every one.
///
/// Of few shipments a field does not fit its bits: those are kept whole, aside (`ShipmentTable`).
public struct PackedShipment: Sendable, BitwiseCopyable {
  // The order's number, and the AWB's above it.
  public private(set) var keys: UInt64
  // From the lowest bit: the invoice's number 32, the courier's 15, state 5, marks 6, is it kept aside 1, does another one of
  // its order follow 1; the highest 4 are the highest of the newest carrier event's time.
  public private(set) var standing: UInt64
  // `since` 42, and the lowest 22 bits of the newest carrier event's time.
  public private(set) var times: UInt64
  // The newest record 56, and 8 further bits of that time.
  public private(set) var head: UInt64
  // The record that put it into its state 56, and 8 further bits of that time.
  public private(set) var setBy: UInt64
  public private(set) var identities: UInt64

  @inlinable public static var asideBit: UInt64 { 1 << 58 }
  @inlinable public static var hasNextBit: UInt64 { 1 << 59 }
  @inlinable public static var timeBits: UInt64 { 42 }
  @inlinable public static var positionBits: UInt64 { 56 }
  private static let lowBits: UInt64 = 22

  /// Stands for one that is kept aside; its order is looked at before it is asked for.
  static func aside(of record: ShipmentRecord) -> PackedShipment {
    var packed = PackedShipment()
    packed.keys = UInt64(record.order.raw)
    packed.standing = asideBit
    return packed
  }

  private init() {
    (keys, standing, times, head, setBy, identities) = (0, 0, 0, 0, 0, 0)
  }

  /// Nil where the record does not fit. Of the next shipment only whether there is one is kept.
  init?(_ record: ShipmentRecord) {
    guard record.returnKey == .max, record.newestHeld == record.newestCarrier, record.courier < 1 << 15,
      record.marks.rawValue < 1 << 6, let since = Self.bits(of: record.since),
      let newest = Self.bits(of: record.newestCarrier), let setBy = Self.bits(of: record.setBy),
      let head = Self.bits(of: record.head)
    else { return nil }
    keys = UInt64(record.order.raw) | UInt64(record.awbKey) << 32
    var standing = UInt64(record.invoiceKey) | UInt64(record.courier) << 32
    standing |= UInt64(record.state.rawValue) << 47 | UInt64(record.marks.rawValue) << 52
    if record.next != .max { standing |= Self.hasNextBit }
    self.standing = standing | (newest >> 38) << 60
    times = since | newest << Self.timeBits
    self.head = head | (newest >> 22 & 0xFF) << Self.positionBits
    self.setBy = setBy | (newest >> 30 & 0xFF) << Self.positionBits
    identities = record.identities
  }

  /// One that was created just now, alone in its order; nil where it does not fit.
  @inline(__always)
  init?(newOf order: UInt32, invoiceKey: UInt32, _ state: ShipmentState, _ row: Books.RowContext) {
    guard let since = Self.bits(of: row.time), let position = Self.bits(of: row.position) else { return nil }
    keys = UInt64(order) | UInt64(UInt32.max) << 32
    standing = UInt64(invoiceKey) | UInt64(state.rawValue) << 47
    (times, head, setBy, identities) = (since, position, position, 0)
  }

  /// Makes a record the newest about the shipment; false: that does not fit, and nothing was changed.
  @inline(__always)
  mutating func setHead(_ position: Position) -> Bool {
    guard !isAside, let newest = Self.bits(of: position) else { return false }
    head = head & ~(1 << Self.positionBits - 1) | newest
    return true
  }

  /// Enters a state by a row, as `ShipmentRecord.move` does, with a mark, and makes the row's record the newest; false: that does
  /// not fit, and nothing was changed.
  @inline(__always)
  mutating func move(to after: ShipmentState, _ mark: ShipmentMarks, _ row: Books.RowContext) -> Bool {
    guard !isAside, let position = Self.bits(of: row.position) else { return false }
    if standing >> 47 & 31 != UInt64(after.rawValue) {
      guard let since = Self.bits(of: row.time) else { return false }
      standing = standing & ~(31 << 47) | UInt64(after.rawValue) << 47
      times = times & ~(1 << Self.timeBits - 1) | since
      setBy = setBy & ~(1 << Self.positionBits - 1) | position
    }
    standing |= UInt64(mark.rawValue) << 52
    head = head & ~(1 << Self.positionBits - 1) | position
    return true
  }

  /// Takes a courier and an AWB, those that are named; false: the courier does not fit, and nothing was changed.
  @inline(__always)
  mutating func take(courier: UInt32?, awbKey: UInt32?) -> Bool {
    if let courier {
      guard courier < 1 << 15 else { return false }
      standing = standing & ~(0x7FFF << 32) | UInt64(courier) << 32
    }
    if let awbKey { keys = keys & 0xFFFF_FFFF | UInt64(awbKey) << 32 }
    return true
  }

  /// Enters a carrier's event that is applied and newer than all that it holds; false: that does not fit, and nothing was changed.
  @inline(__always)
  mutating func enter(_ event: NextEvent, _ identity: UInt64, _ position: Position) -> Bool {
    guard !isAside, let time = Self.bits(of: event.time), let position = Self.bits(of: position) else {
      return false
    }
    identities |= identity
    let onReturn = UInt64(ShipmentMarks.onReturn.rawValue) << 52
    standing = event.onReturn ? standing | onReturn : standing & ~onReturn
    if standing >> 47 & 31 != UInt64(event.after.rawValue) {
      standing = standing & ~(31 << 47) | UInt64(event.after.rawValue) << 47
      times = times & ~(1 << Self.timeBits - 1) | time
      setBy = setBy & ~(1 << Self.positionBits - 1) | position
    }
    head = head & ~(1 << Self.positionBits - 1) | position
    if time > newestBits {
      times = times & (1 << Self.timeBits - 1) | time << Self.timeBits
      head = head & (1 << Self.positionBits - 1) | (time >> 22 & 0xFF) << Self.positionBits
      setBy = setBy & (1 << Self.positionBits - 1) | (time >> 30 & 0xFF) << Self.positionBits
      standing = standing & ~(15 << 60) | (time >> 38) << 60
    }
    return true
  }

  // One field each, for those who ask for no more. Of one that is kept aside they mean nothing, but for its order.

  @inlinable public var isAside: Bool { standing & Self.asideBit != 0 }
  @inlinable public var hasNext: Bool { standing & Self.hasNextBit != 0 }
  @inlinable public var order: UInt32 { UInt32(truncatingIfNeeded: keys) }
  @inlinable public var awbKey: UInt32 { UInt32(truncatingIfNeeded: keys >> 32) }
  @inlinable public var hasAWB: Bool { awbKey != .max }
  @inlinable public var invoiceKey: UInt32 { UInt32(truncatingIfNeeded: standing) }
  @inlinable public var courier: UInt32 { UInt32(truncatingIfNeeded: standing >> 32 & 0x7FFF) }
  @inlinable public var state: ShipmentState { ShipmentState(place: Int(standing >> 47 & 31)) }
  @inlinable public var marks: ShipmentMarks {
    ShipmentMarks(rawValue: UInt8(truncatingIfNeeded: standing >> 52 & 63))
  }
  @inlinable public var since: Timestamp { Self.time(times & (1 << Self.timeBits - 1)) }
  /// The newest carrier event's time, which is that of the newest of all that it holds.
  @inlinable public var newest: Timestamp { Self.time(newestBits) }
  /// The newest record about it.
  @inlinable public var newestRecord: Position { Self.position(head) }
  @inlinable public var newestBits: UInt64 {
    times >> Self.timeBits | (head >> Self.positionBits) << 22 | (setBy >> Self.positionBits) << 30
      | (standing >> 60) << 38
  }

  /// What it is, but for the next shipment of its order.
  ///
  /// In line, so that whoever asks for one field takes that one apart alone.
  @inlinable @inline(__always) public var record: ShipmentRecord {
    var record = ShipmentRecord(
      order: OrderIndex(order), state: state, since: since, setBy: Self.position(setBy), head: newestRecord)
    record.awbKey = awbKey
    record.invoiceKey = invoiceKey
    record.courier = courier
    record.marks = marks
    record.newestCarrier = newest
    record.newestHeld = record.newestCarrier
    record.identities = identities
    return record
  }

  // MARK: In brief

  /// Since when it stands, its state and its marks in one word; `briefAside` of one that is kept aside.
  var brief: UInt64 {
    if isAside { return Self.briefAside }
    return times & (1 << Self.timeBits - 1) | (standing >> 47 & 0x7FF) << Self.timeBits
  }

  /// Does another one, which lies whole as well, say the same in all that a `Standing` has?
  @inline(__always)
  func standsLike(_ other: PackedShipment) -> Bool {
    // Above its fields `standing` has the bits of who is aside, whom another one follows, and of the newest event.
    let differences =
      (keys ^ other.keys) | (standing ^ other.standing) << 6 | (times ^ other.times) << (64 - Self.timeBits)
    return differences == 0
  }

  static var briefAside: UInt64 { .max }
  static func since(ofBrief brief: UInt64) -> Timestamp { time(brief & (1 << timeBits - 1)) }
  static func state(ofBrief brief: UInt64) -> ShipmentState {
    ShipmentState(place: Int(brief >> timeBits & 31))
  }
  static func marks(ofBrief brief: UInt64) -> ShipmentMarks {
    ShipmentMarks(rawValue: UInt8(truncatingIfNeeded: brief >> (timeBits + 5) & 63))
  }

  // MARK: Fields

  /// Milliseconds since 1960 plus one, up to the year 2099; 0: no time yet.
  private static func bits(of time: Timestamp) -> UInt64? {
    if time == .distantPast { return 0 }
    let (since, isOver) = time.milliseconds.addingReportingOverflow(year1960)
    return !isOver && since >= 1 && since < 1 << Int64(timeBits) ? UInt64(since) : nil
  }

  @inlinable
  public static func time(_ bits: UInt64) -> Timestamp {
    bits == 0 ? .distantPast : Timestamp(milliseconds: Int64(bits) - year1960)
  }

  @inlinable public static var year1960: Int64 { 315_619_200_001 }

  /// The frame in eights, as all frames begin, and the place in it; all ones: none. So far up to half a TiB of journal.
  private static func bits(of position: Position) -> UInt64? {
    if position == .none { return 1 << positionBits - 1 }
    let frame = position.frame
    guard frame & 7 == 0, frame >> 3 < 1 << 36 - 1 else { return nil }
    return (frame >> 3) << 20 | UInt64(position.record)
  }

  @inlinable
  public static func position(_ bits: UInt64) -> Position {
    let bits = bits & (1 << positionBits - 1)
    if bits == 1 << positionBits - 1 { return .none }
    return Position(frame: (bits >> 20) << 3, record: Int(bits & 0xF_FFFF))
  }
}

/// An order as it lies in memory: 8 bytes.
public struct PackedOrder: Sendable, BitwiseCopyable {
  public var firstShipment: UInt32
  /// The creator's number, and the location's above it.
  public private(set) var terms: UInt32

  /// Stands for a location whose number has no room.
  @inlinable public static var farLocation: UInt32 { 1 << 24 - 1 }

  init(_ record: OrderRecord) {
    firstShipment = record.firstShipment
    terms = UInt32(record.creator) | min(record.location, Self.farLocation) << 8
  }

  @inlinable public var location: UInt32 { terms >> 8 }

  @inlinable
  public func record(location: UInt32) -> OrderRecord {
    OrderRecord(
      creator: UInt8(truncatingIfNeeded: terms), location: location, firstShipment: firstShipment)
  }
}

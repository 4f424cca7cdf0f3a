public import Orders

/// The shipments that the open transaction changed, each once, in the order of their first changes, and how they stood before it.
///
/// Two need it: taking a refused file back, and the feeds, which tell the net effect of a file. A bit for each shipment of the
/// books says whether it is in the list, so that nearly every change costs one look at a word that is in the cache.
public struct ShipmentTouches: Sendable {
  /// Shipments from this number on were created by the transaction.
  public private(set) var firstNew: UInt32 = 0
  private var list: [UInt32] = []
  private var marks: [UInt64] = []
  /// What the older ones among them were, in the order of the list, as they lay in the books.
  private var records: [PackedShipment] = []
  /// Those of them that did not lie there whole.
  private var rare: [UInt32: ShipmentRecord] = [:]
  /// In place of the records once these are given up: how they stood (`PackedShipment.brief`).
  private var briefs: [UInt64] = []
  /// The keys that they had; empty, for as long as nobody changes one, as in most large files.
  private var keys: [Keys] = []
  private var keepsRecords = true
  private var keepsKeys = false

  public var count: Int { list.count }

  /// Forgets all, and begins with books that hold so many shipments.
  mutating func begin(shipments: Int) {
    for shipment in list { marks[Int(shipment >> 6)] = 0 }
    list.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
    rare = [:]
    briefs = []
    keys = []
    keepsRecords = true
    keepsKeys = false
    firstNew = UInt32(shipments)
  }

  /// Is the shipment in the list?
  @inline(__always)
  func isNoted(_ shipment: UInt32) -> Bool {
    let word = Int(shipment >> 6)
    return word < marks.count && marks[word] & 1 << UInt64(shipment & 63) != 0
  }

  /// Looks at the word that says whether a shipment is in the list.
  @inline(__always)
  func look(at shipment: UInt32) -> UInt64 {
    let word = Int(shipment >> 6)
    return word < marks.count ? marks[word] : 0
  }

  /// Notes a shipment that is not in the list, and is about to change or was created just now.
  /// - Parameter whole: what it is, where it does not lie whole in its place.
  @inline(__always)
  mutating func note(_ shipment: UInt32, _ packed: PackedShipment, whole: ShipmentRecord?) {
    let word = Int(shipment >> 6)
    if word >= marks.count {
      marks += [UInt64](repeating: 0, count: max(word + 1, marks.count * 2) - marks.count)
    }
    marks[word] |= 1 << UInt64(shipment & 63)
    list.append(shipment)
    if shipment >= firstNew { return }
    if let whole, keepsRecords || packed.isAside { rare[shipment] = whole }
    if keepsRecords { return records.append(packed) }
    briefs.append(packed.brief)
    if keepsKeys { keys.append(Keys(packed)) }
  }

  /// From here on the shipments cannot be put back; the feeds can still tell what changed.
  /// - Parameter table: how they stand.
  mutating func giveUpRecords(now table: ShipmentTable) {
    briefs.reserveCapacity(records.count)
    var place = 0
    for shipment in list where shipment < firstNew {
      let packed = records[place]
      briefs.append(packed.brief)
      if !packed.isAside {
        rare[shipment] = nil
        if Keys(packed) != Keys(of: shipment, in: table) { keepsKeys = true }
      }
      place += 1
    }
    if keepsKeys { keys = records.map { Keys($0) } }
    records = []
    keepsRecords = false
  }

  /// Keeps the keys that they have, because one is about to change.
  /// - Parameter table: how they stand.
  @inline(__always)
  mutating func keepKeys(of table: ShipmentTable) {
    if !keepsRecords && !keepsKeys { takeDownKeys(of: table) }
  }

  @inline(never)
  private mutating func takeDownKeys(of table: ShipmentTable) {
    keepsKeys = true
    keys.reserveCapacity(briefs.count)
    for shipment in list where shipment < firstNew { keys.append(Keys(of: shipment, in: table)) }
  }

  /// What names a shipment, and who carries it: nothing that a carrier's event changes.
  private struct Keys: Equatable, Sendable, BitwiseCopyable {
    let awbKey: UInt32
    let invoiceKey: UInt32
    let courier: UInt32

    /// Of one that is kept aside they mean nothing.
    init(_ packed: PackedShipment) {
      awbKey = packed.awbKey
      invoiceKey = packed.invoiceKey
      courier = packed.courier
    }

    private init(_ record: ShipmentRecord) {
      awbKey = record.awbKey
      invoiceKey = record.invoiceKey
      courier = record.courier
    }

    init(of shipment: UInt32, in table: ShipmentTable) {
      let packed = table.packed[Int(shipment)]
      self = packed.isAside ? Keys(table[Int(shipment)]) : Keys(packed)
    }
  }

  /// The older shipments with what they were.
  func forEachRecord(_ body: (_ shipment: UInt32, _ before: ShipmentRecord) -> Void) {
    precondition(keepsRecords)
    var place = 0
    for shipment in list where shipment < firstNew {
      body(shipment, rare[shipment] ?? records[place].record)
      place += 1
    }
  }

  /// All shipments, each with how it stood before; nil: it was not there.
  /// - Parameter table: how they stand.
  public func forEach(
    now table: ShipmentTable, _ body: (_ shipment: ShipmentIndex, _ before: Standing?) throws -> Void
  ) rethrows {
    try forEach(in: Block(range: list.indices, firstOlder: 0), now: table, bringNear: { _ in }, body)
  }

  /// A part of the list.
  public struct Block: Sendable {
    let range: Range<Int>
    /// How many older shipments stand before it.
    let firstOlder: Int
  }

  /// The list, cut into parts of so many shipments.
  public func blocks(of count: Int) -> [Block] {
    var blocks: [Block] = []
    var older = 0
    for start in stride(from: 0, to: list.count, by: count) {
      let range = start..<min(start + count, list.count)
      blocks.append(Block(range: range, firstOlder: older))
      for place in range where list[place] < firstNew { older += 1 }
    }
    return blocks
  }

  /// The same of the shipments of one part.
  /// - Parameter bringNear: gets those that come next, as many at a time as are looked at together.
  public func forEach(
    in block: Block, now table: ShipmentTable, bringNear: (_ shipments: Span<UInt32>) -> Void,
    _ body: (_ shipment: ShipmentIndex, _ before: Standing?) throws -> Void
  ) rethrows {
    // Lent once for all rows: an array that is asked anew for each row is kept and let go for each.
    let list = list.span
    let records = records.span
    let briefs = briefs.span
    let keys = keys.span
    let packed = table.packed.span
    var place = block.firstOlder
    for number in block.range {
      if (number - block.range.lowerBound) % Books.nearRows == 0 {
        bringNear(list.extracting(number..<min(number + Books.nearRows, block.range.upperBound)))
      }
      let shipment = list[number]
      if shipment >= firstNew {
        try body(ShipmentIndex(shipment), nil)
        continue
      }
      let before: Standing
      if keepsRecords ? records[place].isAside : briefs[place] == PackedShipment.briefAside,
        let record = rare[shipment]
      {
        before = Standing(record)
      } else if keepsRecords {
        before = Standing(records[place])
      } else {
        let had: Keys
        if keepsKeys {
          had = keys[place]
        } else {
          let now = packed[Int(shipment)]
          had = now.isAside ? Keys(of: shipment, in: table) : Keys(now)
        }
        before = Standing(
          brief: briefs[place], courier: had.courier, awbKey: had.awbKey, invoiceKey: had.invoiceKey)
      }
      try body(ShipmentIndex(shipment), before)
      place += 1
    }
  }
}

/// How a shipment stands, as far as feeds tell of it.
public struct Standing: Equatable, Sendable, BitwiseCopyable {
  public let since: Timestamp
  public let courier: UInt32
  public let awbKey: UInt32
  public let invoiceKey: UInt32
  public let state: ShipmentState
  public let marks: ShipmentMarks

  public init(_ record: ShipmentRecord) {
    since = record.since
    courier = record.courier
    awbKey = record.awbKey
    invoiceKey = record.invoiceKey
    state = record.state
    marks = record.marks
  }

  /// - Parameter brief: of one that lies in its place whole.
  init(brief: UInt64, courier: UInt32, awbKey: UInt32, invoiceKey: UInt32) {
    since = PackedShipment.since(ofBrief: brief)
    state = PackedShipment.state(ofBrief: brief)
    marks = PackedShipment.marks(ofBrief: brief)
    self.courier = courier
    self.awbKey = awbKey
    self.invoiceKey = invoiceKey
  }

  /// Of one that lies in its place whole, but for the next one of its order.
  init(_ packed: PackedShipment) {
    since = packed.since
    courier = packed.courier
    awbKey = packed.awbKey
    invoiceKey = packed.invoiceKey
    state = packed.state
    marks = packed.marks
  }
}

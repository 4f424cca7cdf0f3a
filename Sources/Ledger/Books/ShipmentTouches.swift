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
    if !rare.isEmpty { forgetRareOnes() }
    let (list, records, firstNew) = (list, records, firstNew)
    var (place, differ) = (0, false)
    briefs.append(addingCapacity: records.count) { room in
      let (list, records, packed) = (list.span, records.span, table.packed.span)
      for number in list.indices where list[number] < firstNew {
        let (before, now) = (records[place], packed[Int(list[number])])
        place += 1
        room.append(before.brief)
        if before.isAside { continue }
        let keysNow = now.isAside ? Keys(of: list[number], in: table) : Keys(now)
        if Keys(before) != keysNow { differ = true }
      }
    }
    keepsKeys = differ
    if differ { keys = records.map { Keys($0) } }
    self.records = []
    keepsRecords = false
  }

  /// Of those that lay in their places, what is kept in brief says enough.
  private mutating func forgetRareOnes() {
    var place = 0
    for shipment in list where shipment < firstNew {
      if !records[place].isAside { rare[shipment] = nil }
      place += 1
    }
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
    var part = Part(range: list.indices, firstOlder: 0)
    var changes: [ShipmentChange] = []
    while !part.isEmpty {
      takeChanges(from: &part, now: table, unchangedToo: true, into: &changes)
      for change in changes { try body(change.shipment, change.isNew ? nil : change.before) }
    }
  }

  /// A part of the list.
  public struct Part: Sendable {
    var range: Range<Int>
    /// How many older shipments stand before it.
    var firstOlder: Int

    public var isEmpty: Bool { range.isEmpty }
  }

  /// The list, cut into parts of so many shipments.
  public func parts(of count: Int) -> [Part] {
    var parts: [Part] = []
    var older = 0
    for start in stride(from: 0, to: list.count, by: count) {
      let range = start..<min(start + count, list.count)
      parts.append(Part(range: range, firstOlder: older))
      for place in range where list[place] < firstNew { older += 1 }
    }
    return parts
  }

  /// Takes the next shipments off a part, as many as are looked at together, and tells how they stand and stood.
  /// - Parameters:
  ///   - table: how they stand.
  ///   - unchangedToo: tells also of those that stand as before.
  ///   - changes: gets what is told, and nothing else.
  public func takeChanges(
    from part: inout Part, now table: ShipmentTable, unchangedToo: Bool, into changes: inout [ShipmentChange]
  ) {
    changes.removeAll(keepingCapacity: true)
    let start = part.range.lowerBound
    let end = min(start + Books.nearRows, part.range.upperBound)
    part.range = end..<part.range.upperBound
    let first = part.firstOlder
    var older = first
    changes.append(addingCapacity: end - start) { (room: inout OutputSpan<ShipmentChange>) in
      // Lent once for all of them: an array that is asked anew for each is kept and let go for each.
      let list = list.span.extracting(start..<end)
      let (packed, records, briefs) = (table.packed.span, records.span, briefs.span)
      var sum: UInt64 = 0
      for place in list.indices {
        let found = packed[Int(list[place])]
        // It may lie on two lines of the cache.
        sum &+= found.keys &+ found.times
      }
      Books.note(sum)
      for place in list.indices {
        let (shipment, now) = (list[place], packed[Int(list[place])])
        if shipment >= firstNew {
          let standing = now.isAside ? Standing(table[Int(shipment)]) : Standing(now)
          room.append(ShipmentChange(shipment, now.order, isNew: true, before: standing, now: standing))
          continue
        }
        let number = older
        older += 1
        if keepsRecords {
          let before = records[number]
          if before.isAside || now.isAside {
            appendRare(shipment, number, now, table, unchangedToo, &room)
          } else if unchangedToo || !before.standsLike(now) {
            room.append(
              ShipmentChange(shipment, now.order, isNew: false, before: Standing(before), now: Standing(now)))
          }
        } else if keepsKeys || now.isAside || briefs[number] == PackedShipment.briefAside {
          appendRare(shipment, number, now, table, unchangedToo, &room)
        } else if unchangedToo || briefs[number] != now.brief {
          let standing = Standing(now)
          room.append(
            ShipmentChange(
              shipment, now.order, isNew: false, before: Standing(brief: briefs[number], of: standing),
              now: standing))
        }
      }
    }
    part.firstOlder = older
  }

  /// The same of an older one that does not lie in its place whole, or of which keys are kept.
  @inline(never)
  private func appendRare(
    _ shipment: UInt32, _ number: Int, _ packed: PackedShipment, _ table: ShipmentTable,
    _ unchangedToo: Bool, _ room: inout OutputSpan<ShipmentChange>
  ) {
    let now = packed.isAside ? Standing(table[Int(shipment)]) : Standing(packed)
    let before: Standing
    if keepsRecords ? records[number].isAside : briefs[number] == PackedShipment.briefAside,
      let record = rare[shipment]
    {
      before = Standing(record)
    } else if keepsRecords {
      before = Standing(records[number])
    } else if keepsKeys {
      let had = keys[number]
      before = Standing(
        brief: briefs[number], courier: had.courier, awbKey: had.awbKey, invoiceKey: had.invoiceKey)
    } else {
      before = Standing(brief: briefs[number], of: now)
    }
    if unchangedToo || before != now {
      room.append(ShipmentChange(shipment, packed.order, isNew: false, before: before, now: now))
    }
  }
}

/// A shipment that the open transaction changed.
public struct ShipmentChange: Sendable, BitwiseCopyable {
  public let shipment: ShipmentIndex
  public let order: OrderIndex
  /// It was created by the transaction.
  public let isNew: Bool
  /// How it stood before; of one that was not there, as it stands now.
  public let before: Standing
  public let now: Standing

  @inline(__always)
  init(_ shipment: UInt32, _ order: UInt32, isNew: Bool, before: Standing, now: Standing) {
    self.shipment = ShipmentIndex(shipment)
    self.order = OrderIndex(order)
    self.isNew = isNew
    self.before = before
    self.now = now
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

  /// - Parameter other: of whom it has the keys.
  @inline(__always)
  init(brief: UInt64, of other: Standing) {
    self.init(brief: brief, courier: other.courier, awbKey: other.awbKey, invoiceKey: other.invoiceKey)
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

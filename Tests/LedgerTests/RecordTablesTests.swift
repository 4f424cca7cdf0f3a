// Packed records: what was put in comes out, whether it fits or not.

import Orders
import Testing

@testable import Ledger

@Suite("Shipments and orders as they lie in memory")
struct RecordTablesTests {
  @Test("Shipments are what they were put in as, whatever their fields hold", arguments: UInt64(1)...20)
  func shipments(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    var table = ShipmentTable()
    var oracle: [ShipmentRecord] = []
    for _ in 0..<2_000 {
      switch Int.random(in: 0..<10, using: &numbers) {
      case 0..<4:
        let record = record(&numbers)
        table.append(record)
        oracle.append(record)
      case 4 where !oracle.isEmpty:
        table.removeLast()
        oracle.removeLast()
      default:
        guard let place = oracle.indices.randomElement(using: &numbers) else { continue }
        oracle[place] = record(&numbers)
        table[place] = oracle[place]
      }
    }
    #expect(Array(table) == oracle, "seed \(seed)")
    let again = ShipmentTable(packed: table.packed, aside: table.asideRecords, nexts: table.nextRecords)
    #expect(Array(try #require(again)) == oracle, "seed \(seed)")
    let isPlain = oracle.count { PackedShipment($0) != nil }
    #expect(isPlain > oracle.count / 4 && table.aside.count == oracle.count - isPlain)
  }

  @Test("A shipment takes 48 bytes, an order 8, a line 12")
  func sizes() {
    #expect(MemoryLayout<PackedShipment>.stride == 48)
    #expect(MemoryLayout<PackedOrder>.stride == 8)
    #expect(MemoryLayout<LineRecord>.stride == 12)
  }

  @Test("Orders are what they were put in as, at whatever location", arguments: UInt64(1)...5)
  func orders(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    var table = OrderTable()
    var oracle: [OrderRecord] = []
    func record() -> OrderRecord {
      let far = UInt32(1) << 24
      let location = [0, 7, far - 2, far - 1, far, .max].randomElement(using: &numbers) ?? 0
      return OrderRecord(
        creator: UInt8.random(in: 0 ... .max, using: &numbers), location: location,
        firstShipment: Bool.random(using: &numbers) ? .max : UInt32.random(in: 0...9, using: &numbers))
    }
    for _ in 0..<500 {
      if oracle.isEmpty || Bool.random(using: &numbers) {
        oracle.append(record())
        table.append(oracle[oracle.count - 1])
      } else if Int.random(in: 0..<4, using: &numbers) == 0 {
        oracle.removeLast()
        table.removeLast()
      } else {
        let place = Int.random(in: oracle.indices, using: &numbers)
        oracle[place] = record()
        table[place] = oracle[place]
      }
    }
    #expect(Array(table) == oracle, "seed \(seed)")
    #expect(Array(try #require(OrderTable(packed: table.packed, far: table.far))) == oracle, "seed \(seed)")
  }

  /// Mostly what partners send, now and then the limits.
  private func record(_ numbers: inout SeededNumbers) -> ShipmentRecord {
    func rarely<Value>(_ odd: [Value], _ usual: Value) -> Value {
      Int.random(in: 0..<12, using: &numbers) == 0 ? odd.randomElement(using: &numbers) ?? usual : usual
    }
    func time() -> Timestamp {
      let usual = Timestamp(
        milliseconds: Int64.random(in: 1_600_000_000_000...1_800_000_000_000, using: &numbers))
      let limits = [
        -315_619_200_001, -315_619_200_000, 4_082_427_311_102, 4_082_427_311_103, 4_082_427_311_104,
      ]
      return rarely(
        [.distantPast, Timestamp(milliseconds: .max), Timestamp(milliseconds: -62_135_596_800_000)]
          + limits.map { Timestamp(milliseconds: Int64($0)) }, usual)
    }
    func position() -> Position {
      let usual = Position(
        frame: 8 * UInt64.random(in: 0...(1 << 30), using: &numbers),
        record: Int.random(in: 16..<1 << 20, using: &numbers))
      return rarely(
        [.none, Position(frame: 8 << 36, record: 0), Position(frame: (1 << 36 - 2) << 3, record: 5)], usual)
    }
    func key() -> UInt32 { rarely([.max, 0], UInt32.random(in: 0 ... .max, using: &numbers)) }
    var record = ShipmentRecord(
      order: OrderIndex(UInt32.random(in: 0 ... .max, using: &numbers)),
      state: ShipmentState.allCases.randomElement(using: &numbers) ?? .open, since: time(), setBy: position(),
      head: position())
    record.next = rarely([1, 7], .max)
    record.awbKey = key()
    record.returnKey = rarely([4], .max)
    record.invoiceKey = key()
    record.courier = rarely([32_767, 32_768, .max], UInt32.random(in: 0...300, using: &numbers))
    record.marks = ShipmentMarks(rawValue: UInt8.random(in: 0...63, using: &numbers))
    record.newestCarrier = time()
    record.newestHeld = rarely([time()], record.newestCarrier)
    record.identities = numbers.next()
    return record
  }
}

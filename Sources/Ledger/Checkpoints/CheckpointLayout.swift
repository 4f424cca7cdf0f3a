internal import Files
internal import Orders

/// The layout of the tables that checkpoints hold, as a number: equal layouts can read each other's records.
///
/// The description names every record with its fields, their types and its length, the cases of the states, and what the key
/// tables rest on. A field that is added, or a hash that changes, makes another number, and older checkpoints are left aside.
enum CheckpointLayout {
  static let number: UInt64 = {
    let digest = SHA256.hash(Array(description.utf8))
    return LittleEndian.u64(digest, at: 0)
  }()

  /// What a change of meaning that no type shows must raise.
  private static let meaning = 3

  static var description: String {
    let shipment = ShipmentRecord(
      order: OrderIndex(0), state: .open, since: .distantPast, setBy: .none, head: .none)
    let records = [
      line(OrderRecord(creator: 0, location: 0, firstShipment: 0)),
      line(shipment),
      "packed in \(MemoryLayout<PackedOrder>.stride) and \(MemoryLayout<PackedShipment>.stride)",
      line(LineRecord(quantity: 0, content: 0)),
      line(StockRecord(quantity: 0, updatedAt: .distantPast, position: .none)),
      line(ProductRecord(content: 0, position: .none)),
      line(AccountRecord(fingerprint: 0, position: .none)),
      line(WaitingRecord(position: .none, time: .distantPast, earlier: 0, sender: 0)),
    ]
    let states = ShipmentState.allCases.map { "\($0.rawValue) \($0.name)" }.joined(separator: ", ")
    let probe = Array("order number 4711".utf8)
    return
      (["meaning \(meaning)", "bytes \(1.littleEndian == 1 ? "little" : "big") endian"] + records + [
        "states \(states)",
        "key hash \(keyHash(probe.span, seed: 1)), \(KeyTable(seed: 1, .isPacked).sought(probe.span).hash)",
        "page lists to \(NumberSet.sparseMax)",
      ]).joined(separator: "\n")
  }

  private static func line<Record: BitwiseCopyable>(_ record: Record) -> String {
    "\(Record.self) of \(MemoryLayout<Record>.stride): \(fields(record))"
  }

  private static func fields(_ value: Any) -> String {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .struct, !mirror.children.isEmpty else { return "\(mirror.subjectType)" }
    return "{" + mirror.children.map { "\($0.label ?? ""): \(fields($0.value))" }.joined(separator: ", ")
      + "}"
  }
}

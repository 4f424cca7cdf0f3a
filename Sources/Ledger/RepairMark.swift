public import Files
internal import Orders

/// The mark of a repair that was begun: it is there until the repair has come to its end, and no start is possible meanwhile.
public struct RepairMark {
  public var diagnosis: JournalDiagnosis
  public var record: RepairRecord
  /// Below `ledger/cut`.
  public var folder: String

  public init(diagnosis: JournalDiagnosis, record: RepairRecord, folder: String) {
    self.diagnosis = diagnosis
    self.record = record
    self.folder = folder
  }

  private static let name = Array("repairing".utf8)

  /// The kept position's four facts, the place of the damage, the record, the folder; behind them their SHA-256.
  public func write(in ledger: Folder) throws(FileError) {
    var bytes: [UInt8] = []
    bytes.putNumber(diagnosis.kept.decision.raw)
    bytes.putNumber(diagnosis.kept.sequence.raw)
    bytes.putNumber(diagnosis.kept.end)
    bytes.putText(diagnosis.kept.hash)
    bytes.putNumber(diagnosis.damage.sequence.raw)
    bytes.putNumber(diagnosis.damage.byteOffset)
    bytes.putText(diagnosis.damage.segment)
    bytes.putText(record.payload)
    bytes.putText(folder)
    try AtomicFile.publish(
      bytes + SHA256.hash(bytes), in: ledger, as: Self.name, replace: true, sync: true, mode: 0o600)
  }

  public static func read(in ledger: Folder) throws -> RepairMark? {
    guard try ledger.status(name) != nil else { return nil }
    let bytes = try readWhole(ledger, name, limit: 1 << 20)
    guard bytes.count > 32, SHA256.hash(Array(bytes.dropLast(32))).elementsEqual(bytes.suffix(32)) else {
      throw RecordFault(what: "the mark of a repair that was begun")
    }
    var reader = RecordReader(bytes)
    let (decision, sequence, end) = (try reader.number(), try reader.number(), try reader.number())
    let kept = LedgerPosition(
      decision: DecisionNumber(decision), sequence: FrameSequence(sequence), hash: try reader.array(),
      end: end)
    let (damaged, offset) = (try reader.number(), try reader.number())
    let damage = JournalDamage(
      segment: try reader.string(), byteOffset: offset, sequence: FrameSequence(damaged), what: .chain)
    let record = try RepairRecord(try reader.array())
    return RepairMark(
      diagnosis: JournalDiagnosis(kept: kept, damage: damage, bytesBehind: 0), record: record,
      folder: try reader.string())
  }

  public static func remove(in ledger: Folder) throws(FileError) {
    try ledger.remove(name)
    try ledger.sync()
  }
}

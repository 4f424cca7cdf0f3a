// A ledger position is a moment in the ledger's life: just behind one commit.

package import Files
package import Orders

/// How far the ledger has come: the newest decision, and where in the journal its commit ends.
///
/// `ledger/position` holds the position of the last commit whose sync returned. It is written after that sync and
/// before anything is delivered, so it proves that the journal once reached that far, and readers in other processes
/// take their end from it. It is not synced itself: after a power cut it may be older than the journal or missing,
/// never newer, so it can fail to prove but cannot lie.
package struct LedgerPosition: Equatable, Sendable {
  /// The newest decision up to here; 0 before the first.
  package var decision: DecisionNumber
  /// The sequence of the commit's frame; 0 before the first.
  package var sequence: FrameSequence
  /// The commit's hash; 32 zero bytes before the first.
  package var hash: [UInt8]
  /// Logical offset behind the commit's frame.
  package var end: UInt64

  package init(decision: DecisionNumber, sequence: FrameSequence, hash: [UInt8], end: UInt64) {
    precondition(hash.count == JournalFormat.hashBytes)
    self.decision = decision
    self.sequence = sequence
    self.hash = hash
    self.end = end
  }

  /// Before the first commit of all.
  package static let start = LedgerPosition(
    decision: DecisionNumber(0), sequence: FrameSequence(0), hash: JournalFormat.noHash, end: 0)

  // MARK: The file

  /// Puts the position into the ledger's folder, whole or not at all.
  package func write(in ledger: Folder) throws(FileError) {
    try AtomicFile.publish(encoded(), in: ledger, as: Self.fileName, replace: true, sync: false)
  }

  /// The position the ledger's folder holds; nil when there is none or a power cut spoiled it.
  package static func read(in ledger: Folder) throws(FileError) -> LedgerPosition? {
    guard try ledger.status(fileName) != nil else { return nil }
    return LedgerPosition(decoding: try readWhole(ledger, fileName, limit: fileBytesMax))
  }

  package static let fileName = Array("position".utf8)
  private static let fileBytesMax = 4096

  /// Six lines of text: a title, the four fields, and the CRC-32C of all bytes before the last line.
  func encoded() -> [UInt8] {
    let text = """
      waybill ledger position 1
      decision \(decision.raw)
      sequence \(sequence.raw)
      end \(end)
      hash \(hexadecimal(hash))

      """
    let bytes = Array(text.utf8)
    var sum: [UInt8] = []
    LittleEndian.append(CRC32C.of(bytes), to: &sum)
    return bytes + Array("checksum \(hexadecimal(sum.reversed()))\n".utf8)
  }

  /// Reads what `encoded` wrote, byte for byte; nil for anything else.
  init?(decoding bytes: [UInt8]) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count == 7, let decision = Self.field("decision ", lines[1]).flatMap(JournalFormat.decimal),
      let sequence = Self.field("sequence ", lines[2]).flatMap(JournalFormat.decimal),
      let end = Self.field("end ", lines[3]).flatMap(JournalFormat.decimal),
      let hash = Self.field("hash ", lines[4]).flatMap(Self.bytes), hash.count == JournalFormat.hashBytes
    else { return nil }
    self.init(
      decision: DecisionNumber(decision), sequence: FrameSequence(sequence), hash: hash, end: end)
    guard encoded() == bytes else { return nil }
  }

  private static func field(_ name: String, _ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    line.starts(with: name.utf8) ? line.dropFirst(name.utf8.count) : nil
  }

  private static func bytes(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
      guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

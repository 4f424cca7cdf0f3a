// A ledger position is a moment in the ledger's life: just behind one commit.

public import Files
public import Orders

/// How far the ledger has come: the newest decision, and where in the journal its commit ends.
///
/// `ledger/position` holds the position of the last commit whose sync returned. It is written after that sync and
/// before anything is delivered, so it proves that the journal once reached that far, and readers in other processes
/// take their end from it. It is not synced itself: after a power cut it may be older than the journal or missing,
/// never newer, so it can fail to prove but cannot lie.
///
/// The file has two lines of 256 bytes, written in turn, in place; the sound one with the higher sequence counts. So
/// whoever reads while one line is half written finds the other, and no file is made for every commit (a rename over
/// an older file costs a millisecond on ext4, which then writes the new one out at once).
public struct LedgerPosition: Equatable, Sendable {
  /// The newest decision up to here; 0 before the first.
  public var decision: DecisionNumber
  /// The sequence of the commit's frame; 0 before the first.
  public var sequence: FrameSequence
  /// The commit's hash; 32 zero bytes before the first.
  public var hash: [UInt8]
  /// Logical offset behind the commit's frame.
  public var end: UInt64

  public init(decision: DecisionNumber, sequence: FrameSequence, hash: [UInt8], end: UInt64) {
    precondition(hash.count == JournalFormat.hashBytes)
    self.decision = decision
    self.sequence = sequence
    self.hash = hash
    self.end = end
  }

  /// Before the first commit of all.
  public static let start = LedgerPosition(
    decision: DecisionNumber(0), sequence: FrameSequence(0), hash: JournalFormat.noHash, end: 0)

  // MARK: The file

  /// Writes the position over the older line of the ledger's position file.
  public func write(in ledger: Folder) throws(FileError) {
    let file = try Self.openForWriting(in: ledger)
    try file.descriptor.write(encoded(), at: Int64(file.older * Self.lineBytes))
  }

  /// Opens the position file, which is made where there is none, and says which of its lines is the older one.
  static func openForWriting(in ledger: Folder) throws(FileError) -> OpenFile {
    let isNew = try ledger.status(Self.fileName) == nil
    let descriptor =
      isNew
      ? try ledger.create(Self.fileName, exclusive: true, mode: 0o600)
      : try ledger.openForWriting(Self.fileName)
    let lines = isNew ? [nil, nil] : try Self.lines(in: ledger)
    let newestIsSecond = (lines[1]?.sequence.raw ?? 0) > (lines[0]?.sequence.raw ?? 0)
    return OpenFile(descriptor: descriptor, older: newestIsSecond || lines[0] == nil ? 0 : 1)
  }

  /// The position file, open, and the place of its older line.
  struct OpenFile: ~Copyable {
    let descriptor: Descriptor
    let older: Int
  }

  /// The position the ledger's folder holds; nil when there is none or a power cut spoiled it.
  public static func read(in ledger: Folder) throws(FileError) -> LedgerPosition? {
    guard try ledger.status(fileName) != nil else { return nil }
    return try lines(in: ledger).compactMap(\.self).max { $0.sequence < $1.sequence }
  }

  private static func lines(in ledger: Folder) throws(FileError) -> [LedgerPosition?] {
    let contents = FileContents(try ledger.openForReading(fileName))
    let bytes = try contents.read(at: 0, count: 2 * lineBytes)
    return [decoded(bytes.prefix(lineBytes)), decoded(bytes.dropFirst(lineBytes))]
  }

  private static let fileName = Array("position".utf8)
  static let lineBytes = 256

  /// One line: four named fields, the CRC-32C of all bytes before its own name, blanks up to the line's length.
  func encoded() -> [UInt8] {
    let fields = "decision \(decision.raw) sequence \(sequence.raw) end \(end) hash \(hexadecimal(hash)) "
    let bytes = Array(fields.utf8)
    var sum: [UInt8] = []
    LittleEndian.append(CRC32C.of(bytes), to: &sum)
    let line = bytes + Array("checksum \(hexadecimal(sum.reversed()))".utf8)
    precondition(line.count < Self.lineBytes)
    return line + [UInt8](repeating: UInt8(ascii: " "), count: Self.lineBytes - 1 - line.count) + [
      UInt8(ascii: "\n")
    ]
  }

  /// Reads what `encoded` wrote, byte for byte; nil for anything else.
  static func decoded(_ line: ArraySlice<UInt8>) -> LedgerPosition? {
    let words = line.split(separator: UInt8(ascii: " "))
    guard words.count >= 8, let decision = JournalFormat.decimal(words[1]),
      let sequence = JournalFormat.decimal(words[3]), let end = JournalFormat.decimal(words[5]),
      let hash = bytes(words[7]), hash.count == JournalFormat.hashBytes
    else { return nil }
    let position = LedgerPosition(
      decision: DecisionNumber(decision), sequence: FrameSequence(sequence), hash: hash, end: end)
    return position.encoded().elementsEqual(line) ? position : nil
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

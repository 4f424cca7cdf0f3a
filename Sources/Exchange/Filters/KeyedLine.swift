internal import Files

/// One line between two filters.
///
/// The filters `route`, `judge` and `assemble` read and write lines of ASCII text, each of four fields with a tab between them, so
/// that whatever sorts lines and pipes them can carry an exchange: a shell, Hadoop streaming, Spark.
///
///     key TAB kind TAB arrival TAB payload
///
/// - key: what must come together. `o:`, `i:`, `a:`, `s:` an order number, invoice id, AWB or scan number (with the sender's number);
///   `k:` stock, `p:` a product, `c:` the accounts of a location; `w:` rows that wait for a key; `f:` a file, by its decision; `!` what
///   concerns the whole exchange. Bytes that are no plain ASCII stand as `%2F`.
/// - kind: see `Kind`. Within a key the lines come in the order of their kinds, the past before the rows.
/// - arrival: numbers of fixed width, so that the order of the bytes is the order of arrival (`RecordPlace`).
/// - payload: base64 of what `RowWriter`, `PastRecord` and their like write; it may be empty.
///
/// A filter's input is sorted by its bytes (`LC_ALL=C sort`) and refused where it is not. Its last line is a trailer, `~ TAB trailer
/// TAB count TAB hash`: how many lines came before, and the sum of the first eight bytes of each line's SHA-256, as sixteen
/// hexadecimal digits. It does not depend on the order, and where several outputs are sorted together their trailers stand together
/// at the end and count as one, added up. Without a trailer, or with a wrong one, an input is refused: what was cut short, repeated or
/// lost on its way is found, also where nobody looks at exit codes. Only the last line of an output is the word that it is whole.
public struct KeyedLine: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// The bytes of an answer: of one that was given before, to a filter; of one to be published, from it.
    case answer
    /// The clock of a run, and which of its items are new.
    case clock
    /// The text of the configuration.
    case config
    /// A courier, as it was first written.
    case courier
    /// A document that was asked for.
    case document
    /// What a file is like before its rows are judged.
    case fact
    /// A record for a feed.
    case feed
    /// A claim, a decision or a mark, in the order of the journal.
    case item
    /// Two keys that belong together: the line's own, and the one in its payload.
    case link
    /// A shipment that an export does not name.
    case missing
    /// Bytes of a file as it came.
    case original
    /// A record of what was decided before.
    case past
    /// What is to be done with a file of this run.
    case plan
    /// What became of a row that had waited.
    case released
    /// A row to be judged.
    case row
    /// The secret that turns credentials into fingerprints.
    case salt
    /// What the rows of a file came to, in one task.
    case tally
    /// What a row came to.
    case verdict
  }

  public var key: [UInt8]
  public var kind: Kind
  public var arrival: [UInt8]
  public var payload: [UInt8]

  public init(_ key: [UInt8], _ kind: Kind, _ arrival: [UInt8], _ payload: [UInt8]) {
    self.key = key
    self.kind = kind
    self.arrival = arrival
    self.payload = payload
  }

  init(_ key: [UInt8], _ kind: Kind, _ arrival: String, coded payload: [UInt8]) {
    self.init(key, kind, Array(arrival.utf8), Base64.encode(payload))
  }

  /// The payload's own bytes.
  func decoded() throws -> [UInt8] {
    guard let bytes = Base64.decode(payload) else { throw FilterFault.unreadable(kind.rawValue) }
    return bytes
  }

  /// The line without its line end.
  public var bytes: [UInt8] {
    var line = key
    line.reserveCapacity(key.count + arrival.count + payload.count + 16)
    line.append(KeyedLine.tab)
    line += kind.rawValue.utf8
    line.append(KeyedLine.tab)
    line += arrival
    line.append(KeyedLine.tab)
    line += payload
    return line
  }

  public init?(_ line: ArraySlice<UInt8>) {
    let fields = line.split(separator: KeyedLine.tab, maxSplits: 3, omittingEmptySubsequences: false)
    guard fields.count == 4, let kind = Kind(rawValue: String(decoding: fields[1], as: UTF8.self)) else {
      return nil
    }
    self.init(Array(fields[0]), kind, Array(fields[2]), Array(fields[3]))
  }

  static let tab = UInt8(ascii: "\t")

  // MARK: Keys

  /// What concerns the whole exchange.
  static let exchangeKey = Array("!".utf8)

  /// A key of a text that may hold any bytes.
  static func key(_ prefix: String, _ text: some Sequence<UInt8>) -> [UInt8] {
    var key = Array(prefix.utf8)
    for byte in text {
      if byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "%") {
        key.append(byte)
      } else {
        key += Array("%".utf8) + Array(hexadecimal([byte]).utf8)
      }
    }
    return key
  }

  /// The text of a key without a prefix.
  public static func unescaped(_ key: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    var place = 0
    while place < key.count {
      if key[place] == UInt8(ascii: "%"), place + 2 < key.count,
        let byte = UInt8(String(decoding: key[place + 1...place + 2], as: UTF8.self), radix: 16)
      {
        text.append(byte)
        place += 3
      } else {
        text.append(key[place])
        place += 1
      }
    }
    return text
  }

  /// The key of a file, which is the number of its decision.
  static func fileKey(_ decision: UInt64) -> [UInt8] { Array("f:\(padded(decision, 12))".utf8) }
}

/// A number with zeros before it, so that the order of the digits is the order of the numbers.
func padded(_ number: some BinaryInteger, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// How many lines, and the sum of their hashes: the same in whatever order they are added.
public struct LineSum: Equatable, Sendable {
  public private(set) var count: UInt64 = 0
  public private(set) var hash: UInt64 = 0

  public init() {}

  public mutating func add(_ line: some Collection<UInt8>) {
    count += 1
    hash &+= SHA256.hash(Array(line)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func add(_ other: LineSum) {
    count += other.count
    hash &+= other.hash
  }

  public static let trailerStart = Array("~\ttrailer\t".utf8)

  /// The trailer, without its line end.
  public var trailer: [UInt8] {
    let digits = String(hash, radix: 16)
    let hash = String(repeating: "0", count: 16 - digits.count) + digits
    return LineSum.trailerStart + Array("\(count)\t\(hash)".utf8)
  }

  /// Nil: the line is no trailer.
  init?(trailer line: ArraySlice<UInt8>) {
    guard line.starts(with: LineSum.trailerStart) else { return nil }
    let fields = line.dropFirst(LineSum.trailerStart.count).split(separator: KeyedLine.tab)
    guard fields.count == 2, let count = UInt64(String(decoding: fields[0], as: UTF8.self)),
      let hash = UInt64(String(decoding: fields[1], as: UTF8.self), radix: 16)
    else { return nil }
    self.count = count
    self.hash = hash
  }
}

/// Why a filter stops: nothing that it wrote counts, as its trailer is missing.
public enum FilterFault: Error, CustomStringConvertible, Equatable {
  case noLine(number: UInt64)
  case outOfOrder(number: UInt64)
  case noTrailer
  case wrongTrailer(says: UInt64, found: UInt64)
  case behindTrailer
  case unreadable(String)
  case unknownDecision(UInt64)
  case unknownPartner(String)
  case noRowVerdict(row: UInt32)
  case otherOutcome(name: String)
  case secretsUnread(name: String)
  case answerMissing(name: String)
  case otherSettings

  public var description: String {
    switch self {
    case .noLine(let number): "line \(number) of the input is none of ours: key, kind, arrival and payload"
    case .outOfOrder(let number):
      "line \(number) of the input stands behind one that it should stand before: sort it with LC_ALL=C"
    case .noTrailer: "the input ends without its trailer, so some of it may be missing"
    case .wrongTrailer(let says, let found):
      "the input is not what was written: its trailer says \(says) lines, and \(found) came"
        + (says == found ? " with another hash" : "")
    case .behindTrailer: "the input goes on behind its trailer"
    case .unreadable(let what): "a line of kind \(what) holds what this program cannot read"
    case .unknownDecision(let number): "the terms of this run name no file with the number \(number)"
    case .unknownPartner(let name): "no partner has a folder of the name \(name)"
    case .noRowVerdict(let row): "no verdict came for row \(row)"
    case .otherOutcome(let name):
      "\(name) came to something else than its plan says: plan again with the tallies of this run"
    case .secretsUnread(let name):
      "\(name) holds credentials in rows that cannot be read, and these go into no stream: let one machine process it"
    case .otherSettings:
      "the settings are not those of the snapshot: import it on one machine, where edited settings take hold"
    case .answerMissing(let name): "the answer \(name) is to be repeated, and was not handed over"
    }
  }
}

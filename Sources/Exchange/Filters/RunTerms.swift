internal import Files
internal import Ledger
public import Orders

/// What all tasks of a run share, in one small file: settings, secret, clock, the ledger's files, and what this run does with its own.
///
/// It holds facts about files and couriers, never rows, and is made by `assemble --plan`. Its lines have the form of all lines between
/// filters, under the key `!`. Between two runs it is part of the snapshot, without clock and plan.
public struct RunTerms {
  /// The text of `exchange.json`; nil: the built-in settings.
  var settings: [UInt8]?
  private(set) var configuration = Configuration()
  var salt: Salt
  /// The clock of the run, and the number of its first item.
  var clock: Timestamp?
  var firstNew = 0
  /// Couriers as they were first written, by the places of the records that did so.
  var couriers: [(place: [UInt8], text: [UInt8])] = []
  /// The ledger's items, in the order of the journal.
  var items: [LedgerItem] = []
  /// What is to be done with the files of this run, by their decisions.
  public internal(set) var plans: [UInt64: FilePlan] = [:]
  /// Where among the items each decision stands, as they were read.
  private var places: [UInt64: Int] = [:]

  /// The terms of an exchange that has no ledger yet.
  public init(settings: [UInt8]?) throws {
    salt = Salt.make()
    try take(settings)
  }

  private mutating func take(_ settings: [UInt8]?) throws {
    self.settings = settings
    configuration = try Configuration.load(text: settings, path: "exchange.json")
  }

  /// - Parameter settings: what must be in force; nil: whatever is.
  public init(_ input: LineInput, settings: [UInt8]? = nil) throws {
    try self.init(settings: nil)
    while let line = try input.next() {
      switch line.kind {
      case .config:
        let known = try line.decoded()
        // What edited settings ask for at once, one machine does when it starts.
        if let settings, settings != known { throw FilterFault.otherSettings }
        try take(known)
      case .salt:
        guard let salt = Salt(try line.decoded()) else { throw FilterFault.unreadable("salt") }
        self.salt = salt
      case .clock:
        var reader = RecordReader(try line.decoded())
        clock = Timestamp(milliseconds: try reader.signed())
        firstNew = try reader.count()
      case .courier: couriers.append((line.arrival, try line.decoded()))
      case .item:
        let item = try LedgerItem(line)
        if let decision = item.decision { places[decision] = items.count }
        items.append(item)
      case .plan:
        guard let number = UInt64(String(decoding: line.arrival, as: UTF8.self)) else {
          throw FilterFault.unreadable("plan")
        }
        plans[number] = try FilePlan(line)
      default: throw FilterFault.unreadable(line.kind.rawValue)
      }
    }
    if settings != nil && self.settings == nil { throw FilterFault.otherSettings }
  }

  public func write(to output: LineOutput) throws {
    let key = KeyedLine.exchangeKey
    if let clock {
      var bytes: [UInt8] = []
      bytes.putSigned(clock.milliseconds)
      bytes.putNumber(UInt64(firstNew))
      try output.write(KeyedLine(key, .clock, "0", coded: bytes))
    }
    if let settings { try output.write(KeyedLine(key, .config, "0", coded: settings)) }
    for courier in couriers.sorted(by: { $0.place.lexicographicallyPrecedes($1.place) }) {
      try output.write(KeyedLine(key, .courier, courier.place, Base64.encode(courier.text)))
    }
    for (number, item) in items.enumerated() { try output.write(item.line(number)) }
    for (number, plan) in plans.sorted(by: { $0.key < $1.key }) {
      try output.write(plan.line(number))
    }
    try output.write(KeyedLine(key, .salt, "0", coded: salt.secret))
    try output.finish()
  }

  /// The zone of the exchange.
  public var zone: Zone { configuration.zone }

  // MARK: What the ledger knows of files

  /// Empty books, with the partners and couriers that all rooms number in one order.
  func emptyBooks() -> Books {
    var books = Books()
    for profile in configuration.profiles { _ = books.partnerNumber(Array(profile.folder.utf8)) }
    for item in items {
      if case .claims(let payload) = item, let claims = try? ClaimRecord.read(payload) {
        for claim in claims { _ = books.partnerNumber(claim.partner) }
      }
    }
    for courier in couriers { books.seed(courier: courier.text) }
    return books
  }

  /// The claims of this run and of all before, by number.
  func claims() throws -> [ClaimNumber: ClaimRecord] {
    var claims: [ClaimNumber: ClaimRecord] = [:]
    for case .claims(let payload) in items {
      for claim in try ClaimRecord.read(payload) { claims[claim.claim] = claim }
    }
    return claims
  }

  /// The decision about a file; nil where the number is none.
  func file(_ decision: UInt64, partners: [[UInt8]]) throws -> FileRecord? {
    guard let place = places[decision], case .file(let number, _, let payload) = items[place] else {
      return nil
    }
    return try FileRecord(payload, decision: DecisionNumber(number)) { partners.number(of: $0) }
  }

  /// The place among the items of a decision about a file, and the files that it spoiled.
  func place(of decision: UInt64) -> (place: Int, spoiled: [ClaimNumber])? {
    guard let place = places[decision], case .file(_, let spoiled, _) = items[place] else { return nil }
    return (place, spoiled)
  }
}

extension [[UInt8]] {
  /// The number of a partner's folder among those that all have numbers.
  func number(of folder: [UInt8]) -> UInt8 { UInt8(firstIndex(of: folder) ?? 0) }
}

/// What the journal says between the rows: claims, decisions, and what was published.
enum LedgerItem {
  case claims([UInt8])
  /// The decision's number, the files (by claim) of which it rejected rows that had waited, and the commit's own bytes.
  case file(UInt64, spoiled: [ClaimNumber], [UInt8])
  case deed(UInt64, [UInt8])
  case published(UInt64)

  func line(_ number: Int) -> KeyedLine {
    KeyedLine(KeyedLine.exchangeKey, .item, padded(number, 10), coded: coded)
  }

  private var coded: [UInt8] {
    var bytes: [UInt8] = []
    switch self {
    case .claims(let payload): bytes = [UInt8(ascii: "C")] + payload
    case .file(let number, let spoiled, let payload):
      bytes.append(UInt8(ascii: "F"))
      bytes.putNumber(number)
      bytes.putNumber(UInt64(spoiled.count))
      for claim in spoiled { bytes.putNumber(UInt64(claim.raw)) }
      bytes += payload
    case .deed(let number, let payload):
      bytes.append(UInt8(ascii: "D"))
      bytes.putNumber(number)
      bytes += payload
    case .published(let number):
      bytes.append(UInt8(ascii: "P"))
      bytes.putNumber(number)
    }
    return bytes
  }

  init(_ line: KeyedLine) throws {
    let bytes = try line.decoded()
    var reader = RecordReader(bytes)
    switch UnicodeScalar(try reader.byte()) {
    case "C": self = .claims(Array(bytes.dropFirst()))
    case "F":
      let number = try reader.number()
      var spoiled: [ClaimNumber] = []
      for _ in 0..<(try reader.count()) {
        spoiled.append(ClaimNumber(UInt32(truncatingIfNeeded: try reader.number())))
      }
      self = .file(number, spoiled: spoiled, Array(bytes[reader.place...]))
    case "D":
      let number = try reader.number()
      self = .deed(number, Array(bytes[reader.place...]))
    case "P": self = .published(try reader.number())
    default: throw FilterFault.unreadable("item")
    }
  }

  /// Enters a decision in books that know all partners.
  func enter(in books: inout Books) throws {
    let partners = books.partners
    switch self {
    case .file(let number, let spoiled, let payload):
      let record = try FileRecord(payload, decision: DecisionNumber(number)) { partners.number(of: $0) }
      books.enter(record, spoiling: Set(spoiled))
    case .deed(let number, let payload):
      books.enter(
        try DeedRecord(payload, decision: DecisionNumber(number)) { partners.number(of: $0) })
    case .claims, .published: break
    }
  }

  /// Nil: no decision.
  var decision: UInt64? {
    switch self {
    case .file(let number, _, _), .deed(let number, _): number
    case .claims, .published: nil
    }
  }
}

/// What is to be done with a file of this run.
///
/// Its line is text, because whoever spreads the work reads it too: the way, the file as `partner/name`, its kind or `-`, its SHA-256 or `-`, then
/// of a repeated file the answers that are given again, of a held one code and numbers of what is missing. Blanks stand between them, and
/// none in them.
public struct FilePlan: Equatable, Sendable {
  public enum Way: String, Sendable {
    /// Its rows are judged, and stand.
    case judged
    /// Its rows are judged, and then all of it is taken back: too many of them are rejected.
    case withdrawn
    /// It is refused whole: no row of it is judged.
    case void
    /// The same bytes as an earlier file's: the first answer again.
    case repeated
    /// Its end is missing: it stays in its inbox.
    case held
  }

  public var way: Way
  /// The file, as `partner/name`.
  public var path: [UInt8]
  private var kind: [UInt8]
  private var sha256: [UInt8]
  /// Of a repeated file: the answers that are given again, as `partner/name`.
  public var answers: [[UInt8]] = []
  /// Of a held one: what is missing.
  var fault: Fault?

  init(_ way: Way, _ record: FileRecord, _ partners: [[UInt8]]) {
    self.way = way
    path = KeyedLine.key("", partners[Int(record.partner)] + Array("/".utf8) + record.name)
    kind = Array((record.kind?.name ?? "-").utf8)
    sha256 = Array((record.sha256.isEmpty ? "-" : hexadecimal(record.sha256)).utf8)
  }

  func line(_ decision: UInt64) -> KeyedLine {
    var words = [Array(way.rawValue.utf8), path, kind, sha256]
    words += answers.map { KeyedLine.key("", $0) }
    if let fault {
      words += ["\(fault.code.rawValue)", "\(fault.number)", "\(fault.second)"].map { Array($0.utf8) }
    }
    return KeyedLine(
      KeyedLine.exchangeKey, .plan, Array(padded(decision, 12).utf8),
      Array(words.joined(separator: Array(" ".utf8))))
  }

  public init(_ line: KeyedLine) throws {
    let words = line.payload.split(separator: UInt8(ascii: " ")).map { Array($0) }
    guard words.count >= 4, let way = Way(rawValue: String(decoding: words[0], as: UTF8.self)) else {
      throw FilterFault.unreadable("plan")
    }
    self.way = way
    path = words[1]
    kind = words[2]
    sha256 = words[3]
    if way == .repeated { answers = words.dropFirst(4).map { KeyedLine.unescaped($0) } }
    guard way == .held else { return }
    let numbers = words.dropFirst(4).compactMap { Int64(String(decoding: $0, as: UTF8.self)) }
    guard numbers.count == 3, let code = RejectionCode(rawValue: UInt16(truncatingIfNeeded: numbers[0]))
    else {
      throw FilterFault.unreadable("plan")
    }
    fault = Fault(code, number: numbers[1], second: numbers[2])
  }
}

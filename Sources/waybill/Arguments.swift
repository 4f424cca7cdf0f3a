/// The command line, read: which verb, with which options and operands.
///
/// Options stand before or after the verb, as `--root DIR` or `--root=DIR`; after `--` everything is an operand. An
/// option given twice, one that the verb does not take, and one operand too many are wrong usage, never ignored.

import Orders

/// What a verb was asked to do; options that were not given keep the values that stand here.
struct Arguments: Equatable {
  var root = "."
  var config: String?
  var partner: String?
  var jobs: Int?
  var at: GivenTime?
  var asOf: GivenTime?
  var sequence: UInt64?
  var knownAt: GivenTime?
  /// Two times, the earlier first.
  var diff: [GivenTime] = []
  /// A day; the instant it names is the day's first.
  var date: GivenTime?
  var format = RulesFormat.table
  var wantsTouchpoints = false
  var reason: String?
  var wantsJSON = false
  var isStrict = false
  var isQuiet = false
  var wantsServer = false
  var wantsUnits = false
  /// Where to write.
  var folder: String?
  var log = LogFormat.text
  /// The file of a run's terms, a file's number in it, and when a file came.
  var terms: String?
  var snapshot: String?
  var decision: UInt64?
  var arrived: Int64?
  var wantsPlan = false
  /// What is no option, as the bytes given: names of files need not be UTF-8.
  var operands: [[UInt8]] = []

  static let jobsMax = 64

  /// The operand as text; all but file names were checked to be UTF-8.
  func text(_ place: Int) -> String { String(decoding: operands[place], as: UTF8.self) }
}

/// A command line as a whole.
enum Request {
  /// `waybill --help`
  case overview
  case help(Verb)
  case run(Verb, Arguments)

  init(_ words: [[UInt8]]) throws(Stop) {
    do { self = try Self.read(words) } catch { throw .usage(error) }
  }

  private static func read(_ words: [[UInt8]]) throws(UsageError) -> Request {
    var given: [(option: Option, values: [String])] = []
    var operands: [(number: Int, bytes: [UInt8])] = []
    var optionsEnded = false
    var place = 0
    while place < words.count {
      let bytes = words[place]
      place += 1
      if optionsEnded || bytes.first != UInt8(ascii: "-") || bytes.count == 1 {
        operands.append((place, bytes))
      } else if bytes == [45, 45] {
        optionsEnded = true
      } else {
        let (option, attached) = try option(try text(bytes, place), in: words)
        if given.contains(where: { $0.option == option }), option != .help { throw .optionTwice(option) }
        if option.placeholder == nil && attached != nil { throw .valueNotTaken(option) }
        var values = attached.map { [$0] } ?? []
        while values.count < option.valueCount {
          guard place < words.count else { throw .valueMissing(option) }
          values.append(try text(words[place], place + 1))
          place += 1
        }
        given.append((option, values))
      }
    }
    return try request(given, operands)
  }

  private static func request(
    _ given: [(option: Option, values: [String])], _ operands: [(number: Int, bytes: [UInt8])]
  ) throws(UsageError) -> Request {
    var operands = operands
    var wantsHelp = given.contains { $0.option == .help }
    if operands.first?.bytes == Array("help".utf8) {
      wantsHelp = true
      operands.removeFirst()
    }
    guard let first = operands.first else {
      if wantsHelp { return .overview }
      throw .noVerb
    }
    let name = try text(first.bytes, first.number)
    if name.isEmpty { throw .noVerb }
    guard let verb = Verb.named(name) else {
      throw .unknownVerb(name, nearest: Nearest.word(to: name, among: Verb.all.map(\.name)))
    }
    if wantsHelp { return .help(verb) }
    var arguments = Arguments()
    for (spelled, values) in given {
      // One spelling may stand for two options, of which a verb has one.
      let option = verb.options.first { $0.spelling == spelled.spelling } ?? spelled
      guard verb.options.contains(option) || option.isUniversal else {
        throw .optionElsewhere(option, verb: verb.name)
      }
      for value in values.isEmpty ? [""] : values { try arguments.set(option, value) }
    }
    try arguments.take(Array(operands.dropFirst()), for: verb)
    for option in verb.required where !given.contains(where: { $0.option == option }) {
      throw .optionMissing(option, verb: verb.name)
    }
    return .run(verb, arguments)
  }

  /// `--name` or `--name=value`; `-h` is the one short form.
  private static func option(_ word: String, in words: [[UInt8]]) throws(UsageError) -> (Option, String?) {
    if word == "-h" { return (.help, nil) }
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let option = Option.allCases.first(where: { $0.spelling == parts[0] }) else {
      throw .unknownOption(parts[0], nearest: nearest(to: parts[0], in: words))
    }
    return (option, parts.count > 1 ? parts[1] : nil)
  }

  /// The option most likely meant: one that the verb takes, where a word of the line is a verb.
  private static func nearest(to spelled: String, in words: [[UInt8]]) -> String? {
    let verb = words.lazy.compactMap { Verb.named(String(decoding: $0, as: UTF8.self)) }.first
    let options = Option.allCases.filter { option in
      option.isUniversal || (verb?.options.contains(option) ?? true)
    }
    func bare(_ spelling: String) -> String { String(spelling.drop { $0 == "-" }) }
    return Nearest.word(to: bare(spelled), among: options.map { bare($0.spelling) }).map { "--" + $0 }
  }

  fileprivate static func text(_ bytes: [UInt8], _ number: Int) throws(UsageError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8(word: number) }
    return text
  }
}

extension Arguments {
  fileprivate mutating func set(_ option: Option, _ value: String) throws(UsageError) {
    if value.isEmpty, option.placeholder != nil { throw .badValue(option, value: value) }
    switch option {
    case .root: root = value
    case .config: config = value
    case .partner: partner = value
    case .jobs:
      let isNumber = value.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
      guard isNumber, let number = Int(value), (1...Self.jobsMax).contains(number) else {
        throw .badValue(option, value: value)
      }
      jobs = number
    case .at, .asOf, .knownAt, .diff:
      guard let time = GivenTime(value) else { throw .badValue(option, value: value) }
      switch option {
      case .at: at = time
      case .asOf: asOf = time
      case .knownAt: knownAt = time
      default: diff.append(time)
      }
    case .date:
      guard value.utf8.count == 10, let day = GivenTime(value) else { throw .badValue(option, value: value) }
      date = day
    case .to:
      let isNumber = value.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
      guard isNumber, let number = UInt64(value) else { throw .badValue(option, value: value) }
      sequence = number
    case .format:
      guard let known = RulesFormat(rawValue: value) else { throw .badValue(option, value: value) }
      format = known
    case .touchpoints: wantsTouchpoints = true
    case .reason: reason = value
    case .json: wantsJSON = true
    case .strict: isStrict = true
    case .quiet: isQuiet = true
    case .sshd: wantsServer = true
    case .systemd: wantsUnits = true
    case .folder: folder = value
    case .log:
      guard let known = LogFormat(rawValue: value) else { throw .badValue(option, value: value) }
      log = known
    case .terms: terms = value
    case .snapshot: snapshot = value
    case .decision:
      guard let number = UInt64(value) else { throw .badValue(option, value: value) }
      decision = number
    case .arrived:
      guard let number = Int64(value), number >= 0 else { throw .badValue(option, value: value) }
      arrived = number
    case .plan: wantsPlan = true
    case .help: break
    }
  }

  fileprivate mutating func take(_ given: [(number: Int, bytes: [UInt8])], for verb: Verb) throws(UsageError)
  {
    for (place, word) in given.enumerated() {
      guard place < verb.operands.count else {
        throw .operandNotTaken(SafeText.of(word.bytes), verb: verb.name)
      }
      if !verb.operands[place].isFile { _ = try Request.text(word.bytes, word.number) }
      operands.append(word.bytes)
    }
    if let missing = verb.operands.dropFirst(given.count).first(where: \.isRequired) {
      throw .operandMissing(missing.name, verb: verb.name)
    }
  }
}

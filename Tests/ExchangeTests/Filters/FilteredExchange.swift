/// An exchange without a ledger: all its work goes through the filters, spread over as many tasks as a test asks for, and between
/// two drops there is nothing but the lines of its snapshot.

import Orders
import TestSupport

@testable import Exchange

struct FilteredExchange {
  /// How many tasks judge, and how many assemble.
  let tasks: Int
  /// What the tasks of a run share, between two runs.
  private(set) var terms: [UInt8]
  /// The lines of kind past and link.
  private(set) var snapshot: [KeyedLine] = []
  private(set) var outbox: [String: [UInt8]] = [:]
  private(set) var inbox: [(path: String, bytes: [UInt8])] = []
  /// How often rows had to be judged again because a file turned out to be void or repeated.
  private(set) var rounds = 0

  init(tasks: Int, settings: [UInt8]?) throws {
    self.tasks = tasks
    terms = try Self.collect { try RunTerms(settings: settings).write(to: $0) }
  }

  /// An exchange that goes on from a snapshot.
  init(tasks: Int, terms: [UInt8], snapshot: [KeyedLine]) {
    self.tasks = tasks
    self.terms = terms
    self.snapshot = snapshot
  }

  // MARK: A run

  /// Files come into the inboxes, and all that waits is processed.
  mutating func process(_ files: [(path: String, bytes: [UInt8])], at clock: Timestamp) throws {
    for file in files {
      inbox.removeAll { $0.path == file.path }
      inbox.append(file)
    }
    var facts: [KeyedLine] = []
    for (place, file) in inbox.enumerated() {
      let parts = file.path.split(separator: "/", maxSplits: 1).map(String.init)
      facts += try lines { output in
        try RouteFilter(try readTerms(terms), to: output).facts(
          of: Array(parts[1].utf8), from: parts[0], arrival: Int64(place), Self.source(file.bytes))
      }
    }
    var plan = try planned(facts, at: clock)
    var rows: [KeyedLine] = []
    var originals: [KeyedLine] = []
    for (decision, file) in try readTerms(plan).plans {
      guard let lies = inbox.first(where: { Array($0.path.utf8) == KeyedLine.unescaped(file.path) }) else {
        throw TestFailure("the plan names a file that is not there")
      }
      for line in try lines({ output in
        try RouteFilter(try readTerms(plan), to: output).rows(of: decision, Self.source(lies.bytes))
      }) {
        if line.kind == .original { originals.append(line) } else { rows.append(line) }
      }
    }
    var judged: [KeyedLine] = []
    rounds = 0
    while true {
      rounds += 1
      judged = try judge(rows, plan)
      let next = try planned(facts + judged.filter { $0.kind == .tally || $0.kind == .courier }, at: clock)
      let isSame = try Self.whatJudgingNeeds(plan) == Self.whatJudgingNeeds(next)
      plan = next
      if isSame { break }
      if rounds > 20 + 2 * facts.count { throw TestFailure("the rounds come to no end") }
    }
    snapshot = []
    try assemble(
      judged.filter { $0.key.starts(with: "f:".utf8) && $0.kind != .past && $0.kind != .link } + originals,
      plan)
    snapshot += judged.filter { $0.kind == .past || $0.kind == .link }
  }

  private func planned(_ facts: [KeyedLine], at clock: Timestamp) throws -> [UInt8] {
    try Self.collect { output in
      var plan = try PlanFilter(try readTerms(terms), at: clock)
      try plan.run(LineInput(bytes: Self.sorted(facts)), to: output)
    }
  }

  private static func whatJudgingNeeds(_ terms: [UInt8]) throws -> [KeyedLine] {
    try read(terms).filter { $0.kind == .plan || $0.kind == .courier }
  }

  // MARK: Judging

  /// Puts one name in place of all keys that belong together, and judges each part of them by itself.
  private func judge(_ rows: [KeyedLine], _ plan: [UInt8]) throws -> [KeyedLine] {
    let all = rows + snapshot
    var together = Together()
    for line in all where line.kind == .link { together.tie(line.key, line.payload) }
    var parts = [[KeyedLine]](repeating: [], count: tasks)
    for var line in all where line.kind != .link {
      // What changed nothing belongs to its file, and is judged by nobody.
      if line.key.starts(with: "f:".utf8) { continue }
      line.key = together.name(of: line.key)
      parts[Int(line.key.reduce(7) { ($0 &* 31 &+ UInt64($1)) } % UInt64(tasks))].append(line)
    }
    var judged = snapshot.filter { $0.key.starts(with: "f:".utf8) }
    for part in parts {
      judged += try lines { output in
        var judge = try JudgeFilter(try readTerms(plan), to: output)
        try judge.run(LineInput(bytes: Self.sorted(part)))
      }
    }
    return judged
  }

  // MARK: Answers

  private mutating func assemble(_ all: [KeyedLine], _ plan: [UInt8]) throws {
    let plans = try readTerms(plan).plans
    var items: [[UInt8]: KeyedLine] = [:]
    // What is repeated comes last: the first answer may be one of this very run.
    for isRepeat in [false, true] {
      var parts = [[KeyedLine]](repeating: [], count: tasks)
      for (decision, file) in plans where (file.way == .repeated) == isRepeat {
        let key = KeyedLine.fileKey(decision)
        var lines = all.filter { $0.key == key }
        for path in file.answers {
          let slash = path.firstIndex(of: UInt8(ascii: "/")) ?? 0
          let arrival = Base64.encode(Array(path[(slash + 1)...])) + Array(".\(padded(0, 16))".utf8)
          guard let bytes = outbox[String(decoding: path, as: UTF8.self)] else { continue }
          lines.append(KeyedLine(key, .answer, arrival, Base64.encode(bytes)))
        }
        parts[Int(decision) % tasks] += lines
      }
      for part in parts {
        let made = try lines { output in
          var assembly = try AssembleFilter(try readTerms(plan), to: output)
          try assembly.run(LineInput(bytes: Self.sorted(part)))
        }
        var answers: [String: [UInt8]] = [:]
        for line in made {
          if line.kind == .item {
            items[line.arrival] = line
          } else if line.kind == .past {
            snapshot.append(line)
          } else {
            answers[String(decoding: KeyedLine.unescaped(line.key), as: UTF8.self), default: []] +=
              try line.decoded()
          }
        }
        outbox.merge(answers) { _, new in new }
      }
    }
    for file in plans.values where file.way != .held {
      inbox.removeAll { Array($0.path.utf8) == KeyedLine.unescaped(file.path) }
    }
    // The decisions as they were made take the place of those that were planned.
    let lines = try Self.read(plan).filter { $0.kind != .plan && $0.kind != .clock }
      .map { line in line.kind == .item ? items[line.arrival] ?? line : line }
    terms = Self.sorted(lines)
  }

  // MARK: Lines

  private func readTerms(_ bytes: [UInt8]) throws -> RunTerms { try RunTerms(LineInput(bytes: bytes)) }

  private func lines(_ body: (LineOutput) throws -> Void) throws -> [KeyedLine] {
    try Self.read(try Self.collect(body), isOrdered: false)
  }

  static func read(_ bytes: [UInt8], isOrdered: Bool = true) throws -> [KeyedLine] {
    let input = LineInput(bytes: bytes, isOrdered: isOrdered)
    var lines: [KeyedLine] = []
    while let line = try input.next() { lines.append(line) }
    return lines
  }

  /// Everything a filter writes.
  private static func collect(_ body: (LineOutput) throws -> Void) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try body(LineOutput { bytes += $0 })
    return bytes
  }

  /// The lines as `sort` gives them, with their trailer.
  static func sorted(_ lines: [KeyedLine]) -> [UInt8] {
    var sum = LineSum()
    var bytes: [UInt8] = []
    for line in lines.map(\.bytes).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      sum.add(line)
      bytes += line + [10]
    }
    return bytes + sum.trailer + [10]
  }

  private static func source(_ bytes: [UInt8]) -> LineInput.Source {
    var rest = bytes[...]
    return { buffer, count in
      let part = rest.prefix(count)
      buffer += part
      rest = rest.dropFirst(part.count)
      return part.count
    }
  }
}

/// Keys that belong together, the plain way: each points to another of its set, the last one is the set's name.
private struct Together {
  private var next: [[UInt8]: [UInt8]] = [:]

  func name(of key: [UInt8]) -> [UInt8] {
    var name = key
    while let other = next[name] { name = other }
    return name
  }

  mutating func tie(_ a: [UInt8], _ b: [UInt8]) {
    let (a, b) = (name(of: a), name(of: b))
    if a == b { return }
    if a.lexicographicallyPrecedes(b) { next[b] = a } else { next[a] = b }
  }
}

/// The benchmark: how fast the program is, stage by stage, as a whole, and beside its peers.

import Exchange
import Foundation
import Orders

@main
enum Benchmarks {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      if arguments.contains("--help") { return say(Options.help) }
      if arguments.first == WholeRun.verb, arguments.count == 3, let jobs = Int(arguments[2]) {
        return try WholeRun.process(root: arguments[1], jobs: jobs)
      }
      if arguments.first == InstructionGuard.verb, arguments.count == 4, let times = Int(arguments[3]) {
        return try InstructionGuard.parse(folder: arguments[1], key: arguments[2], times: times)
      }
      if arguments.first == DropLatency.verb, arguments.count == 2 {
        return try DropLatency.watch(root: arguments[1])
      }
      try run(Options(arguments))
    } catch is Over {
      exit(1)
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(3)
    }
  }

  private static func run(_ options: Options) throws {
    if let (before, after) = options.comparison { return say(compared(try kept(before), try kept(after))) }
    let scratch =
      (options.scratch ?? NSTemporaryDirectory())
      + "/waybill-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    if let bounds = options.bounds { return try count(bounds, isRecord: options.recordsBounds, scratch) }
    if let drops = options.drops {
      var figures = Figures(machine: .here, folder: "drops", rows: 0, bytes: 0, rounds: options.rounds)
      let peers = options.peers.map { (folder: $0, python: options.python) }
      figures.drops = try DropLatency(
        files: drops, burst: options.burst ?? drops, rounds: options.rounds, scratch: scratch, peers: peers
      ).measure()
      return try show(figures, options)
    }
    let set = try inputs(options, scratch)
    var figures = Figures(
      machine: .here, folder: options.folder ?? "made of seed \(options.seed)", rows: set.rows,
      bytes: set.bytes,
      rounds: options.rounds)
    if options.isStartAlone {
      let runs = OneByOne(input: set, scratch: scratch, cores: options.cores, rounds: options.rounds)
      figures.start = try runs.measureStart()
      return try show(figures, options)
    }
    for file in set.files where options.parsed.map({ file.name.hasPrefix($0) }) ?? true {
      figures.files.append(
        FileFigures(
          file: file.partner + "/" + file.name, kind: file.kind.name, format: file.format.rawValue,
          rows: file.rows,
          bytes: file.bytes, seconds: try StagesAlone(file: file).measure(rounds: options.rounds)))
    }
    if options.parsed == nil {
      for jobs in Set([1, options.cores]).sorted() {
        figures.whole.append(try whole(set, scratch, jobs, options.rounds, &figures.files))
      }
      if options.isOneByOne {
        let runs = OneByOne(input: set, scratch: scratch, cores: options.cores, rounds: options.rounds)
        (figures.oneByOne, figures.arrays, figures.start) = try runs.measure()
      }
      if let folder = options.peers { figures.peers = try peers(folder, options, set, scratch) }
    }
    try show(figures, options)
  }

  private static func show(_ figures: Figures, _ options: Options) throws {
    say(figures.printed())
    if let path = options.json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(figures).write(to: URL(fileURLWithPath: path))
    }
  }

  private static func count(_ bounds: String, isRecord: Bool, _ scratch: String) throws {
    guard InstructionGuard.isPossible else {
      return say("valgrind is not here: no instructions were counted\n")
    }
    let counts = try InstructionGuard(scratch: scratch).counts()
    if isRecord { try InstructionGuard.record(counts, to: bounds) }
    let (lines, isKept) = try InstructionGuard.check(counts, against: bounds)
    say(lines.joined(separator: "\n") + "\n")
    if !isKept { throw Over() }
  }

  /// A row costs more than its bound allows.
  private struct Over: Error {}

  private static func inputs(_ options: Options, _ scratch: String) throws -> InputSet {
    if let folder = options.folder { return try InputSet(folder: folder) }
    let folder = scratch + "/in"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var trade = TradeGenerator(
      orders: options.orders, scans: options.scans, badShare: options.badShare, seed: options.seed,
      folder: folder)
    try trade.write()
    return try InputSet(folder: folder)
  }

  /// Medians of the whole run; with one core also what each stage took of each file.
  private static func whole(
    _ set: InputSet, _ scratch: String, _ jobs: Int, _ rounds: Int, _ files: inout [FileFigures]
  ) throws -> WholeFigures {
    var seconds: [Double] = []
    var reports: [WholeReport] = []
    var journalBytes: Int64 = 0
    for _ in 0..<rounds {
      let run = try WholeRun.measure(set, scratch: scratch, jobs: jobs)
      seconds.append(run.seconds)
      reports.append(run.report)
      journalBytes = run.journalBytes
    }
    for place in files.indices {
      for stage in StageWatch.Stage.allCases where stage != .parse {
        let spent = reports.compactMap { report in
          report.files.first { $0.file == files[place].file }?.spent[stage.rawValue]
        }
        if !spent.isEmpty { files[place].seconds["\(stage)"] = median(spent.map { Double($0) / 1e9 }) }
      }
    }
    return WholeFigures(
      jobs: jobs, seconds: median(seconds), secondsLeast: seconds.min() ?? 0, secondsMost: seconds.max() ?? 0,
      userSeconds: median(reports.map(\.userSeconds)), systemSeconds: median(reports.map(\.systemSeconds)),
      peakMebibytes: median(reports.map(\.peakMebibytes)),
      journalBytesPerRow: Double(journalBytes) / Double(max(set.rows, 1)),
      syncs: Int(median(reports.map { Double($0.syncs) })))
  }

  /// Each peer in turn with the program, pair after pair.
  private static func peers(
    _ folder: String, _ options: Options, _ set: InputSet, _ scratch: String
  ) throws -> [PeerFigures] {
    try Peer.all(in: folder).map { peer in
      var (seconds, ratios, verdicts, mebibytes): ([Double], [Double], Set<String>, Double) = ([], [], [], 0)
      for _ in 0..<options.rounds {
        let own = try WholeRun.measure(set, scratch: scratch, jobs: options.cores).seconds
        let run = try peer.run(options.python, in: folder, on: set, scratch: scratch)
        seconds.append(run.seconds)
        ratios.append(run.seconds / own)
        verdicts.insert(run.verdict)
        mebibytes = max(mebibytes, run.mebibytes)
      }
      return PeerFigures(
        name: peer.name, seconds: median(seconds), mebibytes: mebibytes,
        verdict: verdicts.sorted().joined(separator: "; "), ratio: median(ratios))
    }
  }

  private static func kept(_ path: String) throws -> Figures {
    try JSONDecoder().decode(Figures.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private static func say(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}

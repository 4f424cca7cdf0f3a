/// A case of `fixtures/exchanges` or `fixtures/errors`: what the partners drop, drop by drop, and what is there in the end.
///
/// `inbox/` is the first drop, then `drops/*/inbox/` in the order of their names; each is copied into a fresh root and
/// processed by the program itself before the next, one hour later on its clock or at the time in `drops/*/clock.txt`. Where
/// a drop has an `exchange.json` of its own, it holds from there on; where it has a `command.txt`, the words in it are then
/// given to the program as an operator would. `expected/` holds the outbox, the names left in the inbox, what the commands
/// said, and the ledger's dump.

import Foundation
import Glibc
import Orders
import TestSupport

struct ExchangeCase: Sendable, CustomStringConvertible {
  /// Below `fixtures/`, for example `exchanges/same-file-twice`.
  let path: String

  var description: String { path }
  var name: String { String(path.split(separator: "/").last ?? "") }

  /// All cases of a folder below `fixtures/`, in the order of their names.
  static func all(in folder: String) -> [ExchangeCase] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: fixture(folder))) ?? []
    return names.sorted().map { ExchangeCase(path: folder + "/" + $0) }
      .filter { !$0.drops.isEmpty }
  }

  /// The inboxes of the drops, in order.
  var drops: [String] {
    let numbered = (try? FileManager.default.contentsOfDirectory(atPath: fixture(path + "/drops"))) ?? []
    let inboxes = ["inbox"] + numbered.sorted().map { "drops/\($0)/inbox" }
    return inboxes.map { fixture(path + "/" + $0) }.filter(FileManager.default.fileExists(atPath:))
  }

  /// Files beside the inbox of each drop that say more about it.
  private func note(_ name: String, beside inbox: String) -> String? {
    let path = inbox.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let text = try? String(contentsOf: URL(filePath: path + "/" + name), encoding: .utf8)
    return text?.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// A moment at which the program is killed, to be started again.
  struct Kill: Sendable {
    let moment: String
    let drop: Int
    /// In the command behind the drop, not in the drop itself.
    let isInCommand: Bool
  }

  /// Processes the drops in a root of its own and reads what came out.
  func run(killedAt kill: Kill? = nil) async throws -> ExchangeResult {
    try await withTemporaryFolder { root in
      try root.makeFolder("inbox")
      var said = ""
      var wasKilled = false
      func program(_ arguments: [String], drop: Int, isCommand: Bool) async throws -> FinishedProgram {
        if let kill, kill.drop == drop, kill.isInCommand == isCommand {
          let finished = try await WaybillProgram.run(arguments, environment: ["WAYBILL_CRASH": kill.moment])
          guard finished.status == .killed(by: SIGKILL) else { return finished }
          wasKilled = true
        }
        return try await WaybillProgram.run(arguments)
      }
      if let configuration = try? Data(contentsOf: URL(filePath: fixture(path + "/exchange.json"))) {
        try root.write([UInt8](configuration), to: "exchange.json")
      }
      for (hour, drop) in drops.enumerated() {
        if let settings = settings(of: drop) {
          try root.write(settings, to: "exchange.json")
        }
        for (file, bytes) in try Self.inProcessingOrder(drop) { try root.write(bytes, to: "inbox/" + file) }
        let once = try await program(
          ["once", "--root", root.path, "--at", clock(of: drop, hour), "--quiet"], drop: hour,
          isCommand: false)
        guard once.status == .exited(0) else { throw TestFailure("once: \(once.status) \(once.errors)") }
        guard let command = command(after: drop) else { continue }
        let words = command.split(separator: " ").map(String.init)
        let finished = try await program(words + ["--root", root.path], drop: hour, isCommand: true)
        said += "$ waybill \(command)\n\(finished.output)\(finished.errors)\(finished.status)\n"
      }
      // Whatever a case is about, its answers follow from its originals.
      try await Self.succeed(["ledger", "prove", "--root", root.path])
      try await Self.succeed(["ledger", "verify", "--root", root.path])
      var outbox = try FolderTree(at: root.path("outbox"))
      // Pages change with their style; what they say stands in the files beside them.
      outbox.entries = outbox.entries.filter { $0.value != .folder && !$0.key.hasSuffix(".html") }
      return ExchangeResult(
        outbox: outbox, wasKilled: wasKilled, leftInInbox: try FolderTree(at: root.path("inbox")).files,
        said: said,
        ledger: try await Self.succeed(["ledger", "dump", "--root", root.path]).output)
    }
  }

  /// The settings that hold from the drop on, where they were edited.
  func settings(of drop: String) -> String? { note("exchange.json", beside: drop) }

  /// What an operator types when the drop is processed.
  func command(after drop: String) -> String? { note("command.txt", beside: drop) }

  /// The time of a drop: noon of the trading day in India, and an hour later for each one before.
  func clock(of drop: String, _ hour: Int) -> String {
    note("clock.txt", beside: drop) ?? "2026-11-21T\(12 + hour):00:00+05:30"
  }

  /// The files of a drop by the step of their kind, then name, then partner, so that the order in which they arrive is
  /// also the order that breaks ties.
  static func inProcessingOrder(_ drop: String) throws -> [(file: String, bytes: [UInt8])] {
    let files = try FolderTree(at: drop).entries.compactMap {
      file, entry -> (file: String, bytes: [UInt8])? in
      guard case .file(let bytes) = entry else { return nil }
      return (file, bytes)
    }
    return files.sorted { place(of: $0.file).lexicographicallyPrecedes(place(of: $1.file)) }
  }

  private static func place(of file: String) -> [String] {
    let parts = file.split(separator: "/", maxSplits: 1).map(String.init)
    let (partner, name) = (parts[0], parts.last ?? "")
    let step = Kind(name: String(name.prefix(while: \.isLetter)))?.step ?? 99
    return [step < 10 ? "0\(step)" : "\(step)", name, partner]
  }

  @discardableResult
  static func succeed(_ arguments: [String]) async throws -> FinishedProgram {
    let finished = try await WaybillProgram.run(arguments)
    guard finished.status == .exited(0) else {
      throw TestFailure("waybill \(arguments.joined(separator: " ")): \(finished.status) \(finished.errors)")
    }
    return finished
  }
}

/// What a case came to.
struct ExchangeResult: Sendable {
  /// Every file that partners and analysts find.
  var outbox: FolderTree
  var wasKilled = false
  /// What was not taken, by path below the inbox.
  var leftInInbox: [String]
  /// The commands of the case with what they printed and how they ended; empty where there is none.
  var said: String
  /// What `waybill ledger dump` prints.
  var ledger: String

  /// In what it is not as recorded below `fixtures/<path>/expected`; recording makes it so.
  ///
  /// - Parameter withLedger: is the ledger's dump part of what is held?
  func difference(from expected: String, withLedger: Bool) throws -> String? {
    let folder = "fixtures/" + expected + "/expected"
    if GoldenFile.isRecording {
      try? FileManager.default.removeItem(atPath: packageRoot + "/" + folder)
    } else {
      let recorded = (try? FolderTree(at: packageRoot + "/" + folder + "/outbox"))?.entries ?? [:]
      var tree = outbox
      tree.entries = recorded.filter { $0.value != .folder }
      if let words = tree.difference(from: outbox) { return "outbox/" + words }
    }
    for (file, entry) in outbox.entries {
      guard case .file(let bytes) = entry else { return "outbox/\(file) is not a file" }
      if let words = GoldenFile(folder + "/outbox/" + file).difference(from: bytes) { return words }
    }
    let left = leftInInbox.map { $0 + "\n" }.joined()
    if let words = GoldenFile(folder + "/inbox.txt").difference(from: left) { return words }
    if !said.isEmpty, let words = GoldenFile(folder + "/said.txt").difference(from: said) { return words }
    return withLedger ? GoldenFile(folder + "/ledger.jsonl").difference(from: ledger) : nil
  }

  /// The acks among the answers, by path.
  func acks() throws -> [String: Ack] {
    var acks: [String: Ack] = [:]
    for (file, entry) in outbox.entries where file.hasSuffix(".ack.json") {
      guard case .file(let bytes) = entry else { continue }
      acks[file] = try JSONDecoder().decode(Ack.self, from: Data(bytes))
    }
    return acks
  }
}

/// The members of an ack that the tests hold (product.md section 7).
struct Ack: Decodable {
  struct Rows: Decodable { let read, applied, duplicate, recorded, parked, rejected: Int }
  struct Group: Decodable { let code: String }

  let outcome: String
  let rows: Rows
  let rejections: [Group]
  let answers: [String]
}

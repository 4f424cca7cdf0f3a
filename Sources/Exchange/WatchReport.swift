internal import Files
internal import Intake

/// What the daemon wrote down about how it watches, for whoever asks how the exchange stands.
///
/// `ledger/watching` holds two lines: `events`, or `polling` and why; then `writers asked` or `writers unknown`. It is written
/// when the daemon starts and whenever that changes; without a daemon it means nothing.
public struct WatchReport: Sendable, Equatable {
  /// Why the inboxes are looked at every second instead of when something happens; nil: the kernel tells.
  public var pollsBecause: String?
  /// Can the kernel be asked who still writes to a partner's file?
  public var asksWriters: Bool

  private static let name = Array("watching".utf8)

  init(pollsBecause: String?, asksWriters: Bool) {
    self.pollsBecause = pollsBecause
    self.asksWriters = asksWriters
  }

  init(_ watching: Watching, asksWriters: Bool) {
    self.asksWriters = asksWriters
    switch watching {
    case .events: pollsBecause = nil
    case .polling(.networkFileSystem): pollsBecause = "the inboxes lie on a network file system"
    case .polling(.refused(let error)): pollsBecause = error.description
    }
  }

  func write(in ledger: Folder) throws {
    let first = pollsBecause.map { "polling: \($0)" } ?? "events"
    let text = "\(first)\nwriters \(asksWriters ? "asked" : "unknown")\n"
    try AtomicFile.publish(
      Array(text.utf8), in: ledger, as: Self.name, replace: true, sync: false, mode: 0o600)
  }

  /// What was written down last; nil where nothing was.
  static func read(in ledger: Folder) throws -> WatchReport? {
    guard try ledger.status(name) != nil else { return nil }
    let contents = FileContents(try ledger.openForReading(name))
    let text = String(decoding: try contents.read(at: 0, count: 4096), as: UTF8.self)
    let lines = text.split(separator: "\n").map(String.init)
    guard lines.count == 2 else { return nil }
    let polling = "polling: "
    return WatchReport(
      pollsBecause: lines[0].hasPrefix(polling) ? String(lines[0].dropFirst(polling.count)) : nil,
      asksWriters: lines[1] == "writers asked")
  }
}

internal import Files
internal import Ledger

/// All records of a snapshot in the order of their places, whatever their number.
///
/// A snapshot's parts are sorted by key or not at all. So many bytes of lines at a time are sorted in memory and laid aside as a run; the
/// runs are then read together, each from its beginning, and the least of their next records is the next of all.
struct PastRuns {
  private let scratch: ScratchFolder
  private var waiting: [(place: RecordPlace, line: [UInt8])] = []
  private var waitingBytes = 0
  private var runs: [Run] = []

  /// Of so many bytes of lines a run is made; in memory they take some three times as much.
  static let runBytesMax = 32 << 20

  /// - Parameter runBytesMax: less than usual, for tests.
  init(of folder: Folder, runBytesMax: Int = PastRuns.runBytesMax) throws {
    scratch = try ScratchFolder()
    for entry in try folder.list() where entry.kind == .regular && entry.name.starts(with: "part-".utf8) {
      var lines = PlainLines(FileContents(try folder.openForReading(entry.name)))
      while let line = try lines.next() {
        waiting.append((try PastRuns.place(of: line), Array(line)))
        waitingBytes += line.count
        if waitingBytes >= runBytesMax { try layAside() }
      }
    }
    try layAside()
    // The next record of each run is the least of it, so the run that is read on is found by a look at all of them.
    for run in runs.indices { try runs[run].advance() }
  }

  private static func place(of line: ArraySlice<UInt8>) throws -> RecordPlace {
    guard let line = KeyedLine(line) else { throw FilterFault.unreadable("past") }
    return try PastRecord(line).place
  }

  private mutating func layAside() throws {
    if waiting.isEmpty { return }
    waiting.sort { $0.place < $1.place }
    let name = Array("run-\(runs.count)".utf8)
    var file = try AppendFile(in: scratch.folder, name: name, existing: false)
    for (_, line) in waiting { try file.append(line + [UInt8(ascii: "\n")]) }
    try file.finish(sync: false)
    runs.append(Run(lines: PlainLines(FileContents(try scratch.folder.openForReading(name)))))
    waiting = []
    waitingBytes = 0
  }

  /// The next record, which stays.
  var first: PastRecord? { least.flatMap { runs[$0].next } }

  mutating func removeFirst() throws {
    if let least { try runs[least].advance() }
  }

  private var least: Int? {
    var least: Int?
    for run in runs.indices {
      guard let next = runs[run].next?.place else { continue }
      if let best = least, let known = runs[best].next?.place, known < next { continue }
      least = run
    }
    return least
  }

  /// Records that lie in their order.
  private final class Run {
    private var lines: PlainLines
    private(set) var next: PastRecord?

    init(lines: consuming PlainLines) { self.lines = lines }

    func advance() throws {
      guard let line = try lines.next() else {
        next = nil
        return
      }
      guard let keyed = KeyedLine(line) else { throw FilterFault.unreadable("past") }
      next = try PastRecord(keyed)
    }
  }
}

/// The lines of a file that bears no trailer.
private struct PlainLines: ~Copyable {
  private var contents: FileContents
  private var buffer: [UInt8] = []
  private var place = 0

  init(_ contents: consuming FileContents) { self.contents = contents }

  mutating func next() throws -> ArraySlice<UInt8>? {
    var searched = place
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { place = end + 1 }
        return buffer[place..<end]
      }
      buffer.removeFirst(place)
      place = 0
      searched = buffer.count
      if try contents.read(into: &buffer, upTo: 256 << 10) == 0 {
        // The last line may lack its end.
        if buffer.isEmpty { return nil }
        place = buffer.count
        return buffer[...]
      }
    }
  }
}

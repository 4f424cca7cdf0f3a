/// The stages in front of the judge, each by itself: reading, structure, rows.

import Files
import Formats
import Foundation
import Glibc
import Orders

/// One file, passed over by one stage at a time, in chunks, the way the program does it.
struct StagesAlone {
  let file: SetFile
  private static let chunkBytes = 256 << 10

  /// Seconds by stage.
  func measure(rounds: Int) throws -> [String: Double] {
    var seconds: [String: [Double]] = [:]
    for _ in 0..<rounds {
      for stage in stagesAlone {
        let start = ContinuousClock.now
        switch stage {
        case "cat": try cat()
        case "read": try read()
        case "scan": try scan()
        default:
          let rows = try parse()
          guard rows == file.rows else {
            throw BenchmarkFault("\(file.name): \(rows) rows were parsed, not \(file.rows)")
          }
        }
        seconds[stage, default: []].append((ContinuousClock.now - start) / .seconds(1))
      }
    }
    return seconds.mapValues(median)
  }

  /// What copying the file to nowhere takes, as a process of its own.
  private func cat() throws { try wait(for: "/bin/cat", [file.path], outputTo: "/dev/null") }

  private func read() throws {
    var contents = try open()
    var buffer = [UInt8](repeating: 0, count: StagesAlone.chunkBytes)
    while try contents.read(over: &buffer, from: 0) > 0 {}
  }

  private func scan() throws {
    var contents = try open()
    var scan = StructureScan(file.format)
    var buffer: [UInt8] = []
    buffer.reserveCapacity(2 * StagesAlone.chunkBytes)
    while try contents.read(into: &buffer, upTo: StagesAlone.chunkBytes) > 0 {
      let used = scan.take(buffer.span)
      buffer.removeFirst(used)
    }
  }

  /// Reads the file to its end; the rows that it holds.
  func parse() throws -> Int {
    let source = OpenFile(try open())
    var terms = ReadingTerms(kind: file.kind, format: file.format)
    if let profile = PartnerProfile.builtIn.first(where: { $0.folder == file.partner }) {
      terms.timeFormats = profile.formats(for: file.kind)
    }
    var reader = RowReader(terms) { try source.contents.read(into: &$0, upTo: $1) }
    var batch = RowBatch(kind: file.kind)
    var rows = 0
    while try reader.next(into: &batch) { rows += batch.rows.count }
    return rows
  }

  private func open() throws -> FileContents {
    let url = URL(fileURLWithPath: file.path)
    let folder = try Folder(path: url.deletingLastPathComponent().path)
    return FileContents(try folder.openForReading(Array(url.lastPathComponent.utf8)))
  }
}

/// A file that a closure may read on in.
private final class OpenFile {
  var contents: FileContents
  init(_ contents: consuming FileContents) { self.contents = contents }
}

/// Runs a program to its end, without Foundation, whose own waiting looks only now and then, which is longer than a copy takes.
func wait(for program: String, _ arguments: [String], outputTo path: String? = nil) throws {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  if let path { posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY, 0) }
  let words: [UnsafeMutablePointer<CChar>?] = [strdup(program)] + arguments.map { strdup($0) } + [nil]
  defer { for word in words { free(word) } }
  var child: pid_t = 0
  guard posix_spawn(&child, program, &actions, nil, words, environ) == 0 else {
    throw BenchmarkFault("\(program) cannot be started")
  }
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0, errno == EINTR {}
  guard status == 0 else { throw BenchmarkFault("\(program) \(arguments.joined(separator: " ")) failed") }
}

// A temporary folder is a test's own place on the disk; it goes when the test lets go of it.

import Files
import Glibc

/// A fresh folder that is removed, with all it holds, when nobody holds this value any more.
final class TemporaryFolder {
  let path: String
  let folder: Folder

  init() throws {
    var template = Array("/tmp/waybill-files-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError(call: "mkdtemp", path: "/tmp", errno: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    folder = try Folder(path: path)
  }

  deinit {
    try? Self.empty(folder)
    rmdir(path)
  }

  func write(_ text: String, as name: String) throws {
    try folder.create(Array(name.utf8), exclusive: true).write(Array(text.utf8), at: 0)
  }

  func text(_ name: String) throws -> String {
    String(decoding: try readWhole(folder, Array(name.utf8), limit: 1 << 20), as: UTF8.self)
  }

  func names() throws -> [String] {
    try folder.list().map { legible($0.name) }.sorted()
  }

  private static func empty(_ folder: Folder) throws {
    for entry in try folder.list() {
      if entry.kind == .folder {
        try empty(folder.subfolder(entry.name))
        try folder.removeFolder(entry.name)
      } else {
        try folder.remove(entry.name)
      }
    }
  }
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// What a call that must be refused was refused with.
func refusal(_ work: () throws(FileError) -> Void) -> FileError? {
  do throws(FileError) {
    try work()
    return nil
  } catch {
    return error
  }
}

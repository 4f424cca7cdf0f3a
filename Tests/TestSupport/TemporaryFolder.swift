/// A folder of its own for one test: made empty, handed to the test's body, removed when the body ends.
///
/// The body gets the folder as a value and the folder lives exactly as long as the body runs. With `WAYBILL_KEEP=1`
/// in the environment nothing is removed, so that a person can look at what a failed test left.

import Foundation
import Glibc

/// A folder below the system's folder for temporary files.
package struct TemporaryFolder: Sendable {
  /// The absolute path, without a slash at its end.
  package let path: String

  /// The path of something in the folder.
  package func path(_ name: String) -> String { name.isEmpty ? path : path + "/" + name }

  /// Writes a file, with the folders it needs; what lay there before is replaced.
  package func write(_ bytes: [UInt8], to name: String) throws {
    let target = path(name)
    try makeFolders(above: target)
    try writeFile(bytes, at: target)
  }

  package func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  package func makeFolder(_ name: String) throws { try makeFolders(above: path(name) + "/.") }

  package func read(_ name: String) throws -> [UInt8] { try readFile(at: path(name)) }

  package func text(_ name: String) throws -> String { String(decoding: try read(name), as: UTF8.self) }

  /// Does something lie under the name? A dangling link counts.
  package func has(_ name: String) -> Bool {
    var status = stat()
    return lstat(path(name), &status) == 0
  }

  /// The names that lie in one folder, in byte order; invalid UTF-8 is shown as `\xNN`.
  package func names(in folder: String = "") throws -> [String] {
    try entries(ofFolderAt: path(folder)).map(FolderTree.spelled)
  }

  /// Copies a folder tree of the package into this folder: `copyTree(from: fixture("exchanges/x/inbox"), to: "inbox")`.
  package func copyTree(from source: String, to name: String) throws {
    for (relative, entry) in try FolderTree(at: source).entries {
      switch entry {
      case .folder: try makeFolder(name + "/" + relative)
      case .file(let bytes): try write(bytes, to: name + "/" + relative)
      case .other(let what): throw TestFailure("cannot copy \(relative): it is \(what)")
      }
    }
  }
}

/// Something that a test needs could not be done; the words are for the reader of the test's output.
package struct TestFailure: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

/// Runs the body with a new empty folder and removes the folder afterwards.
package func withTemporaryFolder<Result>(_ body: (TemporaryFolder) throws -> Result) throws -> Result {
  let folder = try makeTemporaryFolder()
  defer { removeTemporaryFolder(folder) }
  return try body(folder)
}

/// The same for a body that waits, for example for a program.
package func withTemporaryFolder<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: (TemporaryFolder) async throws -> Result
) async throws -> Result {
  let folder = try makeTemporaryFolder()
  defer { removeTemporaryFolder(folder) }
  return try await body(folder)
}

private func makeTemporaryFolder() throws -> TemporaryFolder {
  let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
  var template = Array((parent + "/waybill-test-XXXXXX").utf8CString)
  guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp in \(parent): \(reason(errno))") }
  return TemporaryFolder(
    path: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
}

private func removeTemporaryFolder(_ folder: TemporaryFolder) {
  if ProcessInfo.processInfo.environment["WAYBILL_KEEP"] == "1" { return }
  removeTree(Array(folder.path.utf8))
}

/// Removes a file or a whole folder, links unfollowed; what cannot be removed is left.
private func removeTree(_ path: [UInt8]) {
  let terminated = path.map { CChar(bitPattern: $0) } + [0]
  if unlink(terminated) == 0 { return }
  // A test may have taken its own rights away.
  chmod(terminated, 0o700)
  for name in (try? entries(ofFolderAt: path)) ?? [] { removeTree(path + [UInt8(ascii: "/")] + name) }
  rmdir(terminated)
}

func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

func makeFolders(above path: String) throws {
  var prefix = ""
  for name in path.split(separator: "/", omittingEmptySubsequences: true).dropLast() {
    prefix += "/" + name
    if mkdir(prefix, 0o755) != 0, errno != EEXIST { throw TestFailure("mkdir \(prefix): \(reason(errno))") }
  }
}

func writeFile(_ bytes: [UInt8], at path: String) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw TestFailure("open \(path): \(reason(errno))") }
  defer { close(descriptor) }
  var rest = bytes[...]
  while !rest.isEmpty {
    let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard written > 0 else { throw TestFailure("write \(path): \(reason(errno))") }
    rest = rest.dropFirst(written)
  }
}

func readFile(at path: String) throws -> [UInt8] { try readFile(at: Array(path.utf8)) }

func readFile(at path: [UInt8]) throws -> [UInt8] {
  let descriptor = open(path.map { CChar(bitPattern: $0) } + [0], O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
  guard descriptor >= 0 else {
    throw TestFailure("open \(FolderTree.spelled(path)): \(reason(errno))")
  }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    guard count >= 0 else { throw TestFailure("read \(FolderTree.spelled(path)): \(reason(errno))") }
    if count == 0 { return bytes }
    bytes += chunk[..<count]
  }
}

/// The names in a folder as bytes, in byte order, without `.` and `..`.
func entries(ofFolderAt path: String) throws -> [[UInt8]] { try entries(ofFolderAt: Array(path.utf8)) }

func entries(ofFolderAt path: [UInt8]) throws -> [[UInt8]] {
  guard let folder = opendir(path.map { CChar(bitPattern: $0) } + [0]) else {
    throw TestFailure("opendir \(FolderTree.spelled(path)): \(reason(errno))")
  }
  defer { closedir(folder) }
  var names: [[UInt8]] = []
  while let entry = readdir(folder) {
    // The name ends at its NUL, which readdir(3) promises to be inside the record.
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
    if name != [46], name != [46, 46] { names.append(name) }
  }
  return names.sorted { $0.lexicographicallyPrecedes($1) }
}

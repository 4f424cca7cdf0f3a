/// Golden files: what the program must print, kept in the package and read by people in the diff of a change.
///
/// `WAYBILL_RECORD=1 swift test` writes what the program printed over the golden; the difference in version control is
/// then the review. Without it a missing golden is a difference like any other.

import Foundation

/// A file below the package's root that holds what a test expects.
package struct GoldenFile: Sendable {
  package let path: String

  /// - Parameter path: relative to the package's root, for example `fixtures/golden/rules.csv`.
  package init(_ path: String) { self.path = path }

  /// Is this run one that writes the goldens instead of holding the program against them?
  package static var isRecording: Bool { ProcessInfo.processInfo.environment["WAYBILL_RECORD"] == "1" }

  /// The golden's own bytes.
  package func bytes() throws -> [UInt8] { try readFile(at: packageRoot + "/" + path) }

  /// In what the bytes differ from the golden, for `#expect(golden.difference(from: bytes) == nil)`; when recording
  /// the golden becomes these bytes.
  package func difference(from bytes: [UInt8]) -> String? {
    let full = packageRoot + "/" + path
    if Self.isRecording {
      do {
        try makeFolders(above: full)
        try writeFile(bytes, at: full)
        return nil
      } catch { return "\(path) could not be recorded: \(error)" }
    }
    guard let golden = try? readFile(at: full) else {
      return "\(path) does not exist; record it with WAYBILL_RECORD=1 swift test"
    }
    return Bytes.difference(golden, bytes).map { "\(path) \($0)" }
  }

  package func difference(from text: String) -> String? { difference(from: Array(text.utf8)) }
}

/// The configuration in force, written out in one fixed way, so that two of them can be compared and a ledger can say under
/// which one a file was judged.

internal import Files
package import Ledger

extension Configuration {
  /// Every setting that is in force and on which a decision can depend, one a line, as `key = value`.
  package var canonicalText: String {
    settings.filter(\.isOfDecisions).map { "\($0.path) = \($0.value.spelled)\n" }.joined()
  }

  /// The SHA-256 of the canonical text.
  package var sha256: [UInt8] { SHA256.hash(Array(canonicalText.utf8)) }

  /// The SHA-256 of the canonical text, as people read it.
  package var hash: String { hexadecimal(sha256) }

  /// The hash of the configuration that a file was judged under, as people read it.
  package static func hash(of file: FileRecord) -> String { hexadecimal(file.configuration) }
}

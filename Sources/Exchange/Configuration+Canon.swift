/// The configuration in force, written out in one fixed way, so that two of them can be compared and a ledger can say under
/// which one a file was judged.

internal import Files
public import Ledger

extension Configuration {
  /// Every setting in force that a decision can depend on, one a line, as `key = value`.
  public var canonicalText: String {
    settings.filter(\.decides).map { "\($0.path) = \($0.value.spelled)\n" }.joined()
  }

  /// The SHA-256 of the canonical text.
  public var sha256: [UInt8] { SHA256.hash(Array(canonicalText.utf8)) }

  /// The SHA-256 of the canonical text, as people read it.
  public var hash: String { hexadecimal(sha256) }

  /// The hash of the configuration that a file was judged under, as people read it.
  public static func hash(of file: FileRecord) -> String { hexadecimal(file.configuration) }
}

// A staged answer is an answer file that is finished and waits for the commit that allows its publication.

import Files

/// One finished answer: its name in the outbox, its digest, and where its bytes are until it is delivered.
public struct StagedAnswer: Sendable, Equatable {
  public enum Content: Sendable, Equatable {
    /// The bytes themselves; small answers travel inside the transaction.
    case inline([UInt8])
    /// The name of a file in the staging folder.
    case file([UInt8])
  }

  public let name: [UInt8]
  public let content: Content
  /// 32 bytes.
  public let sha256: [UInt8]
  public let byteCount: Int

  public init(name: [UInt8], content: Content, sha256: [UInt8], byteCount: Int) {
    self.name = name
    self.content = content
    self.sha256 = sha256
    self.byteCount = byteCount
  }

  /// An answer made in one piece, such as an acknowledgement.
  public init(name: [UInt8], bytes: [UInt8]) {
    self.init(name: name, content: .inline(bytes), sha256: SHA256.hash(bytes), byteCount: bytes.count)
  }

  /// The longest answer of a row-by-row file that travels inside the transaction.
  public static let inlineBytesMax = 16 * 1024
}

internal import Files

/// The ledger's own secret, with which credentials are turned into fingerprints that give nothing back.
struct Salt: Sendable {
  private let bytes: [UInt8]
  private static let name = Array("salt".utf8)
  private static let byteCount = 32

  /// Reads the salt, or makes it at the ledger's first run.
  static func open(in ledger: Folder) throws(FileError) -> Salt {
    if try ledger.status(name) == nil {
      var generator = SystemRandomNumberGenerator()
      let fresh = (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      try AtomicFile.publish(fresh, in: ledger, as: name, replace: false, sync: true)
    }
    return Salt(bytes: try readWhole(ledger, name, limit: byteCount))
  }

  /// A keyed hash of one credential.
  func digest(_ credential: ArraySlice<UInt8>) -> [UInt8] {
    // The secret stands on both sides, so that nothing can be appended to what is hashed.
    Array(hexadecimal(SHA256.hash(bytes + credential + bytes)).utf8)
  }

  /// A keyed hash over several texts.
  func fingerprint(_ texts: [ArraySlice<UInt8>]) -> UInt64 {
    var all = bytes
    for text in texts {
      all += Array(String(text.count).utf8)
      all.append(UInt8(ascii: ":"))
      all += text
    }
    all += bytes
    return SHA256.hash(all).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }
}

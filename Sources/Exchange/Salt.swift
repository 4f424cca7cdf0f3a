internal import Files

/// The ledger's own secret, with which credentials are turned into fingerprints that give nothing back.
///
/// `ledger/salt` holds 32 bytes and their SHA-256. With one byte changed the same account would seem to be another one, and no frame
/// of the journal would be wrong; so it is held against its digest whenever it is read. An earlier program wrote the 32 bytes alone.
struct Salt: Sendable {
  private let bytes: [UInt8]
  private static let name = Array("salt".utf8)
  private static let byteCount = 32

  /// The salt is not what was written.
  struct Damaged: Error, CustomStringConvertible {
    var description: String {
      "ledger/salt is damaged: with it no account would be known again; bring the file back from a copy of ledger/"
    }
  }

  /// Reads the salt, or makes it at the ledger's first run.
  static func open(in ledger: Folder) throws -> Salt {
    if try ledger.status(name) == nil {
      var generator = SystemRandomNumberGenerator()
      let fresh = (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      try AtomicFile.publish(fresh + SHA256.hash(fresh), in: ledger, as: name, replace: false, sync: true)
    }
    return try read(in: ledger)
  }

  /// Nil: there is none.
  static func ifPresent(in ledger: Folder) throws -> Salt? {
    try ledger.status(name) == nil ? nil : try read(in: ledger)
  }

  private static func read(in ledger: Folder) throws -> Salt {
    let whole = try readWhole(ledger, name, limit: 2 * byteCount)
    let salt = Array(whole.prefix(byteCount))
    guard salt.count == byteCount,
      whole.count == byteCount || whole.dropFirst(byteCount) == SHA256.hash(salt)[...]
    else { throw Damaged() }
    return Salt(bytes: salt)
  }

  /// Gives a salt of an earlier program the digest that it lacks.
  func complete(in ledger: Folder) throws {
    guard try ledger.status(Salt.name)?.size == Int64(Salt.byteCount) else { return }
    try AtomicFile.publish(bytes + SHA256.hash(bytes), in: ledger, as: Salt.name, replace: true, sync: true)
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

  /// The salt of another ledger, as `ledger export` hands it on; nil: these bytes are none.
  init?(_ bytes: [UInt8]) {
    if bytes.count != Salt.byteCount { return nil }
    self.bytes = bytes
  }

  /// Makes one for an exchange that has no ledger yet.
  static func make() -> Salt {
    var generator = SystemRandomNumberGenerator()
    return Salt(bytes: (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }

  /// Makes it the salt of a ledger that has none.
  func publish(in ledger: Folder) throws {
    try AtomicFile.publish(
      bytes + SHA256.hash(bytes), in: ledger, as: Salt.name, replace: false, sync: true)
  }

  /// The secret itself, for whoever moves the books to another place.
  var secret: [UInt8] { bytes }
}

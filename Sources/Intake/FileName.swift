// A file name is all that a partner tells us about a file before we open it.

public import Orders

/// What the name of a file in an inbox says: its kind, its format, and whether it is compressed.
///
/// `inbox/<partner>/<kind>` followed by anything that is not a letter, then `.csv`, `.json`, `.jsonl` or `.ndjson`,
/// each also with `.gz`; the case of ASCII letters does not matter. What the name leaves open, the content decides.
public struct FileName: Sendable, Equatable {
  /// The name as the disk holds it.
  public let bytes: [UInt8]
  /// Nil when the name opens with no kind's word.
  public let kind: Kind?
  /// Nil when the name ends in none of the endings.
  public let format: FileFormat?
  public let isGzip: Bool
  /// Why no answer could bear this name, if that is so; such a file is answered, not processed.
  public let refusal: NameRefusal?

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    let lower = bytes.map(Self.lowercased)
    refusal = NameRefusal(bytes)
    kind = refusal == nil ? Self.kind(lower, of: bytes) : nil
    isGzip = lower.ends(with: ".gz")
    let plain = isGzip ? lower.dropLast(3) : lower[...]
    format = Self.endings.first { plain.ends(with: $0.ending) }?.format
  }

  /// The place in the processing sequence; a file whose kind the name does not tell waits with the orders.
  public var step: Int { (kind ?? .orders).step }

  /// The longest word of a kind that opens the name and is not the beginning of a longer word.
  private static func kind(_ lower: [UInt8], of bytes: [UInt8]) -> Kind? {
    Kind.allCases
      .filter { lower.starts(with: $0.name.utf8) && !startsWithLetter(bytes[$0.name.utf8.count...]) }
      .max { $0.name.utf8.count < $1.name.utf8.count }
  }

  private static func startsWithLetter(_ rest: ArraySlice<UInt8>) -> Bool {
    var decoder = UTF8()
    var bytes = rest.makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&bytes) else { return false }
    return scalar.properties.isAlphabetic
  }

  static func lowercased(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }

  private static let endings: [(ending: String, format: FileFormat)] = [
    (".csv", .csv), (".json", .json), (".jsonl", .jsonLines), (".ndjson", .jsonLines),
  ]
}

/// Why a name cannot be carried into an answer.
public enum NameRefusal: Sendable, Equatable {
  /// The first byte, counted from 0, that is not UTF-8.
  case notUTF8(offset: Int)
  /// The first control character, counted in bytes from 0.
  case controlCharacter(offset: Int)
  /// The name has so many bytes that our longest answer to it would exceed the file system's 255.
  case tooLong(bytes: Int)

  /// The longest name that can be answered: 255 bytes, less the longest thing we ever put behind a name.
  public static let nameBytesMax = 255 - "~00000000000000000000.settled-999999.csv".utf8.count

  init?(_ name: [UInt8]) {
    var parser = UTF8.ForwardParser()
    var bytes = name.makeIterator()
    var offset = 0
    parsing: while true {
      switch parser.parseScalar(from: &bytes) {
      case .valid(let encoded):
        let scalar = UTF8.decode(encoded).value
        if scalar < 0x20 || (0x7F...0x9F).contains(scalar) {
          self = .controlCharacter(offset: offset)
          return
        }
        offset += encoded.count
      case .error:
        self = .notUTF8(offset: offset)
        return
      case .emptyInput:
        break parsing
      }
    }
    guard name.count > Self.nameBytesMax else { return nil }
    self = .tooLong(bytes: name.count)
  }
}

/// A small file beside an upload that says the upload is complete, where a partner has agreed to send one.
public enum Companion: String, CaseIterable, Sendable {
  case ok, done, sha256

  /// The ending that it adds to the upload's whole name.
  public var ending: String { "." + rawValue }
}

/// What a name in an inbox is, before anything is opened.
public enum NameStanding: Sendable, Equatable {
  /// An upload, to be taken once it is complete.
  case upload(FileName)
  /// Still under way or not meant for us: left alone.
  case temporary
  /// Belongs to the upload of the name given.
  case companion(Companion, of: [UInt8])

  public init(_ name: [UInt8]) {
    self = NameStanding.besidesUploads(name) ?? .upload(FileName(name))
  }

  /// Is it an upload's? Told without reading in it what the upload is.
  static func isUpload(_ name: [UInt8]) -> Bool { besidesUploads(name) == nil }

  private static let temporaryEndings = [".part", ".filepart", ".tmp", ".partial", "~"]

  /// What the name is where it is no upload's.
  private static func besidesUploads(_ name: [UInt8]) -> NameStanding? {
    let lower = name.map(FileName.lowercased)
    if name.first == UInt8(ascii: ".") || temporaryEndings.contains(where: { lower.ends(with: $0) }) {
      return .temporary
    }
    guard let companion = Companion.allCases.first(where: { lower.ends(with: $0.ending) }) else { return nil }
    return .companion(companion, of: Array(name.dropLast(companion.ending.utf8.count)))
  }
}

extension Collection where Element == UInt8 {
  func ends(with ending: String) -> Bool {
    count >= ending.utf8.count && suffix(ending.utf8.count).elementsEqual(ending.utf8)
  }
}

// Wording is a sentence while it is put together.

/// The words of a sentence, as the bytes that an answer gets of them.
///
/// A bad file has a sentence for every row. A string grows with a look at each piece, and becomes bytes in the end all the same.
public struct Wording: ExpressibleByStringInterpolation, Sendable {
  public private(set) var bytes: [UInt8]

  public init(_ text: String) { bytes = Array(text.utf8) }
  public init(stringLiteral text: String) { self.init(text) }
  public init(stringInterpolation words: StringInterpolation) { bytes = words.bytes }

  /// The same for those who read it on a terminal.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  public mutating func append(_ words: Wording) { bytes += words.bytes }
  public mutating func append(word: String) { bytes.append(contentsOf: word.utf8) }

  /// Appends a name with spaces in place of what joins its words.
  mutating func append(spaced name: String) {
    for byte in name.utf8 { bytes.append(byte == UInt8(ascii: "_") ? UInt8(ascii: " ") : byte) }
  }

  mutating func append(_ time: Timestamp, in zone: Zone) { time.appendISO8601(in: zone, to: &bytes) }

  /// Literals and what stands between them, one after the other.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var bytes: [UInt8] = []

    /// Most fields with their values have fewer bytes.
    private static let pieceBytes = 48

    public init(literalCapacity: Int, interpolationCount: Int) {
      bytes.reserveCapacity(literalCapacity + interpolationCount * StringInterpolation.pieceBytes)
    }

    public mutating func appendLiteral(_ text: String) { bytes.append(contentsOf: text.utf8) }
    public mutating func appendInterpolation(_ text: String) { bytes.append(contentsOf: text.utf8) }
    public mutating func appendInterpolation(_ words: Wording) { bytes += words.bytes }
    public mutating func appendInterpolation(_ value: ArraySlice<UInt8>) { bytes += value }

    public mutating func appendInterpolation(_ number: some BinaryInteger) {
      bytes.append(contentsOf: String(number).utf8)
    }
  }
}

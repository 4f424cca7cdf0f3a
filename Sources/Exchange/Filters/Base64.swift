internal import Foundation

/// Bytes as text that no tool on the way changes: base64 with `+` and `/`, padded, in one line.
enum Base64 {
  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    Array(Data(bytes).base64EncodedData())
  }

  /// Nil: the text is no base64, or not the one text that `encode` writes; Foundation reads `====` as a byte.
  static func decode(_ text: [UInt8]) -> [UInt8]? {
    guard let bytes = Data(base64Encoded: Data(text)).map(Array.init) else { return nil }
    return encode(bytes) == text ? bytes : nil
  }
}

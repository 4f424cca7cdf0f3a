/// A configuration that cannot be used: which key of it, and why.
public struct ConfigurationFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file as the operator named it.
  public var file: String
  /// The key, such as `partners.dtdc.locationKeys[1]`; empty where the file as a whole is meant.
  public let path: String
  /// What is wrong with it, in words that follow the path.
  public let sentence: String

  public init(file: String = "", path: String, sentence: String) {
    self.file = file
    self.path = path
    self.sentence = sentence
  }

  /// File, key and reason in one line.
  public var description: String {
    [file, path, sentence].filter { !$0.isEmpty }.joined(separator: ": ")
  }
}

extension String {
  /// Something from the configuration as it may stand in a one-line message: quoted, control characters named, cut when long.
  var quotedForMessage: String {
    var quoted = "\""
    for (count, scalar) in unicodeScalars.enumerated() {
      if count == 64 {
        quoted += "…"
        break
      }
      if scalar.properties.isPatternWhitespace && scalar != " " || scalar.value < 0x20
        || (0x7F...0x9F).contains(scalar.value) || scalar.properties.generalCategory == .format
      {
        quoted += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else if scalar == "\"" || scalar == "\\" {
        quoted += "\\" + String(scalar)
      } else {
        quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

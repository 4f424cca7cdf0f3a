internal import Formats
internal import Intake
internal import Orders

/// What the configuration means for the rooms that read files.
extension Configuration {
  /// The terms on which a partner's file of a kind is read.
  func terms(
    _ kind: Kind, _ format: FileFormat, _ profile: PartnerProfile,
    credentialDigest: (@Sendable (ArraySlice<UInt8>) -> [UInt8])?
  ) -> ReadingTerms {
    var terms = ReadingTerms(
      kind: kind, format: format, timeFormats: profile.formats(for: kind), zone: profile.zone,
      bounds: bounds(of: profile.folder),
      dialect: delimiters[profile.folder].map { CSVDialect(delimiter: $0) },
      credentialDigest: credentialDigest)
    terms.isWindows1252 = format == .csv && windows1252.contains(profile.folder)
    return terms
  }

  /// The companion that each partner has agreed to send, by folder.
  var companionEndings: [String: Companion] { companions.compactMapValues { Companion(rawValue: $0) } }
}

extension PartnerProfile {
  func bounds(_ configuration: Configuration) -> Bounds { configuration.bounds(of: folder) }
}

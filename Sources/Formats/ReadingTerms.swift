/// The terms on which a file is read.
public import Orders

/// What must be known of a file before its first byte is read: kind, format, spellings of time, bounds.
public struct ReadingTerms: Sendable {
  public var kind: Kind
  public var format: FileFormat
  /// The spellings of time that the partner may use in this kind.
  public var timeFormats: TimeFormats
  /// The zone of times that name none.
  public var zone: Zone
  public var bounds: Bounds
  /// The delimiter, where the partner's is agreed; nil: taken from the header.
  public var dialect: CSVDialect?
  /// Are lines of CSV that are not UTF-8 in Windows-1252? JSON is always UTF-8 (RFC 8259).
  public var isWindows1252 = false
  /// What the ledger may hold instead of a password; without it passwords are replaced by `***` everywhere.
  ///
  /// In files of kind `carriers` the cells of `password` and `extra_credential_1` become what this function makes of them
  /// (a keyed hash), while the record itself (`Row.raw`, `RowBatch.recordCells`) shows `***`, and the bytes as they were
  /// sent are overwritten in the batch.
  public var credentialDigest: (@Sendable (ArraySlice<UInt8>) -> [UInt8])?
  /// How much of the file is taken in at once.
  public var chunkBytes = 256 << 10

  public init(
    kind: Kind, format: FileFormat, timeFormats: TimeFormats = .usual, zone: Zone = .kolkata,
    bounds: Bounds = Bounds(), dialect: CSVDialect? = nil,
    credentialDigest: (@Sendable (ArraySlice<UInt8>) -> [UInt8])? = nil
  ) {
    self.kind = kind
    self.format = format
    self.timeFormats = timeFormats
    self.zone = zone
    self.bounds = bounds
    self.dialect = dialect
    self.credentialDigest = credentialDigest
  }
}

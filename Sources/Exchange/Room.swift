internal import Files
internal import Orders

/// What the disk must have free before a file is claimed: its rows go into the journal, its answers into the outbox, and a full disk must
/// still be written about.
enum Room {
  /// What must be free before files of so many bytes are claimed.
  static func bytesNeeded(for bytes: Int64) -> UInt64 {
    UInt64(Configuration.freeBytesMin) + UInt64(max(0, bytes)) * UInt64(Configuration.bytesWrittenPerByte)
  }

  /// How much of a file is read: nothing of one over the bound, which is refused for its size alone. Without this a file of
  /// nothing but holes would seem to need a disk that nobody has.
  static func bytesRead(ofSize size: Int64, from partner: String, _ configuration: Configuration) -> Int64 {
    let profile = configuration.profile(of: partner)
    let bytesMax = profile?.bounds(configuration).fileBytesMax ?? .max
    return size > bytesMax ? 0 : size
  }
}

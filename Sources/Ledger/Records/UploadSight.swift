/// An upload as it was seen when its claim was made: by this a restart knows it again.
///
/// Nobody can write to a file, or put another in its place, without its inode or the time of its last change being another; and that time is
/// the file system's own, so the wall's clock, which may be set back, is not asked. A power cut may leave an older state of the file.
public struct UploadSight: Sendable, Equatable {
  public var inode: UInt64
  /// Nanoseconds since 1970 of its last change.
  public var changed: Int64

  public init(inode: UInt64, changed: Int64) {
    self.inode = inode
    self.changed = changed
  }
}

extension [UInt8] {
  /// The inode, 0 for none, and the time of the last change behind any other.
  mutating func putSight(_ sight: UploadSight?) {
    putNumber(sight?.inode ?? 0)
    if let sight { putSigned(sight.changed) }
  }
}

extension RecordReader {
  mutating func sight() throws(RecordFault) -> UploadSight? {
    let inode = try number()
    return inode == 0 ? nil : UploadSight(inode: inode, changed: try signed())
  }
}

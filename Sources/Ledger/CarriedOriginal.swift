internal import Files

/// The original of a small file, as its decision's transaction carries it: a blob directly behind the last of its answers, which no
/// answer names.
///
/// Whatever a power cut left of the file itself, its decision holds it whole. It is known by its digest, so a journal without such
/// blobs reads as it always did.
package enum CarriedOriginal {
  /// The bytes of the file, nil where its decision does not carry them.
  ///
  /// - Parameter frame: reads the frame at an offset.
  package static func read(
    of file: FileRecord, _ frame: (UInt64) throws -> JournalFrame
  ) throws -> [UInt8]? {
    var last: UInt64?
    for answer in file.answers {
      if case .blob(let offset) = answer.bytes { last = max(last ?? 0, offset) }
    }
    guard let last else { return nil }
    let next = try frame(try frame(last).end)
    return next.kind == .blob && SHA256.hash(next.payload) == file.sha256 ? next.payload : nil
  }
}

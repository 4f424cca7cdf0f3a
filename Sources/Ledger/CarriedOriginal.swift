internal import Files

/// The original of a small file, as its decision's transaction carries it: a blob directly behind the last of its answers, which no
/// answer names. It holds the file as it was seen (`UploadSight`) and its bytes.
///
/// Whatever a power cut left of the file itself, its decision holds it whole. It is known by its digest, so a journal without such
/// blobs reads as it always did.
public struct CarriedOriginal: Sendable, Equatable {
  public let bytes: [UInt8]
  /// Nil where the run's clock stood still.
  public let sight: UploadSight?

  public static func payload(_ bytes: [UInt8], _ sight: UploadSight?) -> [UInt8] {
    var payload: [UInt8] = []
    payload.putSight(sight)
    return payload + bytes
  }

  /// Nil where the blob is not the original of this digest.
  public init?(_ payload: [UInt8], digest: [UInt8]) {
    var reader = RecordReader(payload)
    do { sight = try reader.sight() } catch { return nil }
    let bytes = Array(payload[reader.place...])
    guard SHA256.hash(bytes) == digest else { return nil }
    self.bytes = bytes
  }

  /// What the decision of a file carries; nil where it carries nothing.
  ///
  /// - Parameter frame: reads the frame at an offset.
  public static func read(
    of file: FileRecord, _ frame: (UInt64) throws -> JournalFrame
  ) throws -> CarriedOriginal? {
    var last: UInt64?
    for answer in file.answers {
      if case .blob(let offset) = answer.bytes { last = max(last ?? 0, offset) }
    }
    guard let last else { return nil }
    let next = try frame(try frame(last).end)
    return next.kind == .blob ? CarriedOriginal(next.payload, digest: file.sha256) : nil
  }
}

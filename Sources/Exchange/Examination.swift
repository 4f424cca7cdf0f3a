internal import Files
internal import Formats
internal import Intake
internal import Ledger
internal import Orders

/// The look at a file's end before it is claimed: a file that broke off stays in the inbox, where a resumed upload finds it.
enum Examination {
  /// Files up to this size are read whole; of larger ones the end alone is looked at, and what it hides the claim finds.
  static let wholeBytesMax: Int64 = 1 << 20
  private static let tailBytes = 64 << 10

  /// What is missing, or nil for a file that has its end.
  static func missing(
    in waiting: Waiting, _ upload: Upload? = nil, kind: Kind, of profile: PartnerProfile, folder: Folder,
    _ configuration: Configuration
  ) throws -> Fault? {
    // A file over the bound is answered at once, whatever its end is like.
    guard let format = waiting.name.format, waiting.status.size <= profile.bounds(configuration).fileBytesMax
    else { return nil }
    if let upload {
      return try missing(
        in: upload.bytes, configuration.terms(kind, format, profile, credentialDigest: nil))
    }
    let contents = FileContents(try folder.openForReading(waiting.name.bytes))
    if let hole = try contents.firstHole() { return Fault(.truncated, number: hole) }
    if waiting.name.isGzip {
      let isCut = try packedIsCut(waiting, in: folder, profile.bounds(configuration))
      return isCut ? Fault(.truncated, number: waiting.status.size) : nil
    }
    let size = try contents.status().size
    if size == 0 { return nil }
    if size <= wholeBytesMax {
      return try wholeIsMissing(contents, configuration.terms(kind, format, profile, credentialDigest: nil))
    }
    let tail = try contents.read(at: max(0, size - Int64(tailBytes)), count: tailBytes)
    let lastByte = tail.last { $0 != 32 && $0 != 9 && $0 != 10 && $0 != 13 }
    switch format {
    case .json:
      return lastByte == UInt8(ascii: "]") || lastByte == UInt8(ascii: "}") ? nil : Fault(.truncated)
    case .jsonLines, .csv:
      if tail.last == UInt8(ascii: "\n") { return nil }
      let start = tail.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      var sample = Array(tail[start...])
      if format == .csv {
        let head = try contents.read(at: 0, count: tailBytes)
        guard let end = head.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        sample = head[...end] + sample
      }
      let terms = configuration.terms(kind, format, profile, credentialDigest: nil)
      return try missing(in: sample, terms).map { _ in
        Fault(.truncated, number: size - Int64(tail.count - start))
      }
    }
  }

  /// Does a packed file unpack well up to where it ends, too early? Only unpacking it tells.
  private static func packedIsCut(_ waiting: Waiting, in folder: Folder, _ bounds: Bounds) throws -> Bool {
    if waiting.status.size == 0 { return false }
    let input = try InputFile(
      waiting.name.bytes, in: folder, isGzip: true, bounds: bounds, keepsDigest: false)
    defer { input.close() }
    var buffer: [UInt8] = []
    do {
      while try input.read(into: &buffer, upTo: 1 << 18) > 0 { buffer.removeAll(keepingCapacity: true) }
      return false
    } catch let fault as InputFile.Unsound {
      return fault.isCutShort
    }
  }

  private static func wholeIsMissing(_ contents: borrowing FileContents, _ terms: ReadingTerms) throws
    -> Fault?
  {
    let bytes = try contents.read(at: 0, count: Int(wholeBytesMax))
    return try missing(in: bytes, terms)
  }

  private static func missing(in bytes: [UInt8], _ terms: ReadingTerms) throws -> Fault? {
    if RowReader.surelyEnds(bytes.span, terms) { return nil }
    var rest = bytes[...]
    var reader = RowReader(terms) { buffer, count in
      let part = rest.prefix(count)
      buffer += part
      rest = rest.dropFirst(part.count)
      return part.count
    }
    var batch = RowBatch(kind: terms.kind)
    do {
      while try reader.next(into: &batch) {}
      return nil
    } catch let fault as FileFault {
      return fault.isIncomplete ? Fault(.truncated, number: fault.faults[0].number) : nil
    }
  }
}

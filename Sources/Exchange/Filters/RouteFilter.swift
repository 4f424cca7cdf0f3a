internal import Files
internal import Formats
internal import Intake
internal import Ledger
internal import Orders

/// `waybill route`: the bytes of one file come in, lines go out.
///
/// Without a decision it tells what the file is like before any row is judged, which is what a plan needs. With the decision that the
/// plan gave it, it writes the file as it came, for its answers, and each row that can be read, under the first key that it names.
/// Rows that cannot be read need no judge, and are answered from the file itself.
public struct RouteFilter {
  private let terms: RunTerms
  private let scratch: ScratchFolder
  private let output: LineOutput

  /// So many bytes of a file stand in a line.
  static let chunkBytes = 48 << 10

  public init(_ terms: RunTerms, to output: LineOutput) throws {
    self.terms = terms
    self.output = output
    scratch = try ScratchFolder()
  }

  /// Keeps what comes in where the parsers can read it; a file's kind and end are known by its name.
  private func spool(_ name: [UInt8], _ source: LineInput.Source) throws -> Int64 {
    var file = try AppendFile(in: scratch.folder, name: name, existing: false)
    var chunk: [UInt8] = []
    while true {
      chunk.removeAll(keepingCapacity: true)
      if try source(&chunk, 1 << 20) == 0 { break }
      try file.append(chunk)
    }
    let size = file.length
    try file.finish(sync: false)
    return size
  }

  private static let spooled = Array("file".utf8)

  // MARK: Facts

  /// - Parameter arrival: when it came to its inbox, in nanoseconds since 1970.
  public func facts(
    of name: [UInt8], from partner: String, arrival: Int64, _ source: LineInput.Source
  ) throws {
    guard let profile = terms.configuration.profiles.first(where: { $0.folder == partner }) else {
      throw FilterFault.unknownPartner(partner)
    }
    defer { try? output.finish() }
    var facts = FileFacts(partner: Array(partner.utf8), name: name, arrival: arrival)
    switch NameStanding(name) {
    case .temporary: return
    case .companion(let companion, let upload):
      facts.companion = companion
      facts.name = upload
      return try output.write(facts.line)
    case .upload: break
    }
    let fileName = FileName(name)
    let place = fileName.bytes.count <= 200 && fileName.refusal == nil ? name : RouteFilter.spooled
    facts.size = try spool(place, source)
    facts.sha256 = try digest(of: place, in: scratch.folder) ?? []
    facts.kind = fileName.kind
    if FileRun.refusal(of: fileName) != nil || facts.size > profile.bounds(terms.configuration).fileBytesMax {
      facts.isRefused = true
    } else if let format = fileName.format {
      if facts.kind == nil { facts.kind = try kindFromContent(place, fileName, format, profile) }
      if let kind = facts.kind, FileRun.refusal(of: kind, from: profile) == nil {
        // Of a file whose name does not say what it is nobody looks for the end.
        if fileName.kind != nil {
          facts.missing = try Examination.missing(
            in: Waiting(partner: partner, name: fileName, status: FileStatus(size: facts.size)), kind: kind,
            of: profile, folder: scratch.folder, terms.configuration)
        }
        try count(&facts, place, kind, format, profile, isGzip: fileName.isGzip)
      } else {
        facts.isRefused = true
      }
    }
    try output.write(facts.line)
  }

  private func open(_ place: [UInt8], isGzip: Bool, _ profile: PartnerProfile) throws -> InputFile {
    try InputFile(
      place, in: scratch.folder, isGzip: isGzip, bounds: profile.bounds(terms.configuration),
      keepsDigest: false)
  }

  private func kindFromContent(
    _ place: [UInt8], _ name: FileName, _ format: FileFormat, _ profile: PartnerProfile
  ) throws -> Kind? {
    let input = try open(place, isGzip: name.isGzip, profile)
    defer { input.close() }
    var head: [UInt8] = []
    do {
      while head.count < 64 << 10, try input.read(into: &head, upTo: 64 << 10) > 0 {}
    } catch is InputFile.Unsound {
      return nil
    }
    return head.isEmpty ? nil : recogniseKind(firstBytes: head, format: format)
  }

  /// Reads all rows and counts those whose content is not sound.
  private func count(
    _ facts: inout FileFacts, _ place: [UInt8], _ kind: Kind, _ format: FileFormat, _ profile: PartnerProfile,
    isGzip: Bool
  ) throws {
    let isSound = try readRows(place, kind, format, profile, isGzip: isGzip) { batch in
      facts.rows += batch.rows.count
      facts.unsoundRows += batch.rows.count { $0.faultCount > 0 }
    }
    facts.isUnsound = !isSound
  }

  /// - Returns: false where the file as a whole is refused; rows handed out before that count for nothing.
  private func readRows(
    _ place: [UInt8], _ kind: Kind, _ format: FileFormat, _ profile: PartnerProfile, isGzip: Bool,
    _ body: (RowBatch) throws -> Void
  ) throws -> Bool {
    let input = try open(place, isGzip: isGzip, profile)
    defer { input.close() }
    let salt = terms.salt
    let reading = terms.configuration.terms(kind, format, profile, credentialDigest: { salt.digest($0) })
    var reader = RowReader(reading) { try input.read(into: &$0, upTo: $1) }
    var batch = RowBatch(kind: kind)
    do {
      while try reader.next(into: &batch) { try body(batch) }
      return true
    } catch is FileFault {
      return false
    } catch is InputFile.Unsound {
      return false
    }
  }

  // MARK: Rows

  public func rows(of decision: UInt64, _ source: LineInput.Source) throws {
    let books = terms.emptyBooks()
    guard let plan = terms.plans[decision], let record = try terms.file(decision, partners: books.partners)
    else { throw FilterFault.unknownDecision(decision) }
    let name = FileName(record.name)
    let partner = books.partnerName(record.partner)
    guard let profile = terms.configuration.profiles.first(where: { $0.folder == partner }) else {
      throw FilterFault.unknownPartner(partner)
    }
    let key = KeyedLine.fileKey(decision)
    if plan.way == .held {
      try output.write(KeyedLine(key, .original, padded(0, 16), coded: []))
      return try output.finish()
    }
    let place = RouteFilter.spooled
    _ = try spool(place, source)
    var original = place
    if plan.way == .judged || plan.way == .withdrawn, let kind = record.kind, let format = name.format {
      _ = try readRows(place, kind, format, profile, isGzip: name.isGzip) { batch in
        for row in batch.rows.indices where batch.rows[row].faultCount == 0 {
          try write(batch, row, decision, record.partner)
        }
      }
    }
    if record.kind == .carriers {
      original = Array("masked".utf8)
      var copy = try AppendFile(in: scratch.folder, name: original, existing: false)
      try copy.append(try maskedCopy(of: place, record, profile))
      try copy.finish(sync: false)
    }
    var contents = FileContents(try scratch.folder.openForReading(original))
    var offset = 0
    repeat {
      var chunk: [UInt8] = []
      let count = try contents.read(into: &chunk, upTo: RouteFilter.chunkBytes)
      if count == 0 && offset > 0 { break }
      try output.write(KeyedLine(key, .original, padded(offset, 16), coded: chunk))
      offset += count
    } while offset > 0
    try output.finish()
  }

  private func write(_ batch: RowBatch, _ row: Int, _ decision: UInt64, _ sender: UInt8) throws {
    let keys = RowKeys.keys(of: batch, row, sender: sender)
    let place = RecordPlace(decision: decision, row: batch.rows[row].number)
    try output.write(KeyedLine(keys[0], .row, place.text, coded: RowCoding.encode(batch, row)))
    for key in keys.dropFirst() { try output.write(KeyedLine(keys[0], .link, Array("-".utf8), key)) }
  }

  /// A file with credentials goes on as the archive keeps it: its rows with the secrets replaced. One that is refused without a look
  /// at its rows is answered without it.
  private func maskedCopy(
    of place: [UInt8], _ record: FileRecord, _ profile: PartnerProfile
  ) throws -> [UInt8] {
    let name = FileName(record.name)
    guard let format = name.format, FileRun.refusal(of: .carriers, from: profile) == nil else { return [] }
    let claim = ClaimRecord(
      claim: record.claim ?? ClaimNumber(0), partner: Array(profile.folder.utf8), name: record.name,
      receivedAt: record.receivedAt, completedBy: "")
    let run = FileRun(claim, in: FilterBench(terms, scratch.folder, books: terms.emptyBooks()))
    let input = try open(place, isGzip: name.isGzip, profile)
    defer { input.close() }
    let salt = terms.salt
    var reader = RowReader(
      terms.configuration.terms(.carriers, format, profile, credentialDigest: { salt.digest($0) })
    ) { try input.read(into: &$0, upTo: $1) }
    var batch = RowBatch(kind: .carriers)
    let unread = FilterFault.secretsUnread(name: String(decoding: record.name, as: UTF8.self))
    var masked: [UInt8]?
    do {
      while try reader.next(into: &batch) {
        if batch.faults.contains(where: { $0.code.rawValue < 200 }) { throw unread }
        masked = run.masked(batch, reader.layout, after: masked)
      }
    } catch is FileFault {
      throw unread
    } catch is InputFile.Unsound {
      throw unread
    }
    return masked ?? []
  }
}

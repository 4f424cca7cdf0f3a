internal import Files
internal import Formats
internal import Intake
internal import Ledger
internal import Orders
internal import Outbox

/// Files that are answered without a verdict on their rows: refused whole, or the same bytes again.
extension FileRun {
  /// What can be said of the file without reading its rows.
  mutating func refusalBeforeReading(_ size: Int64) throws -> Fault? {
    if let fault = FileRun.refusal(of: name) { return fault }
    let bytesMax = profile.bounds(ledger.configuration).fileBytesMax
    if size > bytesMax { return Fault(.overBound, number: bytesMax, second: size) }
    if upload == nil, let hole = try FileContents(claimed.openForReading(claimedName)).firstHole() {
      return Fault(.truncated, number: hole)
    }
    if kind == nil { kind = try kindFromContent() }
    guard let kind else { return Fault(.unrouted) }
    return FileRun.refusal(of: kind, from: profile)
  }

  /// A name that no answer can bear, or one that does not say what the bytes are.
  static func refusal(of name: FileName) -> Fault? {
    switch name.refusal {
    case .tooLong(let bytes):
      Fault(.nameNotAcceptable, number: Int64(NameRefusal.nameBytesMax), second: Int64(bytes))
    case .notUTF8(let offset), .controlCharacter(let offset): Fault(.nameNotAcceptable, number: Int64(offset))
    case nil: name.format == nil ? Fault(.unrouted) : nil
    }
  }

  /// The partner's terms for a kind of file.
  static func refusal(of kind: Kind, from profile: PartnerProfile) -> Fault? {
    switch profile.permission(for: kind) {
    case .allowed: nil
    case .refused: Fault(.kindNotAllowed)
    case .onlyWith(.updateAvailableInventoryOnly):
      profile.updateAvailableInventoryOnly ? nil : Fault(.inventorySettingOff)
    case .onlyWith(.apiMode): profile.apiMode ? nil : Fault(.apiModeOff)
    }
  }

  /// "Where the name says nothing, the header or the keys decide."
  private func kindFromContent() throws -> Kind? {
    guard let format = name.format else { return nil }
    let head = try head()
    return head.isEmpty ? nil : recogniseKind(firstBytes: head, format: format)
  }

  /// The file's first bytes, unpacked; none where it does not unpack.
  private func head() throws -> [UInt8] {
    let input = try open(keepsDigest: false)
    defer { input.close() }
    var head: [UInt8] = []
    do {
      while head.count < 64 << 10, try input.read(into: &head, upTo: 64 << 10) > 0 {}
    } catch is InputFile.Unsound {
      return []
    }
    return head
  }

  /// Refuses the file whole: no row of it was read, an ack alone answers.
  func refuse(with faults: [Fault], _ decision: inout Decision) throws {
    let input = try open(keepsDigest: false)
    try keepRefused(input, &decision)
    try refused(with: faults, &decision)
  }

  /// A refused file goes to the archive under its digest; one so large that reading it would keep everybody waiting goes to
  /// quarantine unread. A terabyte of holes costs its sender nothing.
  func keepRefused(_ input: InputFile, _ decision: inout Decision) throws {
    if decision.record.byteCount > FileRun.refusedBytesMax {
      decision.record.isQuarantined = true
    } else {
      decision.record.sha256 = try originalDigest(of: input)
    }
  }

  func refused(with faults: [Fault], _ decision: inout Decision) throws {
    // Nobody has read such a file to its end, so nobody knows where in it a password stands.
    let isSecret = try kind == .carriers || namesCredentials(head())
    decision.maskedOriginal = isSecret ? FileRun.withheld : nil
    if isSecret { decision.record.isQuarantined = false }
    enter(faults, in: &decision)
  }

  /// Notes that the file is refused whole, and why.
  func enter(_ faults: [Fault], in decision: inout Decision) {
    decision.record.outcome = .rejected
    decision.record.refusal = faults[0].code
    decision.record.kind = kind
    decision.record.counts = RowCounts()
    decision.groups = faults.map(group)
  }

  /// What the archive keeps of a file with credentials that was not read to its end.
  static let withheld = Array("***\n".utf8)
  /// A masked copy is made in memory; of a larger file with credentials nothing is kept.
  static let maskedBytesMax = 64 << 20

  /// What the ack says of a fault of the whole file; a kind that may not be sent, in the words of the seed that says so.
  func group(_ fault: Fault) -> RejectionGroup {
    let reason = fault.code == .kindNotAllowed ? kind.flatMap { profile.permission(for: $0).reason } : nil
    return RejectionGroup(file: fault, value: reason ?? "", kind: kind, zone: profile.zone)
  }

  // MARK: The same bytes again

  /// A file of the same partner with the same bytes, of which no row was rejected; documents, stock and exports are always judged again.
  func sameBytesAsBefore(_ size: Int64, _ decision: inout Decision) throws -> FileRecord? {
    if kind == .documents || kind == .inventory || kind == .reconcile { return nil }
    guard ledger.docket.hasFile(partner: partner, byteCount: size) else { return nil }
    decision.record.sha256 = try originalDigest(of: try open(keepsDigest: false))
    return ledger.docket.file(partner: partner, sha256: decision.record.sha256)
  }

  /// The first answer again, under this file's own names.
  func repeatAnswer(of first: FileRecord, _ decision: inout Decision) throws {
    decision.record.outcome = .duplicateFile
    if first.archivedAs != first.sha256 { decision.archivedBefore = first.archivedAs }
    decision.record.kind = first.kind
    decision.record.counts = first.counts
    decision.record.totals = first.totals
    let earlier = AnswerNames(inputName: first.name, tilde: first.tilde)
    let pairs = [(earlier.result, decision.names.result), (earlier.reply, decision.names.reply)]
    for answer in first.answers where answer.partner == partner {
      guard let pair = pairs.first(where: { $0.0 == answer.name }) else { continue }
      let aside = Array("\(claim.claim.raw)-again-".utf8) + Array(hexadecimal(answer.sha256).utf8)
      if let again = try ledger.again(answer, as: pair.1, staged: aside) {
        decision.staged.append((partner, again))
      }
    }
  }
}

internal import Ledger
internal import Orders

/// What a refusal tells of the shipment: where it stands, since when, and whose row put it there.
extension Docket {
  /// Where the shipment stands, since when, who put it there, and what could be asked now, as a partner may know it.
  ///
  /// - Parameter viewer: who reads it; nil: the sender of the file in hand.
  func cause(_ shipment: ShipmentIndex, for viewer: UInt8? = nil) throws -> Cause {
    let viewer = viewer ?? partner
    let record = books[shipment]
    return Cause(
      state: record.state, since: record.since, setBy: try source(of: record.setBy, for: viewer),
      allowedNow: Transitions.allowed(
        in: record.state, hasAWB: record.hasAWB,
        createdBy: profiles[Int(books[record.order].creator)].role, for: profiles[Int(viewer)]))
  }

  /// The file and row of a record; of another partner's file only the partner.
  func source(of position: Position, for viewer: UInt8) throws -> Source? {
    if position == .none { return nil }
    if position == self.position {
      let file = viewer == partner ? String(decoding: fileName, as: UTF8.self) : nil
      return Source(partner: profile.folder, file: file, row: rowNumber)
    }
    let entry = try history.entry(at: position, countingRows: true)
    guard let file = file(of: entry.claim) else { return nil }
    return Source(
      partner: books.partnerName(file.partner),
      file: file.partner == viewer ? String(decoding: file.name, as: UTF8.self) : nil, row: entry.row)
  }

  /// Sender and name of a file that was decided, or that is being judged.
  func file(of claim: ClaimNumber) -> (partner: UInt8, name: [UInt8])? {
    if claim == self.claim { return (partner, fileName) }
    if let inHand, inHand.claim == claim { return (inHand.partner, inHand.name) }
    return books.file(of: claim).map { ($0.partner, $0.name) }
  }

  func refuse(
    _ code: RejectionCode, _ shipment: ShipmentIndex, _ column: Column? = nil, value: Slice = .absent
  ) throws
    -> Verdict
  {
    .rejected([Fault(code, column, value: value)], cause: try cause(shipment))
  }
}

/// The words by which partners' own systems say where an order or a shipment is, and the states of ours that each may stand for.
///
/// An export is coarser than the ledger: an order management system calls everything between manifest and delivery *Shipped*, a
/// warehouse knows no carrier's scans. So a word stands for several states, and differs only from those outside. Sources: the
/// order_status strings and ids of domain.md 1.4, the words of the DTDC seed, the exchange's own state names.
public enum ExportWords {
  private static let underway: Set<ShipmentState> = [
    .shipped, .pickupScheduled, .pickedUp, .inTransit, .outForDelivery, .undelivered, .damaged,
  ]
  private static let before: Set<ShipmentState> = [.awaitingCarrier, .open, .assigned]

  /// Folded words: lower case, without blanks, `_` and `-`.
  private static let table: [(words: [String], states: Set<ShipmentState>)] = [
    (["open", "new", "pending", "processing", "failedorder"], before),
    (["awaitingcarrier"], [.awaitingCarrier]),
    (["assigned"], [.assigned]),
    (["confirmed", "packed", "readytoship", "readytodispatch", "manifestscanned"], [.confirmed]),
    (["manifested", "shipped", "dispatched"], underway),
    (["pickupscheduled"], [.shipped, .pickupScheduled]),
    (["pickedup"], [.pickedUp, .inTransit]),
    (["intransit"], [.pickedUp, .inTransit, .undelivered]),
    (["outfordelivery"], [.outForDelivery]),
    (["undelivered", "ndr", "deliveryfailed"], [.undelivered]),
    (["delivered"], [.delivered]),
    (["rto", "returntoorigin", "returning"], [.rto, .rtoInTransit, .rtoOutForDelivery]),
    (["rtointransit"], [.rto, .rtoInTransit]),
    (["rtooutfordelivery"], [.rtoOutForDelivery]),
    (["returned", "rtodelivered"], [.returned]),
    (["cancelled", "canceled"], [.cancelled]),
    (["lost"], [.lost]),
    (["damaged"], [.damaged]),
  ]

  private static let states: [[UInt8]: Set<ShipmentState>] = Dictionary(
    uniqueKeysWithValues: table.flatMap { line in line.words.map { (Array($0.utf8), line.states) } })

  /// The states that a word of the partner's export may stand for; nil for a word that nobody knows.
  public static func states(_ word: ArraySlice<UInt8>, from profile: PartnerProfile) -> Set<ShipmentState>? {
    let folded = word.filter { !CodeKey.isSeparator($0) }.map(CodeKey.lowercase)
    if let known = states[folded] { return known }
    // A carrier's own code stands for the state that its scan would lead to.
    guard let code = profile.codes.find(Array(word).span), let event = profile.codes[code].scanClass.event,
      let state = Transitions.target(of: event)
    else { return nil }
    return [state]
  }

  /// Is what the export says further along the way than the ledger (1), less far (-1), or neither (0)?
  public static func direction(from ours: ShipmentState, to theirs: Set<ShipmentState>) -> Int64 {
    if theirs.allSatisfy({ $0.rank > ours.rank }) { return 1 }
    return theirs.allSatisfy { $0.rank < ours.rank } ? -1 : 0
  }
}

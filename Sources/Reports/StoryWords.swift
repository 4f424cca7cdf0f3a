internal import Ledger
internal import Orders

/// What happened, in plain words: the sentences of a story.
enum StoryWords {
  /// Appends a partner's text for people to others: most are short and plain, and lie there as they are.
  static func put(_ bytes: ArraySlice<UInt8>, to text: inout [UInt8]) {
    if bytes.count <= readableMax && bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
      text.append(contentsOf: bytes)
    } else {
      text.append(contentsOf: readable(bytes).utf8)
    }
  }

  private static let readableMax = 200

  /// A partner's text for people: nothing in it that a terminal would act on, and no more than a line can hold.
  static func readable(_ bytes: ArraySlice<UInt8>) -> String {
    var text = ""
    for (count, scalar) in String(decoding: bytes, as: UTF8.self).unicodeScalars.enumerated() {
      if count == readableMax { return text + "…" }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
        text.unicodeScalars.append("\u{FFFD}")
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  // MARK: Before it moves

  static func created(_ lines: [OrderStory.Line], isNewOrder: Bool, _ start: ShipmentState) -> String {
    let what = isNewOrder ? "Order created" : "A further shipment of the order created"
    let waits = start == .awaitingCarrier ? "; it waits for its carrier" : ""
    return (lines.isEmpty ? what : "\(what): \(articles(lines))") + waits
  }

  static func added(_ lines: [OrderStory.Line]) -> String { "Added: \(articles(lines))" }

  static func invoice(_ invoice: String) -> String { "Got the invoice id \(invoice)" }

  static func assigned(to courier: String?, awb: String, insteadOf replaced: String?) -> String {
    var words = "Assigned"
    if let courier { words += " to \(courier)" }
    words += awb.isEmpty ? "; the carrier brings the AWB" : " under AWB \(awb)"
    if let replaced, replaced != awb { words += ", instead of AWB \(replaced)" }
    return words
  }

  static func left(_ suborder: String) -> String {
    "Line \(suborder) goes to another shipment of the order"
  }

  static func comesBack(under awb: String) -> String { "Comes back under AWB \(awb)" }

  /// `Of 4 pieces ordered 1 is open, 1 cancelled and 2 shipped (1 moving, 1 delivered).`
  static func balance(_ pieces: QuantityBalance) -> String {
    let noun = pieces.ordered == 1 ? "piece" : "pieces"
    return "Of \(pieces.ordered) \(noun) ordered \(pieces.open) \(pieces.open == 1 ? "is" : "are") open,"
      + " \(pieces.cancelled) cancelled and \(pieces.shipped) shipped\(whereabouts(pieces))."
  }

  /// `4 ordered = 1 open + 1 cancelled + 2 shipped (1 moving, 1 delivered)`
  static func counts(_ pieces: QuantityBalance) -> String {
    "\(pieces.ordered) ordered = \(pieces.open) open + \(pieces.cancelled) cancelled + \(pieces.shipped) shipped"
      + whereabouts(pieces)
  }

  private static func whereabouts(_ pieces: QuantityBalance) -> String {
    let parts = zip(QuantityBalance.names, pieces.counts).suffix(4).filter { $0.1 > 0 }
    return parts.isEmpty ? "" : " (" + parts.map { "\($0.1) \($0.0)" }.joined(separator: ", ") + ")"
  }

  /// `INV-7 of 20 Nov 2026`
  static func sellersInvoice(_ number: String?, _ date: Timestamp?, _ zone: Zone) -> String {
    let day = date.map { time($0, zone).split(separator: " ").prefix(3).joined(separator: " ") }
    return [number, day.map { "of \($0)" }].compactMap { $0 }.joined(separator: " ")
  }

  /// - Parameter invoice: the number of the seller's own invoice.
  static func confirmed(_ invoice: String?) -> String {
    "Confirmed" + (invoice.map { ", with the seller's invoice \($0)" } ?? "")
  }

  static func piecesCancelled(_ count: Int, of line: OrderStory.Line) -> String {
    "\(count) of \(line.quantity) x \(line.sku) cancelled"
  }

  /// - Parameter count: pieces that came; below 0, pieces that left.
  static func piecesMoved(_ count: Int, of line: OrderStory.Line) -> String {
    count < 0
      ? "\(-count) of \(line.quantity) x \(line.sku) go to another shipment of the order"
      : "Added: \(count) x \(line.sku)"
  }

  static func manifested(_ number: String) -> String { "Manifested on \(number)" }

  static func documents(_ which: UInt8) -> String {
    switch which {
    case 1: "Label asked for"
    case 2: "Invoice asked for"
    default: "Label and invoice asked for"
    }
  }

  static func cancelled(before: ShipmentState?, after: ShipmentState?) -> String {
    if before == after { return "Cancellation asked for; it changes nothing" }
    switch after {
    case .cancelled: return "Cancelled"
    case .rto: return "Cancellation asked for after pickup: on its way back to the shipper (RTO)"
    default: return "Cancellation asked for"
    }
  }

  /// `2 x TEA-ASSAM-250, 1 x COF-FILTER-500`
  private static func articles(_ lines: [OrderStory.Line]) -> String {
    let shown = lines.prefix(5).map { "\($0.quantity) x \($0.sku)" }
    let more = lines.count > shown.count ? " and \(lines.count - shown.count) more" : ""
    return shown.joined(separator: ", ") + more
  }

  // MARK: What carriers report

  /// `Scan 006: out for delivery at BLR (scan number 44591790)`
  static func scan(
    _ event: Effect.CarrierEntry, bytes: [UInt8], from profile: PartnerProfile?, _ kind: Kind?
  ) -> String {
    var words = kind == .scans ? "Scan" : "Tracking"
    let table = event.isSecondVersion ? profile?.secondCodes : profile?.codes
    if event.code == .max {
      words +=
        " \(readable(bytes[event.codeText.range])): a code that \(table?.name ?? "no table") does not have"
    } else if let table, Int(event.code) < table.codes.count {
      words += meaning(of: table[event.code], event.event)
    } else {
      words += ": \(event.event.map { plain($0.name) } ?? "an event without a meaning of its own")"
    }
    if !event.location.isAbsent { words += " at \(readable(bytes[event.location.range]))" }
    if event.scanNumber != 0 {
      words += " (scan number \(event.scanNumber))"
    } else if !event.scanText.isAbsent {
      words += " (scan number \(readable(bytes[event.scanText.range])))"
    }
    return words
  }

  /// A code that is a word stands for itself: `Tracking: in transit`, but `Scan 006: out for delivery`.
  private static func meaning(of code: ScanCode, _ event: EventKind?) -> String {
    var spelled = code.code
    if spelled.hasSuffix("*") { spelled.removeLast() }
    while spelled.hasSuffix("_") { spelled.removeLast() }
    var text = lowercasedStart(code.text)
    if text.isEmpty { text = event.map { plain($0.name) } ?? "no meaning known" }
    return folded(spelled) == folded(text) ? ": \(text)" : " \(spelled): \(text)"
  }

  /// What became of a carrier's row, where that is not plain.
  static func fate(of event: Effect.CarrierEntry, before: ShipmentState?) -> String {
    switch event.outcome {
    case .parked: ". Parked: the manifest had not landed"
    case .recorded:
      if event.code == .max {
        ". Recorded: it moves nothing"
      } else if before == .cancelled {
        ". Recorded: the shipment was cancelled, yet it was seen"
      } else {
        ". Recorded: it came late"
      }
    case .applied, .duplicate, .rejected: ""
    }
  }

  static func settled(_ waiting: String, _ settlement: Effect.Settlement, byManifest: Bool) -> String {
    var words = byManifest ? "Settled by the manifest" : "Settled"
    words += ": \(settlement.outcome.name) (\(lowercasedStart(waiting)))"
    if let code = settlement.code { words += ". \(code.name): \(code.meaning.sentence)" }
    return words
  }

  /// - Parameter hours: how long it had waited.
  static func expired(_ waiting: String, hours: Int) -> String {
    let code = RejectionCode.parkedTooLong
    return
      "Rejected after \(hours) \(hours == 1 ? "hour" : "hours") of waiting (\(lowercasedStart(waiting)))."
      + " \(code.name): \(code.meaning.sentence)"
  }

  // MARK: Spelling

  /// A fixed word of files as people say it: `out for delivery`, `RTO in transit`.
  static func plain(_ name: String) -> String {
    let words = name.split(separator: "_").map { $0 == "rto" ? "RTO" : String($0) }
    return words.joined(separator: " ")
  }

  /// `Out for delivery` becomes `out for delivery`; `RTO` stays.
  private static func lowercasedStart(_ text: String) -> String {
    let second = text.dropFirst().first
    if second?.isUppercase == true || second?.isNumber == true { return text }
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  private static func folded(_ text: String) -> String {
    String(text.lowercased().filter { $0 != " " && $0 != "_" && $0 != "-" })
  }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ words: [String], joint: String = "and") -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(joint) " + last
  }

  /// `21 Nov 2026 02:10:04`, on the zone's clock.
  static func time(_ instant: Timestamp, _ zone: Zone) -> String {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    // 2026-11-21T02:10:04+05:30
    let spelled = instant.iso8601(in: zone)
    let parts = spelled.prefix(19).split { $0 == "-" || $0 == "T" }
    guard parts.count == 4, let month = Int(parts[1]), let day = Int(parts[2]) else { return spelled }
    return "\(day) \(months[month - 1]) \(parts[0]) \(parts[3])"
  }
}

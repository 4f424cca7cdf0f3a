/// The sentence about one fault: the field, the value as it was sent, what is expected, and why the state forbids it.
///
/// Evidence comes in (`Fault`, `Cause`), words go out; no other place words a rejection. What the two numbers of a fault
/// mean depends on its code:
///
/// | code | number | second |
/// | --- | --- | --- |
/// | W101-W104, W107, W108, W110, W111 | byte offset in the file, from 0 | - |
/// | W105 | cells of the header | cells of the line |
/// | W106 | byte offset of the record without an end, 0 where unknown | - |
/// | W109, W206 | the bound | what was found, 0 where unknown |
/// | W152 | the line that looks like the header, 0 where none does | 1 where the number is such a line |
/// | W156 | the bytes that a name may have; or the place of the byte that it may not hold | the bytes it has; or 0 |
/// | W308 | pieces that the line was created with | pieces that the row says |
/// | W318 | hours waited, 0 where unknown | - |
/// | W319 | pieces that would add up | pieces that the row says |
/// | W321 | 1 where the export is ahead of the ledger, -1 where it is behind, 0 where neither | - |
/// | W322 | pieces in the export | pieces in the ledger |
/// | W409 | rows rejected | rows read |
/// | W501 | the count that was given before | - |
extension Fault {
  /// One plain sentence for the one who must act.
  ///
  /// - Parameters:
  ///   - value: the value as it was sent, decoded; cut to 60 characters here, with control characters spelled out.
  ///     For W401 the words of the seed that say why not.
  ///   - kind: the kind of file, where it is known: names the keys that are missing and the range of a quantity.
  ///   - cause: where the shipment stands, for a rejection for its state.
  ///   - zone: the partner's zone, in which times are shown.
  public func sentence(value: String, kind: Kind? = nil, cause: Cause? = nil, in zone: Zone) -> String {
    wording(value: Array(value.utf8)[...], kind: kind, cause: cause, in: zone).text
  }

  /// The same as the bytes of an answer, of a value as it lies in its file.
  public func wording(
    value: ArraySlice<UInt8>, kind: Kind? = nil, cause: Cause? = nil, in zone: Zone
  ) -> Wording {
    let field = Fault.field(column, value)
    switch code.rawValue {
    case 100..<150: return bytesSentence(field)
    case 150..<200: return fileSentence(field, kind)
    case 200..<300: return rowSentence(field, kind)
    case 300..<400: return stateSentence(field, Standing(cause, zone))
    default: return termsSentence(field, value, kind, Standing(cause, zone))
    }
  }

  private func bytesSentence(_ field: Wording) -> Wording {
    let place: Wording = "at byte \(number) of the file"
    switch code {
    case .notUTF8: return "The text \(place) is not valid UTF-8."
    case .brokenJSON: return "The JSON breaks its own rules \(place)."
    case .unclosedQuote: return "The quote opened \(place) is never closed."
    case .strayQuote:
      return "A quote stands \(place) where none may stand; inside a quoted cell it is written twice."
    case .cellCountDiffers:
      return "The line has \(Fault.count(second, "cell")), the header has \(number)."
    case .truncated:
      return number > 0
        ? "The file breaks off: the record at byte \(number) has no end." : Wording(code.meaning.sentence)
    case .nulByte: return "A zero byte stands \(place)."
    case .brokenGzip:
      return number > 0
        ? "The compressed file does not unpack; it breaks \(place)." : Wording(code.meaning.sentence)
    case .overBound:
      let found = second > 0 ? " and this one has \(second)" : ""
      return
        "The file or one of its records goes over a bound of the exchange: at most \(number) are taken\(found)."
    case .duplicateKey: return "The object names \(field) twice, the second time \(place)."
    case .loneSurrogate: return "The \\u escape \(place) is half a character without its other half."
    default: return Wording(code.meaning.sentence)
    }
  }

  private func fileSentence(_ field: Wording, _ kind: Kind?) -> Wording {
    let files = kind.map { "\($0.name) file" } ?? "file"
    switch code {
    case .unrouted:
      guard let kind else { return Wording(code.meaning.sentence) }
      return
        "The name says \(kind.name), but ends in none of .csv, .json, .jsonl and .ndjson (.gz may stand behind them)."
    case .missingColumn:
      let header =
        second == 1 && number > 0 ? " Line \(number) looks like the header; it must come first." : ""
      if column == nil, let names = Fault.keys(of: kind) {
        return "The \(files) has none of the columns \(names); it must have one of them.\(header)"
      }
      return "The \(files) has no column \(field).\(header)"
    case .duplicateColumn: return "Two columns of the \(files) mean \(field); only one may."
    case .nameNotAcceptable:
      if second > 0 {
        return "The file's name has \(second) bytes; at most \(number) can stand in the names of its answers."
      }
      return "The file's name holds a control character or is not UTF-8, at its byte \(number)."
    case .recordNotAnObject: return "The record is not a JSON object with names and values."
    default: return Wording(code.meaning.sentence)
    }
  }

  private func rowSentence(_ field: Wording, _ kind: Kind?) -> Wording {
    switch code {
    case .missingValue: return "\(field) is absent; every row must have it."
    case .badTime:
      return "\(field) is not a time that exists in a spelling that is read, such as 2026-11-18 14:05:09."
    case .badQuantity:
      switch kind {
      case _ where column == .cancelledQuantity: return "\(field) is not a whole number from 0 to 99999."
      case .inventory, .reconcile: return "\(field) is not a whole number from 0 to 99999999."
      default: return "\(field) is not a whole number from 1 to 99999."
      }
    case .badAmount:
      return
        "\(field) is not an amount: digits and at most one point with up to six digits behind it, no commas."
    case .spreadsheetDamage:
      return
        "\(field) looks like a number that a spreadsheet made of an identifier; send it as text, as it was."
    case .valueTooLong:
      let found = second > 0 ? ", this one has \(second)" : ""
      return "\(field) is too long: at most \(bytesMax) bytes\(found)."
    case .forbiddenCharacter: return "\(field) holds a character that an identifier may not hold."
    case .missingKey:
      let names = Fault.keys(of: kind) ?? "order_number, invoice_id and awb_number"
      return "The row has none of \(names); it must have at least one of them."
    case .unknownWord:
      if column == .document { return "\(field) is not a document: label, invoice, or empty for both." }
      return "\(field) is not one of the words that this column may hold."
    case .timeWithoutClock: return "\(field) is a day without a time of day, which this kind of file needs."
    case .zerosLost:
      let zeros = number == 1 ? "a zero" : "\(number) zeros"
      return
        "\(field) is known to nobody, and is known with \(zeros) in front, which a spreadsheet takes away; send it as text."
    case .sameReference: return "\(field) is the shipment's own AWB; it must be the other one, or absent."
    default: return Wording(code.meaning.sentence)
    }
  }

  private func stateSentence(_ field: Wording, _ standing: Standing) -> Wording {
    switch code {
    case .unknownOrder: return "There is no order with \(field) among those you may act on."
    case .unknownShipment: return "There is no shipment with \(field) among those you may act on."
    case .notTheNextStep: return standing.then("this step does not follow from there")
    case .assignmentFirst:
      return standing.then("it must be assigned before it can be confirmed", listing: false)
    case .noAWB: return standing.then("it has no AWB, and without one it cannot be manifested")
    case .awbInUse: return "\(field) is in use for another shipment."
    case .invoiceInUse: return "\(field) is in use for another order."
    case .lineConflict: return lineConflictSentence(field)
    case .scanConflict: return "\(field) is known with other content; the first one stands."
    case .shipmentClosed: return standing.then("this event is newer and is not taken")
    case .cancelRefused: return standing.then("it cannot be cancelled any more")
    case .orderIsSplit:
      return "The order has several shipments; give the \(field) of the one meant."
    case .keysDisagree: return "\(field) does not belong to the same shipment as the other keys of the row."
    case .reassignmentTooLate: return standing.then("another AWB may come only before the confirmation")
    case .orderNumberInUse: return "\(field) is in use."
    case .manifestConflict: return standing.then("it is on another manifest than \(field)", listing: false)
    case .referenceConflict:
      return
        "\(field) and this AWB cannot be tied: one of the two belongs to another shipment, or has its pair already."
    case .parkedTooLong:
      if column != nil {
        return "Nobody made \(field) known in the \(Fault.count(number, "hour")) that the row waited for it."
      }
      let hours: Wording = number > 0 ? "\(Fault.count(number, "hour")) " : ""
      return standing.then("the row waited \(hours)for an earlier step that did not come")
    case .quantityOutOfBalance:
      guard let balance else {
        return "The quantities do not add up: \(Fault.count(second, "piece")) where \(number) are expected."
      }
      var sentence: Wording = "\(field) breaks the sum, which leaves \(number) for it: of"
      sentence.append(" \(Fault.count(Int64(balance.ordered), "piece")) ordered")
      sentence.append(" \(balance.open) \(balance.open == 1 ? "is" : "are") open")
      sentence.append(", \(balance.cancelled) cancelled and \(balance.shipped) shipped.")
      return sentence
    case .unknownSuborder: return "The order has no line with \(field)."
    case .statesDiffer:
      let cause =
        number > 0
        ? "an event that led there has not reached the exchange"
        : number < 0 ? "the export does not know the latest event" : "the two went different ways"
      return standing.then("the export says \(field), so \(cause)", listing: false)
    case .quantitiesDiffer:
      return
        "The export says \(Fault.count(number, "piece")), the ledger holds \(Fault.count(second, "piece"))."
    default: return Wording(code.meaning.sentence)
    }
  }

  private func termsSentence(
    _ field: Wording, _ value: ArraySlice<UInt8>, _ kind: Kind?, _ standing: Standing
  ) -> Wording {
    switch code {
    case .kindNotAllowed:
      let files = kind.map { "\($0.name) files" } ?? "files of this kind"
      // The seed's words are ours and short: they are repeated whole.
      let why = Fault.shown(String(decoding: value, as: UTF8.self), charactersMax: 400)
      if why.isEmpty { return "This partner does not send \(files)." }
      return "This partner does not send \(files): \(why)\(why.hasSuffix(".") ? "" : ".")"
    case .locationNotYours: return "\(field) is not one of your locations."
    case .credentialsAlreadySet:
      return "The carrier credentials of \(field) are set already; they are added one time."
    case .returnsNotHandled: return "\(field) is a return event; returns are not handled with this partner."
    case .courierNotYours: return "\(field) is not you; a carrier assigns its own AWBs only."
    case .overErrorBudget:
      if second == 0 { return Wording(code.meaning.sentence) }
      let are = number == 1 ? "is" : "are"
      return
        "\(number) of \(Fault.count(second, "row")) \(are) rejected, more than the error budget allows."
    case .carrierFirst:
      return standing.then("its marketplace must bring carrier and AWB first", listing: false)
    case .stockConflict:
      return "\(field) differs from \(number), which was given before for the same time; that count stands."
    default: return Wording(code.meaning.sentence)
    }
  }

  private func lineConflictSentence(_ field: Wording) -> Wording {
    if column == .locationKey { return "The order was created with another location than \(field)." }
    if number == second { return "The line with \(field) was created with another sku or price." }
    return "The line with \(field) was created with quantity \(number); this row says \(second)."
  }

  private var bytesMax: Int64 {
    if number == 0, case .key(let bytesMax) = column?.shape { return Int64(bytesMax) }
    return number
  }

  /// `3 cells`, `1 cell`.
  private static func count(_ number: Int64, _ noun: String) -> Wording {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  /// The keys of which a row of the kind must have one.
  private static func keys(of kind: Kind?) -> String? {
    guard let columns = kind?.eitherOf, !columns.isEmpty else { return nil }
    return columns.map(\.canonicalName).joined(separator: ", ")
  }
}

/// Where a shipment stands, as the first half of a sentence.
private struct Standing {
  private let cause: Cause?
  private let zone: Zone

  init(_ cause: Cause?, _ zone: Zone) {
    self.cause = cause
    self.zone = zone
  }

  /// `The shipment is open since …; <rest>`, and what would be accepted now where that helps.
  func then(_ rest: Wording, listing: Bool = true) -> Wording {
    guard let cause else { return "For this shipment \(rest)." }
    var sentence: Wording = "The shipment is "
    sentence.append(spaced: cause.state.name)
    if let since = cause.since, since != .distantPast {
      sentence.append(word: " since ")
      sentence.append(since, in: zone)
    }
    if let source = cause.setBy {
      if let file = source.file {
        sentence.append(" (\(Fault.shown(file)) row \(source.row))")
      } else {
        // Of another partner's file only who sent it.
        sentence.append(" (by \(source.partner))")
      }
    }
    sentence.append("; \(rest)")
    if listing {
      for (place, event) in cause.allowedNow.enumerated() {
        sentence.append(word: place == 0 ? "; accepted now: " : ", ")
        sentence.append(spaced: event.name)
      }
    }
    sentence.append(word: ".")
    return sentence
  }
}

extension Fault {
  /// The characters of a value that a sentence repeats at most.
  public static let valueCharactersMax = 60

  /// The canonical name of the column with the value behind it; credentials are never repeated.
  private static func field(_ column: Column?, _ value: ArraySlice<UInt8>) -> Wording {
    let name = column?.canonicalName ?? "the value"
    if value.isEmpty { return Wording(name) }
    let isSecret = column == .password || column == .extraCredential1
    if isSecret { return "\(name) \"***\"" }
    // Nearly every value is short and plain.
    if value.count <= valueCharactersMax, value.allSatisfy(isPlain) { return "\(name) \"\(value)\"" }
    return "\(name) \"\(shown(String(decoding: value, as: UTF8.self)))\""
  }

  private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F }

  /// The value for people's eyes: control characters and those that turn the text round as `\u{..}`, the rest cut off.
  public static func shown(_ value: String, charactersMax: Int = valueCharactersMax) -> String {
    if value.utf8.count <= charactersMax, value.utf8.allSatisfy(isPlain) { return value }
    var text = ""
    var count = 0
    for scalar in value.unicodeScalars {
      if count == charactersMax { return text + "…" }
      count += 1
      if isHarmful(scalar) {
        text += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// Control characters, line separators, marks that change the direction of the text.
  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: true
    default: false
    }
  }
}

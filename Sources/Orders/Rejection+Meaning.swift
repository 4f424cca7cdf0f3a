/// What each rejection code means, for people: one entry for each code, in order of precedence.
///
/// The sentences here hold for every row with the code (groups in an ack carry them); the sentence about one row, with
/// its value and its causes, is made in `Rejection+Sentence.swift`.
extension RejectionCode {
  public var meaning: RejectionMeaning {
    guard let meaning = RejectionCode.meanings[self] else { preconditionFailure("\(name) has no meaning") }
    return meaning
  }

  private static let meanings: [RejectionCode: RejectionMeaning] = Dictionary(
    uniqueKeysWithValues: [bytesNotSound, notAFileOfOurs, row, orderState, partnersTerms, stock].joined()
      .map { ($0.code, $0) })

  private static func means(
    _ code: RejectionCode, _ sentence: String, _ who: Actor, do remedy: String, example: String
  ) -> RejectionMeaning {
    RejectionMeaning(code: code, sentence: sentence, who: who, remedy: remedy, example: example)
  }

  // MARK: W100-W149, the bytes are not sound

  private static let bytesNotSound: [RejectionMeaning] = [
    means(
      .notUTF8, "The text is not valid UTF-8.", .partner,
      do: "Save the file as UTF-8 (or as UTF-16 with its mark) and drop it again.",
      example: "a customer name that holds the single byte FF"),
    means(
      .brokenJSON, "The JSON breaks its own rules.", .partner,
      do: "Write the file with a JSON library and drop it again.",
      example: #"{"awb_number":"500999A3408005",}"#),
    means(
      .unclosedQuote, "A quoted cell never ends.", .partner,
      do: "Close the quote; a quote inside a quoted cell is written twice.",
      example: #"SO1,"12 MG Road,Pune"#),
    means(
      .strayQuote, "A quote stands where none may stand.", .partner,
      do: "Quote the whole cell and write quotes inside it twice.", example: #"SO1,"12" MG Road,Pune"#),
    means(
      .cellCountDiffers, "The line has more or fewer cells than the header.", .partner,
      do: "Give every line as many cells as the header has; quote cells that hold the delimiter.",
      example: "order_number,sku,quantity and below it SO1,SKU-1"),
    means(
      .truncated, "The file ends in the middle of a record.", .partner,
      do: "Upload the whole file again, under a temporary name that is renamed at the end.",
      example: #"{"awb_number":"5009"#),
    means(
      .nulByte, "A zero byte stands in the text.", .partner,
      do: "Export the file as plain text without zero bytes.", example: "SO1 followed by the byte 00"),
    means(
      .brokenGzip, "The compressed file does not unpack.", .partner,
      do: "Compress the file again with gzip and upload it in binary mode.",
      example: "orders-1.csv.gz whose checksum differs"),
    means(
      .overBound, "The file or one of its records is larger than the exchange takes.", .partner,
      do: "Split the file into smaller ones, or ask the operator to raise the bound.",
      example: "one record of more than 4 MiB"),
    means(
      .duplicateKey, "An object names one key twice.", .partner,
      do: "Write every key once in an object.", example: #"{"awb_number":"A1","awb":"A2"}"#),
    means(
      .loneSurrogate, "A \\u escape stands for half a character.", .partner,
      do: "Write the character itself, or both halves of its escape.", example: #"{"city":"\ud83d"}"#),
  ]

  // MARK: W150-W199, sound, but not a file of ours

  private static let notAFileOfOurs: [RejectionMeaning] = [
    means(
      .unrouted, "Neither the name nor the header says what kind of file it is.", .partner,
      do: "Begin the file's name with its kind, such as manifests-0711.csv.", example: "export-final-2.csv"),
    means(
      .emptyFile, "The file holds no row.", .partner, do: "Drop a file that has at least one row.",
      example: "a header line and nothing below it"),
    means(
      .missingColumn, "A column that every row needs is not in the header.", .partner,
      do: "Add the column, under its own name or one of its synonyms.",
      example: "tracking.csv with the header awb_number,status"),
    means(
      .duplicateColumn, "Two columns of the header mean the same.", .partner,
      do: "Keep one of the two columns.", example: "awb_number,awb,status,datetime"),
    means(
      .unknownShape, "The JSON has no list of records where one is expected.", .partner,
      do: #"Send an array, one object, one object a line, or {"data":[...]}."#, example: #"{"total":3}"#),
    means(
      .recordNotAnObject, "A record is not a JSON object.", .partner,
      do: "Write every record as an object with names and values.", example: #"["500999A3408005"]"#),
    means(
      .nameNotAcceptable, "The file's name cannot be answered under.", .partner,
      do: "Use letters, digits, dots, dashes and underscores, at most 200 bytes.",
      example: "a name that holds a line break"),
    means(
      .ourOwnFault, "The exchange failed on this file; the file is not at fault.", .operations,
      do: "Look into the quarantine and the log; the partner need not act.",
      example: "a file that stopped the program"),
  ]

  // MARK: W2, the row

  private static let row: [RejectionMeaning] = [
    means(
      .missingValue, "A required value is absent.", .partner,
      do: "Fill the cell; blank, NA, null, None and - all mean absent.", example: "sku is empty"),
    means(
      .badTime, "The time does not exist or is not in a spelling that is read.", .partner,
      do: "Write the time as YYYY-MM-DD HH:MM:SS, in your own zone.", example: "2026-02-30 08:15:00"),
    means(
      .badQuantity, "The quantity is not a whole number in its range.", .partner,
      do: "Write a whole number: 1 to 99999 in orders, 0 to 99999999 in inventory.", example: "1.5"),
    means(
      .badAmount, "The amount is not a plain decimal number.", .partner,
      do: "Write digits and at most one point with up to six digits behind it, without commas.",
      example: "1,500.00"),
    means(
      .spreadsheetDamage, "A spreadsheet has turned an identifier into a number.", .partner,
      do: "Format the column as text before the export and send the identifier as it was.",
      example: "1.2E+11"),
    means(
      .valueTooLong, "The value is longer than the column takes.", .partner,
      do: "Shorten the value.", example: "an order number of 70 characters"),
    means(
      .forbiddenCharacter, "The value holds a character that an identifier may not hold.", .partner,
      do: "Remove control characters and line breaks from the identifier.",
      example: "an AWB with a line break in it"),
    means(
      .missingKey, "The row names no order, invoice or shipment.", .partner,
      do: "Fill one of the key columns of this kind of file.",
      example: "a cancellation with a reason and nothing else"),
    means(
      .unknownWord, "The word is not one of those that the column may hold.", .partner,
      do: "Use one of the words listed in the message.", example: "document = waybill"),
    means(
      .timeWithoutClock, "The time of day is missing.", .partner,
      do: "Add hours, minutes and seconds: carriers' events are ordered by them.", example: "2026-11-18"),
    means(
      .sameReference, "A shipment refers to itself.", .partner,
      do: "Put the other AWB of the return into ref_awb, or leave it empty.",
      example: "awb 103086396 with ref_awb 103086396"),
    means(
      .zerosLost, "A spreadsheet has taken the zeros in front of an identifier.", .partner,
      do: "Format the column as text before the export and send the identifier with its zeros.",
      example: "AWB 12, where 0012 is known"),
  ]

  // MARK: W3, the order's state

  private static let orderState: [RejectionMeaning] = [
    means(
      .unknownOrder, "There is no such order among those you may act on.", .partner,
      do: "Check the number; send the order first if it has not been created.",
      example: "a confirmation of SO-404"),
    means(
      .notTheNextStep, "The step does not follow from where the shipment stands.", .partner,
      do: "Take one of the steps that the answer lists as allowed now.",
      example: "a manifest for a shipment that is not confirmed"),
    means(
      .unknownShipment, "There is no such shipment among those you may act on.", .partner,
      do: "Check the AWB; it must have been assigned before.", example: "tracking of an AWB nobody assigned"),
    means(
      .assignmentFirst, "The shipment must be assigned before it can be confirmed.", .partner,
      do: "Send the assignment with carrier and AWB, then the confirmation again.",
      example: "dtdc confirms an open order"),
    means(
      .noAWB, "The shipment has no AWB yet.", .partner,
      do: "Assign an AWB first; without one nothing can be manifested.",
      example: "a manifest for a confirmed order without AWB"),
    means(
      .awbInUse, "The AWB is in use for another shipment.", .partner,
      do: "Use an AWB that was never used: it lives once in the whole exchange.",
      example: "two orders assigned to one AWB"),
    means(
      .invoiceInUse, "The invoice id is in use for another order.", .partner,
      do: "Give every invoice its own id.", example: "SO-1 and SO-2 with invoice 9001"),
    means(
      .lineConflict, "The order line is known with other content.", .partner,
      do: "Send the line as it was created, or a new suborder id for a new line.",
      example: "the same suborder with quantity 2, then 3"),
    means(
      .scanConflict, "The scan number is known with other content.", .carrier,
      do: "The carrier says which of the two scans is right and sends it under a new number.",
      example: "status_update_number 44591782 twice, with 005 and 006"),
    means(
      .shipmentClosed, "The event is newer than the one that closed the shipment.", .carrier,
      do: "The carrier says whether the shipment was really closed.", example: "in transit after delivered"),
    means(
      .cancelRefused, "The shipment is closed and cannot be cancelled any more.", .partner,
      do: "Nothing can be cancelled after delivery, return or loss; handle it as a return.",
      example: "a cancellation of a delivered order"),
    means(
      .orderIsSplit, "The order has several shipments, so the row must say which.", .partner,
      do: "Give the invoice_id of the shipment.", example: "an assignment with order_number alone"),
    means(
      .keysDisagree, "The keys of the row belong to different shipments.", .partner,
      do: "Correct the key that is wrong, or leave it empty.",
      example: "order_number of one order, invoice_id of another"),
    means(
      .reassignmentTooLate, "The shipment is confirmed, so it keeps its AWB.", .partner,
      do: "Another AWB may come only before the confirmation.",
      example: "a second AWB for a confirmed shipment"),
    means(
      .orderNumberInUse, "The order number is in use.", .partner,
      do: "Use an order number that is not taken.", example: "an order number of another creator"),
    means(
      .manifestConflict, "The shipment is on another manifest.", .partner,
      do: "Leave the shipment out of this manifest, or give the manifest it is on.",
      example: "one AWB on manifests M-1 and M-2"),
    means(
      .referenceConflict,
      "The two AWBs cannot be tied: one belongs to another shipment, or has its pair already.", .carrier,
      do: "The carrier says which two AWBs belong together.", example: "one ref_awb in scans of two AWBs"),
    means(
      .parkedTooLong, "The row waited for an earlier step that never came.", .operations,
      do: "Find out why the step (most often the manifest) is missing, then drop the row again.",
      example: "tracking that waited 72 hours for its manifest"),
    means(
      .quantityOutOfBalance, "The quantities do not add up.", .partner,
      do: "Send a quantity that the pieces of the line still allow: ordered = open + cancelled + shipped.",
      example: "3 pieces cancelled of 2 ordered"),
    means(
      .unknownSuborder, "The order has no such line.", .partner,
      do: "Use a suborder id of the order, or leave it empty.",
      example: "suborder 7 of an order with two lines"),
    means(
      .statesDiffer, "The export and the ledger have the shipment in different states.", .partner,
      do: "Send the events that the ledger does not have, or take over its state; then export again.",
      example: "delivered in the export, out_for_delivery in the ledger"),
    means(
      .quantitiesDiffer, "The export and the ledger have different quantities.", .partner,
      do: "Find out which count holds; a cancelled piece must be cancelled on both sides.",
      example: "3 pieces in the export, 2 in the ledger"),
  ]

  // MARK: W4, the partner's terms

  private static let partnersTerms: [RejectionMeaning] = [
    means(
      .kindNotAllowed, "This partner does not send files of this kind.", .partner,
      do: "Drop the file into the folder of the partner that sends such files.",
      example: "cancellations from booon"),
    means(
      .locationNotYours, "The location is not one of yours.", .partner,
      do: "Correct location_key, or ask the operator to add the location to your profile.",
      example: "WH9 where only WH1 is configured"),
    means(
      .inventorySettingOff, "Inventory is taken only while Update Available Inventory Only is on.",
      .operations,
      do: "Turn updateAvailableInventoryOnly on in exchange.json.", example: "inventory from dtdc"),
    means(
      .apiModeOff, "Orders are taken only while API Mode is on.", .operations,
      do: "Turn apiMode on in exchange.json.", example: "orders from booon"),
    means(
      .credentialsAlreadySet, "Carrier credentials of the location are already set.", .partner,
      do: "Credentials are added one time for one location; ask the order management system to replace them.",
      example: "a second carriers row for WH1"),
    means(
      .marketplaceAssigns, "The marketplace that created the order assigns it itself.", .partner,
      do: "Leave the order out; its marketplace brings carrier and AWB.",
      example: "easyecom assigns an order of booon"),
    means(
      .returnsNotHandled, "Returns are not handled with this partner.", .partner,
      do: "Leave return events out of the file.", example: "rto in nexar's tracking"),
    means(
      .courierNotYours, "The courier of the row is not the sender.", .partner,
      do: "A carrier assigns its own AWBs only.", example: "ekart sends an AWB of another courier"),
    means(
      .overErrorBudget, "More rows are rejected than the partner's error budget allows.", .partner,
      do: "Correct the rows and drop the file again; nothing of it was applied.",
      example: "60 of 100 rows rejected with a budget of a tenth"),
    means(
      .carrierFirst, "The order waits for its carrier.", .partner,
      do: "The marketplace brings carrier and AWB first.",
      example: "a confirmation of an order of booon without AWB"),
  ]

  // MARK: W5, stock

  private static let stock: [RejectionMeaning] = [
    means(
      .stockConflict, "The same stock is given twice for one time, with different counts.", .partner,
      do: "Send one count for each SKU, location and time.", example: "SKU-1 at WH1 with 10 and with 12")
  ]
}

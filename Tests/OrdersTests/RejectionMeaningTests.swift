import Orders
import TestSupport
import Testing

@Suite("The words of rejections")
struct RejectionMeaningTests {
  private static let dtdcAssignment = Source(partner: "dtdc", file: "assignments-1.csv", row: 4)
  /// 2026-11-21T10:00:00+05:30.
  private static let morning = Timestamp(milliseconds: 1_795_235_400_000)

  @Test("Every code keeps its number and its name")
  func frozen() {
    var csv = "code,name,who\n"
    for code in RejectionCode.allCases { csv += "\(code.name),\(code),\(code.meaning.who.rawValue)\n" }
    #expect(GoldenFile("fixtures/golden/rejection-codes.csv").difference(from: csv) == nil)
  }

  @Test("The codes are listed in order of precedence")
  func precedence() {
    let numbers = RejectionCode.allCases.map(\.rawValue)
    #expect(numbers == numbers.sorted())
    #expect(Set(numbers).count == numbers.count)
  }

  @Test("Every code has its meaning, in words that end", arguments: RejectionCode.allCases)
  func meaning(code: RejectionCode) {
    let meaning = code.meaning
    #expect(meaning.code == code)
    #expect(isSentence(meaning.sentence), "\(meaning.sentence)")
    #expect(isSentence(meaning.remedy), "\(meaning.remedy)")
    #expect(!meaning.example.isEmpty && !meaning.example.contains("\n"))
  }

  @Test(
    "Every fault has its sentence, with and without field, value and cause", arguments: RejectionCode.allCases
  )
  func sentences(code: RejectionCode) {
    let cause = Cause(
      state: .outForDelivery, since: Self.morning, setBy: Self.dtdcAssignment,
      allowedNow: [.delivered, .cancel])
    for column in [nil, Column.awbNumber, .password, .document] {
      for value in ["", "500999A3408005", "a\u{7}b\n"] {
        for (cause, kind) in [(nil, nil), (cause, Kind.tracking), (cause, .cancellations)] {
          let fault = Fault(code, column, number: 7, second: 9)
          let sentence = fault.sentence(value: value, kind: kind, cause: cause, in: .kolkata)
          #expect(isSentence(sentence), "\(sentence)")
          #expect(!sentence.unicodeScalars.contains { $0.value < 32 }, "\(sentence)")
        }
      }
    }
  }

  @Test(
    "A sentence names the field, the value and what is expected",
    arguments: [
      (
        Fault(.badTime, .datetime), "2026-02-30 08:15:00", nil,
        "datetime \"2026-02-30 08:15:00\" is not a time that exists in a spelling that is read, such as 2026-11-18 14:05:09."
      ),
      (
        Fault(.badQuantity, .quantity), "1.5", .orders,
        "quantity \"1.5\" is not a whole number from 1 to 99999."
      ),
      (
        Fault(.badQuantity, .quantity), "-1", .inventory,
        "quantity \"-1\" is not a whole number from 0 to 99999999."
      ),
      (Fault(.missingValue, .sku), "", .orders, "sku is absent; every row must have it."),
      (
        Fault(.missingKey), "", .cancellations,
        "The row has none of order_number, invoice_id, awb_number; it must have at least one of them."
      ),
      (Fault(.cellCountDiffers, number: 13, second: 1), "", nil, "The line has 1 cell, the header has 13."),
      (Fault(.notUTF8, number: 8192), "", nil, "The text at byte 8192 of the file is not valid UTF-8."),
      (
        Fault(.valueTooLong, .awbNumber, second: 41), "x", nil,
        "awb_number \"x\" is too long: at most 40 bytes, this one has 41."
      ),
      (
        Fault(.unknownOrder, .orderNumber), "SO-404", nil,
        "There is no order with order_number \"SO-404\" among those you may act on."
      ),
      (
        Fault(.kindNotAllowed), "Products are not exchanged with DTDC Raftaar.", .products,
        "This partner does not send products files: Products are not exchanged with DTDC Raftaar."
      ),
      (Fault(.kindNotAllowed), "", .returns, "This partner does not send returns files."),
      (Fault(.missingColumn, .datetime), "", .tracking, "The tracking file has no column datetime."),
      (
        Fault(.missingColumn), "", .manifests,
        "The manifests file has none of the columns awb_number, order_number; it must have one of them."
      ),
      (
        Fault(.unknownWord, .document), "waybill", .documents,
        "document \"waybill\" is not a document: label, invoice, or empty for both."
      ),
    ] as [(Fault, String, Kind?, String)])
  func content(fault: Fault, value: String, kind: Kind?, expected: String) {
    #expect(fault.sentence(value: value, kind: kind, in: .kolkata) == expected)
  }

  @Test("A rejection for the state says the state, since when and by whom")
  func state() {
    var cause = Cause(state: .open, since: Self.morning, setBy: Self.dtdcAssignment, allowedNow: [.assign])
    let fault = Fault(.assignmentFirst, .orderNumber)
    #expect(
      fault.sentence(value: "SO-1", cause: cause, in: .kolkata)
        == "The shipment is open since 2026-11-21T10:00:00+05:30 (assignments-1.csv row 4); it must be assigned before it can be confirmed."
    )
    #expect(
      fault.sentence(value: "SO-1", cause: cause, in: .utc)
        == "The shipment is open since 2026-11-21T04:30:00+00:00 (assignments-1.csv row 4); it must be assigned before it can be confirmed."
    )
    cause.setBy = Source(partner: "easyecom", file: nil, row: 9)
    cause.allowedNow = [.assign, .confirm]
    #expect(
      Fault(.notTheNextStep).sentence(value: "", cause: cause, in: .kolkata)
        == "The shipment is open since 2026-11-21T10:00:00+05:30 (by easyecom); this step does not follow from there; accepted now: assign, confirm."
    )
    cause = Cause(state: .outForDelivery, since: nil, setBy: nil, allowedNow: [])
    #expect(
      Fault(.reassignmentTooLate).sentence(value: "", cause: cause, in: .kolkata)
        == "The shipment is out for delivery; another AWB may come only before the confirmation.")
    #expect(
      Fault(.cancelRefused).sentence(value: "", in: .kolkata)
        == "For this shipment it cannot be cancelled any more.")
  }

  @Test(
    "Credentials are never repeated", arguments: [Column.password, .extraCredential1], RejectionCode.allCases)
  func secrets(column: Column, code: RejectionCode) {
    // The value of W401 is not a cell but the words of the partner's terms.
    if code == .kindNotAllowed { return }
    let sentence = Fault(code, column).sentence(value: "hunter2", kind: .carriers, in: .kolkata)
    #expect(!sentence.contains("hunter2"), "\(sentence)")
  }

  @Test(
    "A value is cut to sixty characters and shows what cannot be seen",
    arguments: [
      ("plain", "plain"), ("a\u{7}b", #"a\u{7}b"#), ("line\r\nbreak", #"line\u{d}\u{a}break"#),
      ("\u{202E}txt", #"\u{202e}txt"#), ("\u{85}", #"\u{85}"#), ("रमेश कुमार", "रमेश कुमार"),
      (String(repeating: "x", count: 60), String(repeating: "x", count: 60)),
      (String(repeating: "x", count: 61), String(repeating: "x", count: 60) + "…"),
    ])
  func shown(value: String, expected: String) { #expect(Fault.shown(value) == expected) }

  private func isSentence(_ text: String) -> Bool {
    text.hasSuffix(".") && !text.hasSuffix("..") && !text.contains("\n") && text.count > 10
  }
}

/// A carrier's codes as data: the same number means other things at other carriers, so each has its own table.

/// Why a delivery attempt failed (domain.md 2.2).
package enum NDRReason: String, Sendable, CaseIterable {
  case refused = "CR"
  case notAvailable = "CNA"
  case address = "AI"
  case customerDelay = "CD"
  case cashNotReady = "CNR"
  case outOfArea = "ODA"
  case shipperDelay = "SD"
  case customerIssue = "CI"
  case restrictedEntry = "REST"
  case wantsOpenDelivery = "OPDEL"
  case otpFailed = "OTPF"
  case other = "OTH"
}

/// One code of a carrier.
package struct ScanCode: Sendable {
  package let code: String
  package let scanClass: ScanClass
  /// The carrier's words; empty where no source gives any.
  package let text: String
  package let ndr: NDRReason?
  /// Does the event end the return leg (Ekart's "RTO cancelled"), so that a delivery after it is a delivery?
  package let endsReturn: Bool

  package init(
    _ code: String, _ scanClass: ScanClass, _ text: String = "", ndr: NDRReason? = nil,
    endsReturn: Bool = false
  ) {
    self.code = code
    self.scanClass = scanClass
    self.text = text
    self.ndr = ndr
    self.endsReturn = endsReturn
  }
}

/// The place of a code in its table; frozen, because the journal keeps it: codes are only ever added at the end.
package typealias CodeIndex = UInt16

/// The codes of one carrier and one version of its payload.
package struct CodeTable: Sendable {
  /// What people call it, such as `Ecom Express v1`.
  package let name: String
  package let codes: [ScanCode]

  package init(name: String, codes: [ScanCode]) {
    self.name = name
    self.codes = codes
  }

  package subscript(_ index: CodeIndex) -> ScanCode { codes[Int(index)] }

  /// The code that the bytes of a cell spell, or nil where the table has none.
  package func find(_ bytes: Span<UInt8>) -> CodeIndex? {
    for (index, code) in codes.enumerated() where code.code.utf8.count == bytes.count {
      if code.code.utf8.enumerated().allSatisfy({ bytes[$0.offset] == $0.element }) {
        return CodeIndex(index)
      }
    }
    return nil
  }

  package static let ecomExpressV1 = CodeTable(name: "Ecom Express v1", codes: [])
  package static let ecomExpressV2 = CodeTable(name: "Ecom Express v2", codes: [])
  package static let ekart = CodeTable(name: "Ekart", codes: [])
  package static let dtdc = CodeTable(name: "DTDC", codes: [])
  /// The state names of the exchange and the five words of the DTDC seed: what nexar's tracking speaks.
  package static let stateNames = CodeTable(name: "state names", codes: [])
  /// For partners that report no events.
  package static let nothing = CodeTable(name: "none", codes: [])
}

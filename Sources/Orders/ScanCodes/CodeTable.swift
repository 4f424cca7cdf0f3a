/// A carrier's codes as data: the same number means other things at other carriers, so each has its own table.

/// Why a delivery attempt failed (domain.md 2.2).
public enum NDRReason: String, Sendable, CaseIterable {
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
public struct ScanCode: Sendable {
  /// As the carrier spells it; a `*` at the end stands for whatever follows (a remark, a sub-reason).
  public let code: String
  public let scanClass: ScanClass
  /// The carrier's words; empty where no source gives any.
  public let text: String
  public let ndr: NDRReason?
  /// Does the event end the return leg (Ekart's "RTO cancelled"), so that a delivery after it is a delivery?
  public let endsReturn: Bool

  public init(
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
public typealias CodeIndex = UInt16

/// How strictly the cells of a table are read.
public enum CodeSpelling: Sendable, Equatable {
  /// Byte for byte: `0011`, `011` and `11` are three codes, and `404` says nothing about `0404`.
  case exact
  /// Without case, blanks, `_` and `-`; codes that hold a digit stay exact in all but case.
  case folded
}

/// What a table does with a code that it does not list.
public enum CodeFallback: Sendable, Equatable {
  case none
  /// A child code of so many digits is read as the code of its first digits, where that one has the class.
  case parentCode(digits: Int, parentDigits: Int, within: ScanClass)
  /// The word may stand before any code of the table, or be left out.
  case optionalPrefix(String)
}

/// The codes of one carrier and one version of its payload.
public struct CodeTable: Sendable {
  /// What people call it, such as `Ecom Express v1`.
  public let name: String
  public let codes: [ScanCode]
  public let spelling: CodeSpelling
  public let fallback: CodeFallback
  private let lookup: CodeLookup

  public init(
    name: String, codes: [ScanCode], spelling: CodeSpelling = .exact, fallback: CodeFallback = .none
  ) {
    precondition(codes.count < Int(CodeIndex.max))
    self.name = name
    self.codes = codes
    self.spelling = spelling
    self.fallback = fallback
    lookup = CodeLookup(codes.map(\.code), spelling: spelling, fallback: fallback)
  }

  public subscript(_ index: CodeIndex) -> ScanCode { codes[Int(index)] }

  /// The code that the bytes of a cell spell, or nil where the table has none.
  public func find(_ bytes: Span<UInt8>) -> CodeIndex? {
    if let index = lookup.find(bytes) { return index }
    if case .parentCode(let digits, let parentDigits, let scanClass) = fallback, bytes.count == digits {
      return parent(of: bytes, digits: parentDigits, within: scanClass)
    }
    return nil
  }

  private func parent(of bytes: Span<UInt8>, digits: Int, within scanClass: ScanClass) -> CodeIndex? {
    for place in bytes.indices where bytes[place] < 0x30 || bytes[place] > 0x39 { return nil }
    guard let index = lookup.find(bytes.extracting(..<digits)) else { return nil }
    return codes[Int(index)].scanClass == scanClass ? index : nil
  }

  /// For partners that report no events.
  public static let nothing = CodeTable(name: "none", codes: [])
}

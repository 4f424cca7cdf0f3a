/// What `waybill reconcile` asks beside the deed: comparisons that change nothing.

import Orders
import Reports

/// An exchange whose sides can be held against each other.
protocol ReconcilingEngine {
  /// Orders, manifests and scans as they stood at a day's end, today where none is given; written beside the report.
  func threeWay(of day: GivenTime?, at clock: GivenTime?, _ progress: @escaping (Headway) -> Void)
    throws(Failure) -> ReconcileFolder.Written
  /// A partner's own export against the ledger as it stands now.
  func compare(_ file: [UInt8], of profile: PartnerProfile, at clock: GivenTime?) throws(Failure)
    -> ExportView
}

/// What `waybill reconcile FILE --partner P` shows.
struct ExportView: Sendable {
  var export: PartnerExport
  /// Why the file was refused whole; nil: its rows were compared.
  var refusal: String?
  var page = ""
  var lines = ""

  var hasFindings: Bool { refusal != nil || export.differences > 0 }
}

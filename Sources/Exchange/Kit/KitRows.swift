internal import Orders

/// Rows for samples, made from the very table of columns that the reader uses.
///
/// The orders of a kit are numbered; everything that is about order 1 bears a 1 in its keys, so that a clerk can follow it through
/// the files.
struct KitRows {
  let profile: PartnerProfile
  let location: String

  /// The courier that stands in the samples of partners that are no carrier: a name that is no partner's.
  static let courier = "City Couriers"

  static func orderNumber(_ order: Int) -> String { "KIT-\(1000 + order)" }
  static func awb(_ order: Int) -> String { "KIT\(70_000_000 + order)" }

  /// The columns that a sample of the kind has: those that must be there, and those that a partner usually fills.
  static func columns(of kind: Kind) -> [Column] {
    let usual: [Column] =
      switch kind {
      case .orders:
        [.invoiceID, .suborderID, .price, .orderDate, .paymentMode, .customerName, .city, .pinCode]
      case .assignments: [.orderNumber, .courier, .awbNumber, .assignedAt]
      case .confirmations: [.orderNumber, .confirmedAt]
      case .documents: [.document]
      case .manifests: [.awbNumber, .orderNumber, .courier, .manifestDate]
      case .cancellations: [.orderNumber, .reason, .cancelledAt]
      case .tracking: [.location, .remark]
      case .scans:
        [.status, .reasonCode, .reasonCodeNumber, .location, .employee, .statusUpdateNumber, .city]
      case .inventory: [.updatedAt]
      case .products: [.name, .weight, .mrp]
      case .carriers: [.extraCredential1]
      case .returns, .reconcile: []
      }
    return kind.columns.filter { $0.isRequired || usual.contains($0.column) }.map(\.column)
  }

  /// What a sample holds in a column of the kind, in a row about this order.
  ///
  /// - Parameter event: the first or second event that tracking and scans report.
  func value(_ column: Column, of kind: Kind, order: Int, event: Int = 0) -> String {
    switch column {
    case .orderNumber: KitRows.orderNumber(order)
    case .invoiceID: "INV-\(1000 + order)"
    case .suborderID: "1"
    case .sku: "TEA-\(250 * order)"
    case .quantity: kind == .inventory ? "\(40 * order)" : "\(order)"
    case .price, .mrp: "\(229 * order).00"
    case .cancelledQuantity: "0"
    case .locationKey: location
    case .marketplace: "Own shop"
    case .paymentMode: "PrePaid"
    case .collectableAmount: "0"
    case .courier: profile.role == .carrier ? profile.folder : KitRows.courier
    case .awbNumber: KitRows.awb(order)
    case .customerName: "A. Customer"
    case .addressLine1: "1 Market Street"
    case .city: "Pune"
    case .pinCode: "411014"
    case .orderStatus: "Open"
    case .orderDate: time(hour: 9, minute: order, kind)
    case .assignedAt: time(hour: 10, minute: order, kind)
    case .confirmedAt: time(hour: 11, minute: order, kind)
    case .invoiceDate: time(hour: 11, minute: order, kind)
    case .manifestDate: time(hour: 12, minute: order, kind)
    case .datetime: time(hour: 14 + event, minute: order, kind)
    case .cancelledAt: time(hour: 12, minute: 30 + order, kind)
    case .updatedAt: time(hour: 15, minute: order, kind)
    case .invoiceNumber: "2026/\(1000 + order)"
    case .document: order == 1 ? "label" : ""
    case .manifestNumber: "M-2111"
    case .weight: "0.\(25 * order)"
    case .status: (kind == .scans ? code(event)?.text : code(event)?.code) ?? ""
    case .location: "Pune"
    case .remark: code(event)?.text ?? ""
    case .reasonCode: code(event).map { "\($0.code) - \($0.text)" } ?? ""
    case .reasonCodeNumber: code(event)?.code ?? ""
    case .statusCode: ""
    case .employee: "R. Rider"
    case .statusUpdateNumber: "\(44_591_000 + 10 * order + event)"
    case .referenceAWB: ""
    case .reason: "the buyer changed their mind"
    case .name: "Tea, \(250 * order) g"
    case .ean: "890000000000\(order)"
    case .length, .width, .height: "10"
    case .username: "merchant-1"
    case .password: "example-token"
    case .extraCredential1: "PNQ"
    }
  }

  /// A plain code of the partner's own table: picked up, then on its way.
  private func code(_ event: Int) -> ScanCode? {
    let wanted: [ScanClass] = event == 0 ? [.pp] : [.ot, .shp]
    return profile.codes.codes.first { wanted.contains($0.scanClass) && !$0.code.hasSuffix("*") }
  }

  /// Has the partner a table from which a sample can be made?
  var hasCodes: Bool { code(0) != nil && code(1) != nil }

  /// A time of the kit's day, as this partner spells it in files of the kind.
  private func time(hour: Int, minute: Int, _ kind: Kind) -> String {
    let formats = profile.formats(for: kind)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (clock, seconds) = ("\(two(hour)):\(two(minute))", "\(two(hour)):\(two(minute)):00")
    if formats.contains(.blank) || formats.contains(.blankShort) { return "2026-11-20 \(seconds)" }
    if formats.contains(.iso) { return "2026-11-20T\(seconds)" }
    if formats.contains(.dayFirstSlash) { return "20/11/2026 \(seconds)" }
    if formats.contains(.dayMonthName) { return "20-Nov-2026 \(clock)" }
    if formats.contains(.compactDayFirst) { return "20112026 \(two(hour))\(two(minute))" }
    if formats.contains(.epochMilliseconds), let days = Calendar.days(year: 2026, month: 11, day: 20) {
      let local = (days * 86_400 + Int64(hour * 3600 + minute * 60)) * 1000
      return String(profile.zone.instant(localMilliseconds: local).milliseconds)
    }
    return "2026-11-20"
  }

  // MARK: Files

  /// A CSV file of the kind with a row for each order; tracking and scans report the later event for the first of them.
  func file(_ kind: Kind, orders: [Int]) -> KitTable {
    let columns = KitRows.columns(of: kind)
    var rows: [[String]] = []
    for order in orders {
      let events = (kind == .tracking || kind == .scans) && order == orders.first ? [0, 1] : [0]
      for event in events {
        rows.append(columns.map { value($0, of: kind, order: order, event: event) })
      }
    }
    return KitTable(columns: columns, rows: rows)
  }
}

/// A sample before it is written: cells by column.
struct KitTable {
  var columns: [Column]
  var rows: [[String]]

  /// Puts something else into the first row.
  mutating func set(_ column: Column, to value: String) -> Bool {
    guard let place = columns.firstIndex(of: column), !rows.isEmpty else { return false }
    rows[0][place] = value
    return true
  }

  var text: String {
    ([columns.map(\.canonicalName)] + rows).map { $0.map(KitTable.quoted).joined(separator: ",") + "\n" }
      .joined()
  }

  private static func quoted(_ cell: String) -> String {
    cell.contains { $0 == "," || $0 == "\"" || $0.isNewline }
      ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
  }
}

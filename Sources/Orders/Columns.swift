/// The columns that we read, by kind of file: the tables of product.md section 4 as data.
///
/// Names are matched without case, blanks, `_` or `-`; a synonym holds in every kind that has the column.

/// A column (or JSON key) that means something to us.
public enum Column: UInt8, CaseIterable, Sendable {
  case orderNumber, invoiceID, suborderID, sku, quantity, price, locationKey, marketplace, orderDate
  case paymentMode, collectableAmount, courier, awbNumber, customerName, addressLine1, city, pinCode,
    orderStatus
  case assignedAt, confirmedAt, invoiceNumber, invoiceDate, document
  case manifestNumber, manifestDate, weight
  case status, datetime, location, remark
  case reasonCode, reasonCodeNumber, employee, statusUpdateNumber, referenceAWB, statusCode
  case reason, cancelledAt, updatedAt
  case name, ean, length, width, height, mrp
  case username, password, extraCredential1
  case cancelledQuantity

  /// The canonical name first, then the synonyms seen in the field.
  public var names: [String] { Column.table[Int(rawValue)].names }
  public var canonicalName: String { names[0] }
  /// The name that yields when another name of the same column stands beside it: a real `getAllOrders` line carries
  /// both `item_quantity` and `suborder_quantity` (domain.md 1.2). Any other pair of names of one column is refused.
  public var yieldingName: String? { self == .quantity ? "suborder_quantity" : nil }
  public var shape: Shape { Column.table[Int(rawValue)].shape }

  /// What a cell of the column must look like to be sound.
  public enum Shape: Sendable, Equatable {
    /// An identifier: text, never a number, no control bytes, spreadsheet damage is named; at most this many bytes.
    case key(bytesMax: Int)
    /// Free text, kept as it is.
    case text
    /// An instant in one of the formats that the partner and kind may use.
    case time
    /// A whole number of pieces, 1 to 99999.
    case quantity
    /// A whole number of pieces on a shelf, 0 to 99999999.
    case stock
    /// A whole number of pieces of a line, 0 to 99999: how many of them something was done with.
    case count
    /// A decimal amount, at most six places, no sign.
    case amount
  }

  private static let table: [(names: [String], shape: Shape)] = [
    (["order_number", "reference_code", "order_no", "orderNumber"], .key(bytesMax: 64)),
    (["invoice_id"], .key(bytesMax: 64)),
    (["suborder_id", "OrderItemId"], .key(bytesMax: 64)),
    (["sku"], .key(bytesMax: 64)),
    (["quantity", "qty", "item_quantity", "available", "suborder_quantity"], .quantity),
    (["price", "selling_price"], .amount),
    (["location_key"], .key(bytesMax: 64)),
    (["marketplace", "channel"], .text),
    (["order_date"], .time),
    (["payment_mode"], .text),
    (["collectable_amount"], .amount),
    (["courier", "carrier"], .text),
    (["awb_number", "awb", "tracking_id"], .key(bytesMax: 40)),
    (["customer_name"], .text),
    (["address_line_1", "address"], .text),
    (["city"], .text),
    (["pin_code", "pincode"], .text),
    (["order_status"], .text),
    (["assigned_at"], .time),
    (["confirmed_at"], .time),
    (["invoice_number"], .text),
    (["invoice_date"], .time),
    (["document"], .text),
    (["manifest_no", "manifest_id"], .key(bytesMax: 64)),
    (["manifest_date", "manifested_at"], .time),
    (["weight"], .text),
    (["status"], .text),
    (["datetime", "event_date"], .time),
    (["location"], .text),
    (["remark"], .text),
    (["reason_code"], .text),
    (["reason_code_number"], .text),
    (["Employee"], .text),
    (["status_update_number"], .key(bytesMax: 40)),
    (["ref_awb"], .key(bytesMax: 40)),
    (["status_code"], .text),
    (["reason"], .text),
    (["cancelled_at"], .time),
    (["updated_at"], .time),
    (["name", "productName"], .text),
    (["ean"], .text),
    (["length"], .text),
    (["width"], .text),
    (["height"], .text),
    (["mrp"], .amount),
    (["username"], .text),
    (["password"], .text),
    (["extra_credential_1"], .text),
    (["cancelled_quantity"], .count),
  ]
}

/// One column of one kind of file.
public struct KindColumn: Sendable {
  public let column: Column
  /// Must every row have it?
  public let isRequired: Bool
  /// In JSON order rows it is looked for in the nested lines.
  public let isOfLine: Bool
  /// Overrides the column's own shape (the quantity of an inventory row counts a shelf, not an order).
  public let shape: Column.Shape
  /// Names that mean the column in this kind only (the second version of the scan payload, domain.md 2.1).
  public let alsoNamed: [String]

  init(
    _ column: Column, required: Bool = false, line: Bool = false, shape: Column.Shape? = nil,
    alsoNamed: [String] = []
  ) {
    self.column = column
    isRequired = required
    isOfLine = line
    self.shape = shape ?? column.shape
    self.alsoNamed = alsoNamed
  }

  public var names: [String] { column.names + alsoNamed }
}

extension Kind {
  /// What we read from a file of this kind, in the order in which product.md lists it.
  public var columns: [KindColumn] { Kind.columnTable[Int(rawValue)] }

  /// Of these at least one must be there in every row (and in the header); empty: no such rule.
  public var eitherOf: [Column] {
    switch self {
    case .assignments, .confirmations: [.orderNumber, .invoiceID]
    case .cancellations, .reconcile: [.orderNumber, .invoiceID, .awbNumber]
    case .manifests: [.awbNumber, .orderNumber]
    case .scans: [.reasonCodeNumber, .statusCode]
    default: []
    }
  }

  private static let columnTable: [[KindColumn]] = [
    // products
    [
      .init(.sku, required: true), .init(.name), .init(.ean), .init(.weight), .init(.length), .init(.width),
      .init(.height), .init(.mrp),
    ],
    // carriers
    [
      .init(.locationKey, required: true), .init(.courier, required: true), .init(.username, required: true),
      .init(.password, required: true), .init(.extraCredential1),
    ],
    // orders
    [
      .init(.orderNumber, required: true), .init(.invoiceID), .init(.suborderID, line: true),
      .init(.sku, required: true, line: true), .init(.quantity, required: true, line: true),
      .init(.price, line: true), .init(.cancelledQuantity, line: true), .init(.locationKey, required: true),
      .init(.marketplace), .init(.orderDate),
      .init(.paymentMode), .init(.collectableAmount), .init(.courier), .init(.awbNumber),
      .init(.customerName),
      .init(.addressLine1), .init(.city), .init(.pinCode), .init(.orderStatus),
    ],
    // assignments
    [
      .init(.orderNumber), .init(.invoiceID), .init(.courier), .init(.awbNumber), .init(.suborderID),
      .init(.locationKey), .init(.assignedAt), .init(.quantity),
    ],
    // confirmations
    [
      .init(.orderNumber), .init(.invoiceID), .init(.confirmedAt), .init(.invoiceNumber), .init(.invoiceDate),
    ],
    // documents
    [.init(.invoiceID, required: true), .init(.document)],
    // manifests
    [
      .init(.manifestNumber, required: true), .init(.awbNumber), .init(.orderNumber), .init(.courier),
      .init(.manifestDate), .init(.weight),
    ],
    // cancellations
    [
      .init(.orderNumber), .init(.invoiceID), .init(.awbNumber), .init(.reason), .init(.cancelledAt),
      .init(.suborderID), .init(.quantity),
    ],
    // tracking
    [
      .init(.awbNumber, required: true), .init(.status, required: true), .init(.datetime, required: true),
      .init(.location), .init(.remark),
    ],
    // scans
    [
      .init(.awbNumber, required: true), .init(.datetime, required: true, alsoNamed: ["date_time"]),
      .init(.status), .init(.reasonCode), .init(.reasonCodeNumber),
      .init(.location, alsoNamed: ["current_sc"]),
      .init(.employee, alsoNamed: ["employee_name"]), .init(.statusUpdateNumber),
      .init(.orderNumber, alsoNamed: ["order_id"]), .init(.city, alsoNamed: ["current_city"]),
      .init(.referenceAWB), .init(.statusCode),
    ],
    // inventory
    [
      .init(.sku, required: true), .init(.locationKey, required: true),
      .init(.quantity, required: true, shape: .stock), .init(.updatedAt),
    ],
    // returns
    [.init(.orderNumber), .init(.invoiceID), .init(.awbNumber), .init(.reason)],
    // reconcile
    [
      .init(.orderNumber), .init(.invoiceID), .init(.awbNumber),
      .init(.orderStatus, alsoNamed: ["status", "state"]),
      .init(.quantity, shape: .stock),
    ],
  ]
}

/// The kinds of file that partners exchange with us (product.md section 4), in the order in which files that wait together are taken.
public enum Kind: UInt8, CaseIterable, Sendable {
  case products, carriers, orders, assignments, confirmations, documents, manifests, cancellations
  case tracking, scans, inventory, returns, reconcile

  /// The word that opens the file's name and stands in its ack.
  public var name: String { Kind.names[Int(rawValue)] }

  public static let names = [
    "products", "carriers", "orders", "assignments", "confirmations", "documents", "manifests",
    "cancellations",
    "tracking", "scans", "inventory", "returns", "reconcile",
  ]

  public init?(name: String) {
    guard let place = Kind.names.firstIndex(of: name), let kind = Kind(rawValue: UInt8(place)) else {
      return nil
    }
    self = kind
  }

  /// The place in the seeds' processing sequence; files of one step are taken by arrival, then by name.
  public var step: Int { self == .scans ? Int(Kind.tracking.rawValue) : Int(rawValue) }

  /// The kinds whose rows stand for a stock keeping unit, a product or a carrier account instead of a shipment.
  public var namesShipments: Bool { self != .products && self != .carriers && self != .inventory }
}

/// How the bytes of a file are laid out.
public enum FileFormat: String, CaseIterable, Sendable {
  case csv
  case json
  case jsonLines = "jsonl"
}

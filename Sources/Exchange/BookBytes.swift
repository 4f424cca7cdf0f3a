internal import Files
internal import Ledger

/// What the books take in memory, table by table, as the newest checkpoint of a ledger has them.
public struct BookBytes: Sendable {
  public let orders: Int
  public let tables: [(name: String, bytes: Int64)]

  /// - Parameter path: the exchange's folder.
  public init(root path: String) throws {
    let parts = try Checkpoints(try Folder(path: path).subfolder("ledger")).parts()
    tables = parts.map { ($0.name, Int64($0.bytes)) }
    orders = try LedgerView(root: path, configuration: Configuration()).books.orders.count
  }
}

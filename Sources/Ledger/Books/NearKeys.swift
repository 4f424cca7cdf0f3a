/// Keys of rows that come next, looked up together: the number that each has in its table, and what it is sought by there.
///
/// Whoever comes to a key that nobody knew need not take it apart again to enter it.
public struct NearKeys: Sendable {
  /// `Books.noKey` for those that nobody knew; empty where none were looked up.
  public internal(set) var numbers: [UInt32] = []
  public internal(set) var soughts: [KeyTable.Sought] = []

  public init() {}

  public mutating func removeAll() {
    numbers.removeAll(keepingCapacity: true)
    soughts.removeAll(keepingCapacity: true)
  }
}

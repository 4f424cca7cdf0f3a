import Exchange
import Orders
import Reports

/// Goods seen after their cancellation, read from the ledger.
extension LocalEngine {
  /// How many a program is told of; a person sees the first few.
  private static let exceptionsMax = 1000

  func exceptions(_ view: LedgerView) throws -> ScanExceptions {
    try ScanExceptions(
      books: view.books, history: view.history, profiles: configuration.profiles,
      listedMax: LocalEngine.exceptionsMax)
  }
}

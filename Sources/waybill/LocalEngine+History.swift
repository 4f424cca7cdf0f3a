import Exchange
import Orders
import Reports

/// The history of one order, told from the ledger.
extension LocalEngine {
  func history(_ number: String, asOf: Timestamp?, knownAt: Timestamp?) throws(Failure) -> OrderStory {
    let story = try asked {
      let view = try LedgerView(root: root, configuration: configuration)
      return try OrderStory.tell(
        of: Array(number.utf8), books: view.books, history: view.history, profiles: configuration.profiles,
        asOf: asOf, knownAt: knownAt)
    }
    guard let story else { throw .unknownOrder(number) }
    return story
  }
}

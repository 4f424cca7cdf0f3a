import Exchange
import Orders
import Reports

/// The history of one order, told from the ledger.
extension LocalEngine {
  func history(_ number: String, asOf: Timestamp?, knownAt: Timestamp?) throws(Failure) -> OrderStory {
    let found: (story: OrderStory?, isKnown: Bool) = try asked {
      let view = try LedgerView(root: root, configuration: configuration)
      func tell(_ asOf: Timestamp?, _ knownAt: Timestamp?) throws -> OrderStory? {
        try OrderStory.tell(
          of: Array(number.utf8), books: view.books, history: view.history, profiles: configuration.profiles,
          asOf: asOf, knownAt: knownAt)
      }
      let story = try tell(asOf, knownAt)
      return (story, try story != nil || tell(nil, nil) != nil)
    }
    guard let story = found.story else { throw found.isKnown ? .notYetKnown(number) : .unknownOrder(number) }
    return story
  }
}

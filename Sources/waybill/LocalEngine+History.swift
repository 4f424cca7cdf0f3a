import Orders

extension LocalEngine {
  func history(_ number: String, asOf: Timestamp?) throws(Failure) -> OrderStory { throw .unknownOrder(number) }
}

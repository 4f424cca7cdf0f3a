internal import Ledger
internal import Orders

/// What settings give the receivers of feeds: which feeds each gets, and of which locations.
///
/// An object, because every question about a shipment is asked under some terms, and a copy of all settings is longer than the answer.
final class FeedTerms: Sendable {
  /// By partner number.
  let profiles: [PartnerProfile]
  let configuration: Configuration

  convenience init(_ configuration: Configuration, in books: Books) {
    self.init(profiles: OpenLedger.profiles(of: books, configuration), configuration)
  }

  init(profiles: [PartnerProfile], _ configuration: Configuration) {
    self.profiles = profiles
    self.configuration = configuration
  }

  /// Does the receiver get the feed at all? A warehouse or a marketplace does for locations that are given to it by name.
  func reach(_ fed: FedPartner) -> Bool {
    // By place, for it is asked of every feed and file: a profile taken out is a copy of all its sets.
    let place = Int(fed.partner)
    if !profiles[place].feeds.contains(fed.feed) { return false }
    let needsLocation = profiles[place].role == .warehouse || profiles[place].role == .marketplace
    return !(needsLocation && profiles[place].locationKeys == nil)
  }

  /// Is the location one of the receiver's?
  func isAt(_ location: ArraySlice<UInt8>, _ receiver: UInt8) -> Bool {
    profiles[Int(receiver)].locationKeys?.contains(Array(location)) == true
  }

  /// What is configured of a location.
  func location(_ key: ArraySlice<UInt8>) -> Configuration.Location? {
    configuration.locations.first { $0.key.elementsEqual(key) }
  }

  /// May the receiver hold something else of the feed under these terms than under those?
  func differ(from other: FeedTerms, for fed: FedPartner) -> Bool {
    if reach(fed) != other.reach(fed) { return true }
    if !reach(fed) { return false }
    switch fed.feed {
    case .orders, .inventory:
      return profiles[Int(fed.partner)].locationKeys != other.profiles[Int(fed.partner)].locationKeys
    case .locations:
      return profiles[Int(fed.partner)].locationKeys != other.profiles[Int(fed.partner)].locationKeys
        || configuration.locations != other.configuration.locations
    case .products, .manifested, .shipments, .cancellations, .tracking: return false
    }
  }
}

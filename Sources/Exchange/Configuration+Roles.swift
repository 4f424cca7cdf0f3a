/// The profiles of partners that are not built in, made from what partners of their role do in the seeds.

public import Orders

extension PartnerProfile {
  /// A partner known only by its folder and role; it speaks the state names and the five words of tracking.
  ///
  /// A carrier acts as Ekart does, and may push scans; a warehouse as DTDC Raftaar, its assignments optional, products sent to
  /// it; a marketplace as Booon; an order management system as EasyEcom.
  public static func ofRole(_ role: Role, folder: String) -> PartnerProfile {
    let model: PartnerProfile =
      switch role {
      case .orderManagement: .easyEcom
      case .carrier: .ekart
      case .warehouse: .dtdcRaftaar
      case .marketplace: .booon
      }
    // The sentences of the seeds speak of other partners: a kind that is refused is refused in general words.
    let permissions = model.permissions.filter { kind, permission in
      if case .refused = permission { return false }
      return true
    }
    var profile = PartnerProfile(
      folder: folder, title: folder, role: role, permissions: permissions, codes: .stateNames)
    profile.ordersAwaitCarrier = model.ordersAwaitCarrier
    profile.assignsMarketplaceOrders = model.assignsMarketplaceOrders
    profile.carriersOncePerLocation = model.carriersOncePerLocation
    profile.feeds = role == .warehouse ? [.orders, .products] : model.feeds
    if role == .carrier { profile.permissions[.scans] = .allowed }
    if role == .marketplace || role == .orderManagement { profile.codes = .nothing }
    return profile
  }
}

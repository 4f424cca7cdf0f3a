internal import Ledger
internal import Orders

/// Whose a shipment is, and which shipments of the sender's a row names.
extension Docket {
  /// Is the shipment the sender's own? (product.md section 3: a carrier's, a warehouse's, a marketplace's.)
  func owns(_ shipment: ShipmentIndex) -> Bool {
    switch profile.role {
    case .orderManagement: return true
    case .carrier: return books.isPartner(partner, courier: books[shipment].courier)
    case .warehouse: return worksAt(books.location(of: books[shipment].order))
    case .marketplace: return books[books[shipment].order].creator == partner
    }
  }

  func worksAt(_ location: ArraySlice<UInt8>) -> Bool {
    guard let keys = profile.locationKeys else { return true }
    return keys.contains(Array(location))
  }

  /// The shipments that a row names by order number, invoice id or both; or why none.
  enum Named {
    case shipments([ShipmentIndex])
    case refused(Fault)
  }

  func named(order number: Slice, invoice: Slice) -> Named {
    if let sole = sole(order: number, invoice: invoice) { return .shipments([sole]) }
    var order: OrderIndex?
    if !number.isAbsent {
      order = self.order(named: number)
      guard let known = order, let first = books.shipments(of: known).first, ownsAny(of: known, first) else {
        return .refused(Fault(.unknownOrder, .orderNumber, value: number))
      }
    }
    guard !invoice.isAbsent else {
      return .shipments(order.map { known in books.shipments(of: known).filter { owns($0) } } ?? [])
    }
    let holder = self.shipment(invoiced: invoice)
    if let holder {
      let own = books.parts(of: holder).filter { owns($0) }
      if !own.isEmpty {
        if let order, books[holder].order != order {
          return .refused(Fault(.keysDisagree, .invoiceID, value: invoice))
        }
        return .shipments(own)
      }
    } else if let order {
      // The order has no invoice id yet, and this row brings it.
      let unnamed = books.shipments(of: order).filter { books[$0].invoiceKey == .max && owns($0) }
      if !unnamed.isEmpty { return .shipments(unnamed) }
    }
    return .refused(Fault(.unknownOrder, .invoiceID, value: invoice))
  }

  /// The one shipment of the order that is named, if it is one and the sender's own, and no key speaks against it: so it is of
  /// nearly every order, and nothing needs to be listed.
  private func sole(order number: Slice, invoice: Slice) -> ShipmentIndex? {
    let holder = invoice.isAbsent ? nil : self.shipment(invoiced: invoice)
    var shipment = holder
    if !number.isAbsent {
      guard let order = self.order(named: number) else { return nil }
      if let shipment, books[shipment].order != order { return nil }
      if shipment == nil { shipment = books.soleShipment(of: order) }
    }
    guard let shipment else { return nil }
    let record = books[shipment]
    guard books.hasOneShipment(record.order), owns(shipment) else { return nil }
    // The order's shipment may bear another invoice id than the one that nobody bears.
    return !invoice.isAbsent && holder == nil && record.invoiceKey != .max ? nil : shipment
  }

  private func ownsAny(of order: OrderIndex, _ first: ShipmentIndex) -> Bool {
    owns(first) || books.shipments(of: order).contains { owns($0) }
  }

  /// The shipments a row names, at least one; or why none.
  func resolve(order number: Slice, invoice: Slice) -> (shipments: [ShipmentIndex], fault: Fault?) {
    switch named(order: number, invoice: invoice) {
    case .shipments(let list): return (list, nil)
    case .refused(let fault): return ([], fault)
    }
  }

  /// Enters the invoice id that the row is the first to give, for all parts of the shipment.
  mutating func enterInvoice(_ shipment: ShipmentIndex, _ invoice: Slice) {
    if invoice.isAbsent || books[shipment].invoiceKey != .max { return }
    for part in books.parts(of: shipment) { perform(.setInvoice(part, invoice: invoice)) }
  }
}

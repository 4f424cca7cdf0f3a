public import Files
public import Orders

/// The keys of shipments as words: what records of feeds are put together of.

/// A shipment's keys, each in a word; an empty one stands for none.
public struct KeyWords: Sendable, BitwiseCopyable {
  public var order: NumberedWord
  public var invoice: NumberedWord
  public var awb: NumberedWord

  @inlinable
  public init() {
    (order, invoice, awb) = (.none, .none, .none)
  }
}

extension Books {
  /// Makes words of a shipment's keys; false where one of them is too long for that.
  public func write(order: OrderIndex, invoiceKey: UInt32, awbKey: UInt32, to words: inout KeyWords) -> Bool {
    if invoiceKey == .max {
      words.invoice = .none
    } else if !invoices.write(Int(invoiceKey), to: &words.invoice) {
      return false
    }
    if awbKey == .max {
      words.awb = .none
    } else if !awbs.write(Int(awbKey), to: &words.awb) {
      return false
    }
    return orderNumbers.write(Int(order.raw), to: &words.order)
  }

  /// The shipment's number in its order, from 1, of one whose order is at hand.
  public func numberInOrder(of shipment: ShipmentIndex, _ order: OrderIndex) -> Int {
    orders.packed[Int(order.raw)].firstShipment == shipment.raw ? 1 : numberInOrder(of: shipment)
  }
}

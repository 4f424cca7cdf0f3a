public import Files
public import Orders

/// The keys of shipments as words: what records of feeds are put together of.

/// A shipment's keys, each in a word; an empty one stands for none.
public struct KeyWords: Sendable, BitwiseCopyable {
  public var order = ShortWord.none
  public var invoice = ShortWord.none
  public var awb = ShortWord.none
  /// Not so where one of them is too long for a word.
  public var areWhole = true
}

extension Books {
  /// The texts of a shipment's keys.
  public func keyWords(of shipment: ShipmentRecord) -> KeyWords {
    var words = KeyWords()
    if let word = orderNumbers.word(of: Int(shipment.order.raw)) {
      words.order = word
    } else {
      words.areWhole = false
    }
    if shipment.invoiceKey != .max {
      if let word = invoices.word(of: Int(shipment.invoiceKey)) {
        words.invoice = word
      } else {
        words.areWhole = false
      }
    }
    if shipment.awbKey != .max {
      if let word = awbs.word(of: Int(shipment.awbKey)) { words.awb = word } else { words.areWhole = false }
    }
    return words
  }

  /// The shipment's number in its order, from 1, of one whose record is at hand.
  public func numberInOrder(of shipment: ShipmentIndex, _ record: ShipmentRecord) -> Int {
    orders[Int(record.order.raw)].firstShipment == shipment.raw ? 1 : numberInOrder(of: shipment)
  }
}

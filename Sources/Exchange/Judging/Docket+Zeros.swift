internal import Ledger
internal import Orders

/// Zeros that a spreadsheet has taken from the front of an identifier.
///
/// Of `12` alone nobody can say that it was `0012`: it is named as damaged only where nobody knows it, and the sender's own is known
/// with zeros in front. It is refused all the same, and never taken for that other one: both may be identifiers.
extension Docket {
  /// More zeros in front than any partner's identifiers have.
  private static let zerosMax = 16
  /// The keys that shipments are known by.
  private static let zeroColumns: [Column] = [.orderNumber, .invoiceID, .awbNumber]

  /// The fault that names the lost zeros in place of one that says that nobody knows the key; nil where zeros are not the reason.
  func zerosLost(_ fault: Fault) -> Fault? {
    let key = bytes[fault.value.range]
    guard let column = fault.column, Docket.zeroColumns.contains(column),
      key.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
    else { return nil }
    let whole = [UInt8](repeating: UInt8(ascii: "0"), count: Docket.zerosMax) + key
    let spelled = (1...Docket.zerosMax).map { zeros in
      Slice(offset: Docket.zerosMax - zeros, length: zeros + key.count)
    }
    // Hardly ever is one of them known to anybody: all are looked for at once, so that the memory's answers overlap.
    var keys = SoughtKeys()
    var numbers: [UInt32] = []
    keys.take(
      spelled.span, from: 0, by: 1, count: spelled.count, in: whole.span, for: books.seeking(column))
    books.bringNear(
      column, &keys, spelled.indices, of: spelled.span, at: 0, width: 1, in: whole.span, into: &numbers)
    let found = numbers.indices.first { place in
      numbers[place] != Books.noKey && ownsAny(column, whole.span.extracting(spelled[place].range))
    }
    return found.map { Fault(.zerosLost, column, value: fault.value, number: Int64($0 + 1)) }
  }

  /// Is a shipment of the sender's own known by the key?
  private func ownsAny(_ column: Column, _ key: Span<UInt8>) -> Bool {
    switch column {
    case .awbNumber: books.shipment(awb: key).map { owns($0) } ?? false
    case .invoiceID: books.shipment(invoice: key).map { books.parts(of: $0).contains { owns($0) } } ?? false
    case .orderNumber: books.order(number: key).map { books.shipments(of: $0).contains { owns($0) } } ?? false
    default: false
    }
  }
}

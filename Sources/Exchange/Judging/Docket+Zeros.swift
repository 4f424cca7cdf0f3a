internal import Ledger
internal import Orders

/// Zeros that a spreadsheet has taken from the front of an identifier.
///
/// Of `12` alone nobody can say that it was `0012`: it is named as damaged only where nobody knows it, and the sender's own is known
/// with zeros in front. It is refused all the same, and never taken for that other one: both may be identifiers.
extension Docket {
  /// More zeros in front than any partner's identifiers have.
  private static let zerosMax = 16

  /// The fault that names the lost zeros in place of one that says that nobody knows the key; nil where zeros are not the reason.
  func zerosLost(_ fault: Fault) -> Fault? {
    let key = bytes[fault.value.range]
    guard let column = fault.column, key.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
    else {
      return nil
    }
    let whole = [UInt8](repeating: UInt8(ascii: "0"), count: Docket.zerosMax) + key
    for zeros in 1...Docket.zerosMax {
      if ownsAny(column, whole.span.extracting(Docket.zerosMax - zeros..<whole.count)) {
        return Fault(.zerosLost, column, value: fault.value, number: Int64(zeros))
      }
    }
    return nil
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

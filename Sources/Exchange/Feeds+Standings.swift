internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// Records that tell where shipments stand, put together of words: nearly all that a trading day tells.
///
/// What they say, and of which shipments there is one, is what `held` and `put` say of the feed `tracking`.
extension Feeds {
  /// Puts the records about changes into the file, up to the first that is to be written in another way.
  func putStandings(_ changes: inout Changes, from place: inout Int, to file: inout FeedFile) throws {
    while place < changes.list.count {
      if !changes.kinds[place].contains(.tracking) {
        place += 1
        continue
      }
      let change = changes.list[place]
      let now = change.now
      // Of a change that is told here, either both hold it and it differs, or one of them: a withdrawal is not of words.
      guard FeedKinds(holding: now).contains(.tracking),
        let keys = keys(
          of: change.shipment, change.order, invoiceKey: now.invoiceKey, awbKey: now.awbKey),
        let courier = changes.couriers.word(of: now.courier, in: books),
        try file.put(keys, courier: courier, now.state, since: now.since)
      else { return }
      place += 1
    }
  }

  /// A shipment's keys as words; nil where one of them is too long.
  @inline(__always)
  func keys(
    of shipment: ShipmentIndex, _ order: OrderIndex, invoiceKey: UInt32, awbKey: UInt32
  ) -> FeedFile.Keys? {
    var words = KeyWords()
    if !books.write(order: order, invoiceKey: invoiceKey, awbKey: awbKey, to: &words) { return nil }
    return FeedFile.Keys(
      orderNumber: words.order, shipment: UInt32(books.numberInOrder(of: shipment, order)),
      invoiceID: words.invoice, awbNumber: words.awb)
  }
}

/// The names of couriers as words; few couriers carry most of what is told.
struct CourierWords {
  private var numbers = InlineArray<16, UInt32>(repeating: .max)
  private var words = InlineArray<16, NumberedWord>(repeating: .none)

  /// Nil where the name is too long for a word; empty where there is none.
  @inline(__always)
  mutating func word(of courier: UInt32, in books: Books) -> NumberedWord? {
    let place = Int(courier & 15)
    if numbers[place] == courier { return words[place] }
    return learn(courier, in: books)
  }

  @inline(never)
  private mutating func learn(_ courier: UInt32, in books: Books) -> NumberedWord? {
    let name = books.couriers[Int(courier)].text
    guard let word = ShortWord(name.span) else { return nil }
    let place = Int(courier & 15)
    words[place] = NumberedWord(word)
    numbers[place] = courier
    return words[place]
  }
}

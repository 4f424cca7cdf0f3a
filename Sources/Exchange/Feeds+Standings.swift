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
      let change = changes.list[place]
      guard change.now.isTold else {
        if change.before?.isTold == true { return }
        place += 1
        continue
      }
      if let before = change.before, before.isTold, before.tellsSame(as: change.now) {
        place += 1
        continue
      }
      guard let keys = keys(of: change.shipment),
        let courier = changes.couriers.word(of: change.now.courier, in: books),
        try file.put(keys, courier: courier, change.now.state, since: change.now.since)
      else { return }
      place += 1
    }
  }
}

extension Feeds {
  /// A shipment's keys as words; nil where one of them is too long.
  func keys(of shipment: ShipmentIndex) -> FeedFile.Keys? {
    let record = books[shipment]
    let words = books.keyWords(of: record)
    if !words.areWhole { return nil }
    return FeedFile.Keys(
      orderNumber: words.order, shipment: UInt32(books.numberInOrder(of: shipment, record)),
      invoiceID: words.invoice, awbNumber: words.awb)
  }
}

extension Standing {
  /// Does the feed of standings tell of it?
  fileprivate var isTold: Bool { marks.contains(.manifested) && !marks.contains(.emptied) }

  /// Does it tell the same of both?
  fileprivate func tellsSame(as other: Standing) -> Bool {
    courier == other.courier && awbKey == other.awbKey && invoiceKey == other.invoiceKey
      && state.rawValue == other.state.rawValue && since == other.since
  }
}

/// The names of couriers as words; few couriers carry most of what is told.
struct CourierWords {
  private var numbers = [UInt32](repeating: .max, count: 16)
  private var words = [ShortWord](repeating: .none, count: 16)

  /// Nil where the name is too long for a word; empty where there is none.
  mutating func word(of courier: UInt32, in books: Books) -> ShortWord? {
    let place = Int(courier & 15)
    if numbers[place] != courier {
      let name = books.couriers[Int(courier)].text
      guard let word = ShortWord(name.span) else { return nil }
      words[place] = word
      numbers[place] = courier
    }
    return words[place]
  }
}

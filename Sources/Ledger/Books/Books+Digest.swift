internal import Files
internal import Orders

/// The books as one sum a table: two books that were told the same decisions have the same sums.
///
/// This is for proofs (the books of the live run against those of a replay, or against those before a file that was taken
/// back), not for every day: records are spelled out by Swift itself, so that a field added later is in the sum.
extension Books {
  /// SHA-256 of each table, in hexadecimal, by the table's name.
  public var digests: [String: String] {
    [
      "orders": Self.sum(orders), "shipments": Self.sum(shipments), "lines": Self.sum(lines),
      "stock": Self.sum(stock), "products": Self.sum(products), "accounts": Self.sum(accounts),
      "files": Self.sum(files), "deeds": Self.sum(deeds), "pauses": Self.sum(sorting: pauses),
      "couriers": Self.sum(couriers),
      "partners": Self.sum(partners),
      "orderNumbers": Self.sum(orderNumbers), "invoices": Self.sum(invoices), "awbs": Self.sum(awbs),
      "lineKeys": Self.sum(lineKeys), "locations": Self.sum(locations), "courierKeys": Self.sum(courierKeys),
      "stockKeys": Self.sum(stockKeys), "productKeys": Self.sum(productKeys),
      "accountKeys": Self.sum(accountKeys), "scanNumbers": Self.sum(scanNumbers.map(\.members)),
      "waiting": Self.sum(waiting), "waitingCount": Self.sum([waitingCount]),
      "waitingKeys": Self.sum(waitingKeys), "scanTexts": Self.sum(scanTexts),
      "fileOfDigest": Self.sum(sorting: fileOfDigest),
      "spoiledFiles": Self.sum(sorting: spoiledFiles), "fileSizes": Self.sum(sorting: fileSizes),
      "fileOfName": Self.sum(sorting: fileOfName),
      "fileOfClaim": Self.sum(sorting: fileOfClaim), "feedNumbers": Self.sum(sorting: feedNumbers),
    ]
  }

  private static func sum(_ records: some Sequence) -> String {
    var digest = SHA256()
    for record in records { digest.update(Array("\(record)\n".utf8)) }
    return hexadecimal(digest.finish())
  }

  /// A table that has no order of its own.
  private static func sum(sorting records: some Collection) -> String {
    sum(records.map { "\($0)" }.sorted())
  }

  /// Every key with its number, its value, and what a look-up makes of it.
  private static func sum(_ table: KeyTable) -> String {
    var digest = SHA256()
    for number in 0..<table.count {
      let (prefix, key) = (table.prefix(of: number), table.bytes(of: number))
      let found = table.find(key.span, prefix: prefix) ?? -1
      digest.update(Array("\(number) \(prefix) \(key.count) \(table.value(of: number)) \(found)\n".utf8))
      digest.update(Array(key))
    }
    return hexadecimal(digest.finish())
  }
}

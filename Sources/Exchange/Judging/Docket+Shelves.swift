internal import Files
internal import Ledger
internal import Orders

/// Rows that are about no shipment: what lies on shelves, what the articles are, and the carriers' accounts.
extension Docket {
  mutating func judgeStock(_ batch: borrowing RowBatch, _ row: Int) -> Verdict {
    let (sku, location) = (batch.cell(row, .sku), batch.cell(row, .locationKey))
    let quantity = batch.rows[row].quantity
    if profile.role != .orderManagement && !worksAt(bytes[location.range]) {
      return .rejected([Fault(.locationNotYours, .locationKey, value: location)])
    }
    if let known = books.stock(at: bytes[location.range].span, sku: bytes[sku.range].span) {
      if time < known.updatedAt { return Verdict(.recorded) }
      if time == known.updatedAt && quantity != known.quantity && batch.rows[row].time != nil {
        return .rejected([
          Fault(.stockConflict, .quantity, value: batch.cell(row, .quantity), number: Int64(known.quantity))
        ])
      }
    }
    perform(.stock(location: location, sku: sku, quantity: quantity))
    return Verdict(.applied)
  }

  mutating func judgeProduct(_ batch: borrowing RowBatch, _ row: Int) -> Verdict {
    let sku = batch.cell(row, .sku)
    let content = contentHash(batch.kind.columns.map { bytes[batch.cell(row, $0.column).range] }, numbers: [])
    if let known = books.product(sku: bytes[sku.range].span), known.content == content {
      return Verdict(.duplicate)
    }
    var details = Effect.ProductDetails()
    for (place, column) in Effect.ProductDetails.columns.enumerated() {
      details[place] = batch.cell(row, column)
    }
    perform(.product(sku: sku, details, content: content))
    return Verdict(.applied)
  }

  /// Credentials: only their fingerprint is kept, and no answer repeats them.
  mutating func judgeAccount(_ batch: borrowing RowBatch, _ row: Int) -> Verdict {
    let (location, courier) = (batch.cell(row, .locationKey), batch.cell(row, .courier))
    if profile.role != .orderManagement && !worksAt(bytes[location.range]) {
      return .rejected([Fault(.locationNotYours, .locationKey, value: location)])
    }
    let secrets = [Column.username, .password, .extraCredential1].map { bytes[batch.cell(row, $0).range] }
    let known = books.account(at: bytes[location.range].span, courier: bytes[courier.range].span)?.fingerprint
    let print = fingerprintOfRecord?(rowNumber, false, known) ?? fingerprint(secrets)
    if profile.carriersOncePerLocation {
      // The account without a courier's name marks that the location had its one.
      let first = books.account(at: bytes[location.range].span, courier: bytes[0..<0].span)
      let whole =
        fingerprintOfRecord?(rowNumber, true, first?.fingerprint)
        ?? fingerprint(secrets + [ArraySlice(foldCourier(bytes[courier.range].span))])
      if let first {
        if first.fingerprint == whole { return Verdict(.duplicate) }
        return .rejected([Fault(.credentialsAlreadySet, .locationKey, value: location)])
      }
      perform(.account(location: location, courier: .absent, fingerprint: whole))
    } else if known == print {
      return Verdict(.duplicate)
    }
    perform(.account(location: location, courier: courier, fingerprint: print))
    return Verdict(.applied)
  }

  /// A hash over texts and numbers whose equality stands for the equality of the contents.
  func contentHash(_ texts: [ArraySlice<UInt8>], numbers: [Int64]) -> UInt64 {
    var hash = ContentHash()
    for text in texts { hash.add(text.span) }
    for number in numbers { hash.add(number) }
    return hash.value
  }
}

/// A hash over texts and numbers, one after the other. The journal holds such hashes, so it never changes.
struct ContentHash {
  private(set) var value: UInt64 = 0x5761_7962_696C_6C21

  mutating func add(_ text: Span<UInt8>) { value = keyHash(text, seed: value) }

  mutating func add(_ number: Int64) {
    value = (value ^ UInt64(bitPattern: number)) &* 0x9E37_79B9_7F4A_7C15 ^ value >> 29
  }
}

/// The rows of an order that leave the order's own cells to its first row.
///
/// Real shop exports write one row a line of the order and leave the order-level cells blank on the second and later ones. A row
/// without an order number but with a SKU continues the order above it: its blank order cells are filled from there.
/// Behind a row that could not be read nothing is continued: the row is then missing its order number.
import Orders

struct CSVContinuation {
  private let columnCount: Int
  let orderPlace: Int
  private let skuPlace: Int
  /// The columns of the order, not of its lines.
  private let inherited: [Int]
  /// The row of this batch that had an order number last.
  private var headRow: Int?
  /// Its cells, as they stood when the last chunk ended.
  private var keptText: [UInt8] = []
  private var keptCells: [Slice] = []
  private var hasKept = false
  /// Where `keptText` begins in this batch's bytes, once it was needed there.
  private var keptOffset: Int?

  /// Nil where the header has no such columns.
  init?(_ kind: Kind, placeOfCell: [UInt8]) {
    let columns = kind.columns
    guard kind == .orders,
      let order = columns.firstIndex(where: { $0.column == .orderNumber }),
      placeOfCell.contains(UInt8(order)),
      let sku = columns.firstIndex(where: { $0.column == .sku }), placeOfCell.contains(UInt8(sku))
    else { return nil }
    columnCount = columns.count
    orderPlace = order
    skuPlace = sku
    inherited = columns.indices.filter { !columns[$0].isOfLine }
  }

  mutating func enterChunk() {
    headRow = nil
    keptOffset = nil
  }

  /// Keeps what the next chunk may need of the order at hand.
  mutating func leaveChunk(_ batch: RowBatch, _ bytes: Span<UInt8>, _ appended: [UInt8]) {
    guard let headRow else { return }
    keptText.removeAll(keepingCapacity: true)
    keptCells.removeAll(keepingCapacity: true)
    for place in inherited {
      let cell = batch.cells[headRow * columnCount + place]
      keptCells.append(Slice(offset: keptText.count, length: Int(cell.length)))
      for position in cell.range {
        keptText.append(position < bytes.count ? bytes[position] : appended[position - bytes.count])
      }
    }
    hasKept = true
    self.headRow = nil
  }

  mutating func forget() {
    headRow = nil
    hasKept = false
  }

  /// Notes the last of rows that open orders.
  @inline(__always)
  mutating func note(row: Int) { headRow = row }

  /// Notes a row that opens an order; fills one that continues it.
  @inline(__always)
  mutating func take(row: Int, of batch: inout RowBatch, _ bytes: Span<UInt8>, _ appended: inout [UInt8]) {
    let first = row * columnCount
    if !isBlank(batch.cells[first + orderPlace], bytes, appended) {
      headRow = row
      return
    }
    if isBlank(batch.cells[first + skuPlace], bytes, appended) { return }
    fill(first, &batch, bytes, &appended)
  }

  private mutating func fill(
    _ first: Int, _ batch: inout RowBatch, _ bytes: Span<UInt8>, _ appended: inout [UInt8]
  ) {
    if headRow == nil && !hasKept { return }
    if headRow == nil && keptOffset == nil {
      keptOffset = bytes.count + appended.count
      appended.append(contentsOf: keptText)
    }
    for (ordinal, place) in inherited.enumerated()
    where isBlank(batch.cells[first + place], bytes, appended) {
      if let headRow {
        batch.cells[first + place] = batch.cells[headRow * columnCount + place]
      } else if let keptOffset {
        let cell = keptCells[ordinal]
        batch.cells[first + place] = Slice(
          offset: keptOffset + Int(cell.offset), length: Int(cell.length))
      }
    }
  }

  private func isBlank(_ cell: Slice, _ bytes: Span<UInt8>, _ appended: [UInt8]) -> Bool {
    for place in cell.range {
      let byte = place < bytes.count ? bytes[place] : appended[place - bytes.count]
      if byte != 32 && byte != 9 { return false }
    }
    return true
  }
}

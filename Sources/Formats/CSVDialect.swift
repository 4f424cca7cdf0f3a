/// How a partner separates the cells of its lines.
import Orders

/// The delimiter of a CSV file; the rest is RFC 4180.
public struct CSVDialect: Sendable, Equatable {
  public var delimiter: UInt8

  public init(delimiter: UInt8) { self.delimiter = delimiter }

  public static let comma = CSVDialect(delimiter: UInt8(ascii: ","))

  /// In the order in which they are preferred where a header does not tell them apart.
  static let candidates: [UInt8] = [
    UInt8(ascii: ","), UInt8(ascii: ";"), 9, UInt8(ascii: "|"),
  ]

  /// The delimiter under which the header shows the most names we know; of equals the one with the most cells.
  static func sniff(_ bytes: Span<UInt8>, from start: Int, names: ColumnNames) -> CSVDialect {
    var best = CSVDialect.comma
    var bestScore = (known: -1, cells: -1)
    for delimiter in candidates {
      let header = HeaderLine(bytes, from: start, delimiter: delimiter)
      let known = header.cells.count { names.role($0.span, 0..<$0.count).isColumn }
      let score = (known, header.cells.count)
      if score > bestScore {
        bestScore = score
        best = CSVDialect(delimiter: delimiter)
      }
    }
    return best
  }
}

/// The first record of a CSV file, cut into its names by the plainest of means: it is read once.
struct HeaderLine {
  private(set) var cells: [[UInt8]] = []
  /// Behind the line end.
  private(set) var end: Int
  /// Line breaks within quoted names, and the one that ends the line.
  private(set) var lineBreaks = 0
  private(set) var isTerminated = false
  private(set) var hasOpenQuote = false
  /// Where a quote stands that neither opens nor closes a name.
  private(set) var strayQuote: Int?

  init(_ bytes: Span<UInt8>, from start: Int, delimiter: UInt8) {
    let quote = ByteScanner.quote
    var place = start
    var cell: [UInt8] = []
    var isQuoted = false
    var isAtStart = true
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      if isQuoted {
        if byte == quote {
          if place < bytes.count, bytes[place] == quote {
            cell.append(quote)
            place += 1
            continue
          }
          isQuoted = false
          if place < bytes.count, bytes[place] != delimiter, bytes[place] != 10, bytes[place] != 13 {
            strayQuote = strayQuote ?? place - 1
          }
          continue
        }
        if byte == 10 || byte == 13 && !(place < bytes.count && bytes[place] == 10) { lineBreaks += 1 }
        cell.append(byte)
        continue
      }
      if byte == delimiter {
        cells.append(cell)
        cell = []
        isAtStart = true
        continue
      }
      if byte == 10 || byte == 13 {
        if byte == 13, place < bytes.count, bytes[place] == 10 { place += 1 }
        lineBreaks += 1
        isTerminated = true
        break
      }
      if byte == quote {
        if isAtStart { isQuoted = true } else { strayQuote = strayQuote ?? place - 1 }
        isAtStart = false
        if isQuoted { continue }
      }
      isAtStart = false
      cell.append(byte)
    }
    cells.append(cell)
    hasOpenQuote = isQuoted
    end = place
  }
}

/// What a CSV file's first line says: which column is which, whether it can be read at all, and whether it is an errors
/// file that came back.
import Orders

extension CSVReader {
  /// Reads the header and returns the place behind it; `hasHeader` stays false while it has not arrived whole.
  mutating func readHeader(
    _ bytes: Span<UInt8>, from start: Int, isLast: Bool, fileOffset: Int64
  ) throws(FileFault) -> Int {
    var place = start
    // Lines before the header that hold nothing.
    while place < bytes.count {
      if bytes[place] == ByteScanner.carriageReturn {
        if place + 1 == bytes.count && !isLast { return place }
        if place + 1 < bytes.count, bytes[place + 1] == ByteScanner.lineFeed { place += 1 }
      } else if bytes[place] != ByteScanner.lineFeed {
        break
      }
      place += 1
      passLine(1)
    }
    if place == bytes.count {
      if isLast { throw FileFault(Fault(.emptyFile), line: 0) }
      return place
    }
    let dialect = terms.dialect ?? CSVDialect.sniff(bytes, from: place, names: names)
    let header = HeaderLine(bytes, from: place, delimiter: dialect.delimiter)
    let endsWithOpenPair =
      header.end == bytes.count && header.isTerminated && bytes[header.end - 1] == ByteScanner.carriageReturn
    let isWhole = isLast || header.isTerminated && !endsWithOpenPair
    // Two bytes more, for the line end.
    let isOver = (isWhole ? header.end : bytes.count) - place > terms.bounds.recordBytesMax + 2
    if !isWhole && !isOver { return place }
    if isOver {
      throw FileFault(
        Fault(.overBound, number: Int64(terms.bounds.recordBytesMax)), line: line)
    }
    if !isLast, mayBePreamble(header, bytes) { return place }
    try check(header, bytes, from: place, fileOffset: fileOffset)
    layOut(header, dialect)
    return header.end
  }

  /// Refuses the file where its header does not serve.
  private func check(
    _ header: HeaderLine, _ bytes: Span<UInt8>, from start: Int, fileOffset: Int64
  ) throws(FileFault) {
    let isIncomplete = !header.isTerminated
    if header.hasOpenQuote {
      throw FileFault(
        Fault(.unclosedQuote, number: fileOffset + Int64(start)), line: line, isIncomplete: isIncomplete)
    }
    let unsound = ByteScanner.firstUnsound(bytes, from: start)
    if unsound < header.end {
      let code: RejectionCode = bytes[unsound] == 0 ? .nulByte : .notUTF8
      throw FileFault(
        Fault(code, number: fileOffset + Int64(unsound)), line: line, isIncomplete: isIncomplete)
    }
    if let stray = header.strayQuote {
      throw FileFault(
        Fault(.strayQuote, number: fileOffset + Int64(stray)), line: line, isIncomplete: isIncomplete)
    }
    if header.cells.count > terms.bounds.columnsMax {
      throw FileFault(
        Fault(.overBound, number: Int64(terms.bounds.columnsMax), second: Int64(header.cells.count)),
        line: line)
    }
    var faults = duplicates(header)
    faults += missing(header, bytes)
    if !faults.isEmpty { throw FileFault(faults, line: line, isIncomplete: isIncomplete) }
  }

  private func role(_ cell: [UInt8]) -> Role { names.role(cell.span, 0..<cell.count) }

  /// Two columns of one recognised name; the name that yields does so silently.
  private func duplicates(_ header: HeaderLine) -> [Fault] {
    let columns = terms.kind.columns
    var faults: [Fault] = []
    for (later, cell) in header.cells.enumerated() {
      let role = role(cell)
      guard role.isColumn,
        let earlier = header.cells[..<later].firstIndex(where: { self.role($0) == role })
      else { continue }
      faults.append(
        Fault(
          .duplicateColumn, columns[role.place].column, number: Int64(earlier + 1), second: Int64(later + 1)))
    }
    return faults
  }

  /// Required columns that the header does not have.
  private func missing(_ header: HeaderLine, _ bytes: Span<UInt8>) -> [Fault] {
    let lacking = CSVReader.lacking(header, terms.kind, names)
    if lacking.isEmpty { return [] }
    let knowsNone = !header.cells.contains { role($0).isColumn }
    var likelyLine: Int64 = 0
    if knowsNone { likelyLine = lineOfLikelyHeader(bytes, behind: header) }
    return lacking.map { Fault(.missingColumn, $0, number: likelyLine, second: knowsNone ? 1 : 0) }
  }

  /// The required columns that a header lacks; nil stands for a group of which one would do.
  static func lacking(_ header: HeaderLine, _ kind: Kind, _ names: ColumnNames) -> [Column?] {
    var given = Set<Int>()
    for cell in header.cells {
      let role = names.role(cell.span, 0..<cell.count)
      if role.isColumn { given.insert(role.place) }
    }
    var lacking: [Column?] = []
    for (place, column) in kind.columns.enumerated() where column.isRequired && !given.contains(place) {
      lacking.append(column.column)
    }
    let either = kind.eitherOf
    let hasOne = kind.columns.enumerated().contains { given.contains($0) && either.contains($1.column) }
    if !either.isEmpty, !hasOne { lacking.append(nil) }
    return lacking
  }

  /// Does the first line name nothing that we know, and have the lines not arrived in which the header is looked for instead?
  private func mayBePreamble(_ header: HeaderLine, _ bytes: Span<UInt8>) -> Bool {
    !header.cells.contains { role($0).isColumn } && preambleEnd(behind: header, bytes) == nil
  }

  /// So far below a first line that says nothing a header is looked for.
  private static let preambleBreaksMax = 40
  private static let preambleBytesMax = 64 << 10

  /// Where the look for a header below the first line ends; nil while the bytes do not reach that far.
  private func preambleEnd(behind header: HeaderLine, _ bytes: Span<UInt8>) -> Int? {
    let limit = header.end + CSVReader.preambleBytesMax
    var breaks = 0
    for place in header.end..<min(bytes.count, limit) where bytes[place] == 10 || bytes[place] == 13 {
      breaks += 1
      if breaks == CSVReader.preambleBreaksMax { return place + 1 }
    }
    return bytes.count < limit ? nil : limit
  }

  /// The line below a preamble that would serve as the header; 0 where there is none.
  private func lineOfLikelyHeader(_ bytes: Span<UInt8>, behind header: HeaderLine) -> Int64 {
    var place = header.end
    var likely = Int64(line) + Int64(header.lineBreaks)
    let end = preambleEnd(behind: header, bytes)
    let window = bytes.extracting(0..<(end ?? bytes.count))
    while place < window.count {
      let dialect = terms.dialect ?? CSVDialect.sniff(window, from: place, names: names)
      let next = HeaderLine(window, from: place, delimiter: dialect.delimiter)
      if next.end == window.count && end != nil { return 0 }
      if CSVReader.lacking(next, terms.kind, names).isEmpty { return likely }
      likely += Int64(next.lineBreaks)
      place = next.end
    }
    return 0
  }

  private mutating func layOut(_ header: HeaderLine, _ dialect: CSVDialect) {
    var placeOfCell: [UInt8] = []
    let roles = header.cells.map { role($0) }
    for role in roles {
      var place: UInt8 = role.isColumn ? UInt8(role.place) : 255
      if role.isColumn, role.yields,
        roles.contains(where: { $0.isColumn && $0.place == role.place && !$0.yields })
      {
        place = 255
      }
      placeOfCell.append(place)
    }
    var ownCells = header.cells.count
    if let first = header.cells.firstIndex(of: Array(errorColumns[0].utf8)) {
      let added = header.cells[first...].map { String(decoding: $0, as: UTF8.self) }
      if added.elementsEqual(errorColumns) {
        ownCells = first
        for cell in first..<placeOfCell.count { placeOfCell[cell] = 255 }
      }
    }
    adopt(
      placeOfCell, Array(header.cells[..<ownCells]), dialect.delimiter,
      isErrorsFile: ownCells < header.cells.count)
    passLine(UInt32(header.lineBreaks))
  }
}

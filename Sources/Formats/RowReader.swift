/// Reads one file from its first byte to its last: bytes in, batches of rows out, in bounded memory.
///
/// A chunk of the file is taken in, the reader of its format finds the complete records, `Content` binds their cells, and what
/// is left of an unfinished record opens the next chunk. Memory is bounded by the chunk and the largest record.
public import Orders

public struct RowReader {
  private let terms: ReadingTerms
  private var source: ByteSource
  private let content: Content
  private var day = ByteScanner.KnownDay()
  private var credentials: Credentials?
  private var hasLookedForStray = false
  private var csv: CSVReader?
  private var json: JSONReader?
  /// What was read of the file and is not yet part of a row.
  private var rest: [UInt8] = []
  private var appended: [UInt8] = []
  /// The offset in the file of the first byte of `rest`.
  private var fileOffset: Int64 = 0
  private var isAtEnd = false

  /// - Parameter fill: appends up to so many of the file's next bytes and returns how many; 0 at its end.
  public init(_ terms: ReadingTerms, fill: @escaping (inout [UInt8], Int) throws -> Int) {
    self.terms = terms
    source = ByteSource(
      windows1252LineMax: terms.isWindows1252 ? terms.bounds.recordBytesMax : nil, fill)
    content = Content(terms)
    credentials = terms.kind == .carriers ? Credentials(terms) : nil
    if terms.format == .csv { csv = CSVReader(terms) } else { json = JSONReader(terms) }
  }

  /// How the sender laid the file out; known after the first call of `next`.
  public var layout: FileLayout {
    var layout = csv?.layout ?? json?.layout ?? FileLayout(format: terms.format)
    layout.hasCredentials = credentials != nil
    return layout
  }

  /// Does a file of lines end with them, as far as that is plain without reading its rows? False says nothing.
  ///
  /// The last line has its end, so nothing is missing of it; in CSV no quote may be open, and where there is none at all, none is.
  public static func surelyEnds(_ bytes: Span<UInt8>, _ terms: ReadingTerms) -> Bool {
    let count = bytes.count
    guard terms.format != .json, count > 2, bytes[count - 1] == ByteScanner.lineFeed, !terms.isWindows1252
    else { return false }
    // In UTF-16 that byte is half a unit.
    if bytes[0] >= 0xFE && bytes[1] >= 0xFE { return false }
    return terms.format == .jsonLines || ByteScanner.first(ByteScanner.quote, in: bytes, from: 0) == count
  }

  /// Empties the batch and fills it with the next complete rows, at least one.
  ///
  /// - Returns: false at the end of the file; the batch is then empty.
  /// - Throws: `FileFault` where the file as a whole is refused or incomplete, rows already handed out included; else what
  ///   `fill` throws.
  public mutating func next(into batch: inout RowBatch) throws -> Bool {
    batch.removeAll()
    if isAtEnd { return false }
    var chunk: [UInt8] = []
    swap(&chunk, &batch.bytes)
    // Room for the chunk, and for the values that are written anew behind it.
    if chunk.capacity == 0 { chunk.reserveCapacity(terms.chunkBytes + terms.chunkBytes / 8) }
    chunk.append(contentsOf: rest)
    rest.removeAll(keepingCapacity: true)
    var wanted = max(terms.chunkBytes, 1)
    while true {
      while chunk.count < wanted, try source.read(into: &chunk, wanted - chunk.count) {}
      appended.removeAll(keepingCapacity: true)
      let used = try readChunk(chunk.span, into: &batch)
      if source.isCutShort && batch.rows.isEmpty {
        let offset = fileOffset + Int64(chunk.count)
        throw FileFault(Fault(.truncated, number: offset), line: 0, isIncomplete: true)
      }
      // Behind the last whole character something follows that nobody can read: what is left is no end.
      let isLast = source.isAtEnd && !source.isCutShort
      if !batch.rows.isEmpty || isLast {
        if used < chunk.count { rest.append(contentsOf: chunk[used...]) }
        fileOffset += Int64(used)
        isAtEnd = isLast
        break
      }
      // Nothing complete yet: drop what was passed over, and take in more of what was not.
      chunk.removeFirst(used)
      fileOffset += Int64(used)
      if used == 0 { wanted = max(wanted, chunk.count) * 2 }
    }
    let unread = chunk.count - rest.count..<chunk.count
    chunk.append(contentsOf: appended)
    swap(&chunk, &batch.bytes)
    content.bind(
      &batch, lineCells: json?.lineCells ?? [], absent: csv?.plan?.absentBits ?? 0, day: &day)
    if credentials == nil && !hasLookedForStray && !batch.rows.isEmpty {
      hasLookedForStray = true
      credentials = Credentials(terms, strayIn: batch, header: csv?.layout.header ?? [])
    }
    credentials?.mask(&batch, delimiter: layout.delimiter, unread: unread)
    return !batch.rows.isEmpty
  }

  private mutating func readChunk(_ bytes: Span<UInt8>, into batch: inout RowBatch) throws -> Int {
    let isLast = source.isAtEnd && !source.isCutShort
    if csv != nil {
      return try csv!.read(
        bytes, isLast: isLast, fileOffset: fileOffset, into: &batch, appended: &appended)
    }
    return try json!.read(
      bytes, isLast: isLast, fileOffset: fileOffset, into: &batch, appended: &appended)
  }
}

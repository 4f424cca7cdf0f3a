/// What a reader made of a file, as plain values that a test can compare and a person can read.
import Formats
import Orders

/// A row with its slices turned into text.
struct SeenRow: Equatable, CustomStringConvertible {
  var number: UInt32
  var line: UInt32
  var raw: String
  /// The kind's columns in their order; nil where absent.
  var cells: [String?]
  /// CSV: all cells as sent.
  var record: [String]
  /// `W105 3 2`, with the column where there is one and the value in quotes.
  var faults: [String]
  var time: Int64?
  var quantity: Int32
  var scanNumber: UInt64
  /// `suborder|sku|quantity|price`.
  var lines: [String]

  var description: String {
    "\n\(number)@\(line) \(raw) cells \(cells.map { $0 ?? "-" }) record \(record) \(faults) lines \(lines)"
  }
}

struct SeenFile: Equatable, CustomStringConvertible {
  var rows: [SeenRow] = []
  /// `end`, or the codes, the line and whether the file is incomplete.
  var ending = "end"
  var layout = FileLayout(format: .csv)

  var description: String { "\(rows)\n\(ending) \(layout)" }

  /// The value of a column in a row.
  func cell(_ row: Int, _ column: Column, _ kind: Kind) -> String? {
    guard let place = kind.columns.firstIndex(where: { $0.column == column }) else { return nil }
    return rows[row].cells[place]
  }
}

/// Bytes as text: what is not printable ASCII or UTF-8 in one piece is spelled out.
func shown(_ bytes: some Sequence<UInt8>) -> String {
  let bytes = Array(bytes)
  if let text = String(validating: bytes, as: UTF8.self), !bytes.contains(where: { $0 < 32 }) { return text }
  return bytes.map { byte in
    byte >= 32 && byte < 127 ? String(UnicodeScalar(byte)) : "<" + String(byte, radix: 16) + ">"
  }.joined()
}

func shown(_ fault: Fault, _ batch: RowBatch) -> String {
  var text = "\(fault.code.name)"
  if let column = fault.column { text += " \(column.canonicalName)" }
  if fault.number != 0 || fault.second != 0 { text += " \(fault.number)" }
  if fault.second != 0 { text += " \(fault.second)" }
  if !fault.value.isAbsent { text += " \"\(shown(batch.text(fault.value)))\"" }
  return text
}

func shown(_ fault: FileFault) -> String {
  let codes = fault.faults.map { fault in
    var text = fault.code.name
    if let column = fault.column { text += " \(column.canonicalName)" }
    if fault.number != 0 || fault.second != 0 { text += " \(fault.number)" }
    if fault.second != 0 { text += " \(fault.second)" }
    return text
  }
  return codes.joined(separator: ", ") + " line \(fault.line)" + (fault.isIncomplete ? " incomplete" : "")
}

/// Reads a file that arrives in pieces of the given size and is taken in by chunks of the other.
func read(
  _ bytes: [UInt8], _ terms: ReadingTerms, piece: Int = 1 << 20, chunk: Int? = nil
) throws -> SeenFile {
  var terms = terms
  if let chunk { terms.chunkBytes = chunk }
  var place = 0
  var reader = RowReader(terms) { buffer, count in
    let taken = min(count, piece, bytes.count - place)
    buffer.append(contentsOf: bytes[place..<place + taken])
    place += taken
    return taken
  }
  var seen = SeenFile()
  var batch = RowBatch(kind: terms.kind)
  do {
    while try reader.next(into: &batch) {
      for row in batch.rows.indices { seen.rows.append(seenRow(row, batch)) }
    }
  } catch let fault as FileFault {
    seen.ending = shown(fault)
  }
  seen.layout = reader.layout
  return seen
}

func read(_ text: String, _ terms: ReadingTerms, chunk: Int? = nil) throws -> SeenFile {
  try read(Array(text.utf8), terms, chunk: chunk)
}

private func seenRow(_ row: Int, _ batch: RowBatch) -> SeenRow {
  let facts = batch.rows[row]
  var cells = batch.recordCells(of: row)
  var record: [Slice] = []
  while let cell = cells.next(in: batch) { record.append(cell) }
  let lines = Int(facts.firstLine)..<Int(facts.firstLine + facts.lineCount)
  return SeenRow(
    number: facts.number, line: facts.line, raw: shown(batch.text(facts.raw)),
    cells: batch.kind.columns.map {
      let cell = batch.cell(row, $0.column)
      return cell.isAbsent ? nil : shown(batch.text(cell))
    },
    record: record.map { shown(batch.text($0)) },
    faults: batch.faults(of: row).map { shown($0, batch) },
    time: facts.time?.milliseconds, quantity: facts.quantity, scanNumber: facts.scanNumber,
    lines: batch.lines[lines].map {
      "\(shown(batch.text($0.suborderID)))|\(shown(batch.text($0.sku)))|\($0.quantity)|\($0.priceMillionths)"
    })
}

/// Random numbers that a seed makes again.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

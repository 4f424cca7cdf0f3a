/// What kind of file it is, where its name says nothing: the header or the keys decide.
public import Orders

/// The kind of file whose columns the first record names; nil where none fits, or two fit equally well.
///
/// A kind fits when all its required columns are there and, where those say too little, one that is its own. Of several the one
/// with the most columns named wins: a full order export names the columns of an inventory too.
///
/// - Parameter firstBytes: the beginning of the file, as much as is at hand; it may end anywhere.
public func recogniseKind(firstBytes: [UInt8], format: FileFormat) -> Kind? {
  var text: [UInt8] = []
  var taken = 0
  var source = ByteSource { bytes, count in
    let next = firstBytes[taken..<min(taken + count, firstBytes.count)]
    bytes.append(contentsOf: next)
    taken += next.count
    return next.count
  }
  while (try? source.read(into: &text, firstBytes.count)) == true {}
  switch format {
  case .csv:
    var best: (kind: Kind?, score: Int) = (nil, 0)
    for delimiter in CSVDialect.candidates {
      let fitting = fittingKind(headerNames(text.span, delimiter))
      if fitting.score > best.score { best = fitting }
    }
    return best.kind
  case .json, .jsonLines:
    return fittingKind(firstKeys(text.span)).kind
  }
}

/// Columns of which one must be there for a kind whose required columns do not tell it from others.
private func tellingColumns(of kind: Kind) -> [Column] {
  switch kind {
  case .assignments: [.courier, .awbNumber]
  case .confirmations: [.confirmedAt, .invoiceNumber, .invoiceDate]
  case .cancellations: [.reason, .cancelledAt]
  case .documents: [.document]
  case .products: [.name, .ean, .weight, .mrp]
  default: []
  }
}

private func fittingKind(_ names: [[UInt8]]) -> (kind: Kind?, score: Int) {
  var best: (kind: Kind?, score: Int) = (nil, 0)
  for kind in Kind.allCases where kind != .returns && kind != .reconcile {
    let table = ColumnNames.all(of: kind)
    var given: Set<Column> = []
    for name in names {
      let role = table.role(name.span, 0..<name.count)
      if role.isColumn { given.insert(kind.columns[role.place].column) }
    }
    let telling = tellingColumns(of: kind)
    let fits =
      kind.columns.allSatisfy { !$0.isRequired || given.contains($0.column) }
      && (kind.eitherOf.isEmpty || kind.eitherOf.contains { given.contains($0) })
      && (telling.isEmpty || telling.contains { given.contains($0) })
    if !fits || given.count < best.score { continue }
    best = given.count == best.score ? (nil, best.score) : (kind, given.count)
  }
  return best
}

private func headerNames(_ bytes: Span<UInt8>, _ delimiter: UInt8) -> [[UInt8]] {
  var place = 0
  while place < bytes.count, bytes[place] == 10 || bytes[place] == 13 { place += 1 }
  let header = HeaderLine(bytes, from: place, delimiter: delimiter)
  return header.isTerminated || place + 1 < bytes.count ? header.cells : []
}

/// The keys of an object, or of the first record that it wraps.
private struct CollectedKeys {
  var names: [[UInt8]] = []
  var isWrapped = false
}

/// The keys of the first record, and of the first of its nested lines.
private func firstKeys(_ bytes: Span<UInt8>) -> [[UInt8]] {
  let syntax = JSONSyntax(depthMax: 64, endsAtLineFeed: false)
  var place = 0
  var keys = CollectedKeys()
  guard let opening = try? syntax.next(bytes, &place) else { return [] }
  if opening == UInt8(ascii: "[") { place += 1 }
  // What was collected before the bytes run out or break counts.
  try? collectKeys(bytes, &place, syntax, into: &keys, level: 0)
  return keys.names
}

/// Collects the keys of the object at `place`; where it wraps records, those of the first record instead.
private func collectKeys(
  _ bytes: Span<UInt8>, _ place: inout Int, _ syntax: JSONSyntax, into keys: inout CollectedKeys, level: Int
) throws(JSONStop) {
  try syntax.pass(UInt8(ascii: "{"), bytes, &place)
  if try syntax.next(bytes, &place) == UInt8(ascii: "}") { return }
  while true {
    try syntax.pass(ByteScanner.quote, bytes, &place)
    let start = place
    _ = try syntax.skipString(bytes, &place)
    let key = start..<place - 1
    let name = ColumnNames.plain(bytes, key)
    let isWrapping = level < 2 && JSONReader.isWrapping(bytes, key)
    try syntax.pass(UInt8(ascii: ":"), bytes, &place)
    let byte = try syntax.next(bytes, &place)
    var inner = place + 1
    let holdsObjects = byte == UInt8(ascii: "[") && (try? syntax.next(bytes, &inner)) == UInt8(ascii: "{")
    if isWrapping && holdsObjects {
      keys = CollectedKeys(names: [], isWrapped: true)
      return try collectKeys(bytes, &inner, syntax, into: &keys, level: 2)
    }
    if isWrapping, level == 0, byte == UInt8(ascii: "{"), JSONReader.isData(bytes, key) {
      var nested = CollectedKeys()
      var look = place
      try? collectKeys(bytes, &look, syntax, into: &nested, level: 1)
      if nested.isWrapped {
        keys = nested
        return
      }
    }
    keys.names.append(name)
    let isLines = ColumnNames.linesWords.contains { ColumnNames.plain($0).elementsEqual(name) }
    if isLines && holdsObjects { try? collectKeys(bytes, &inner, syntax, into: &keys, level: 2) }
    try syntax.skipValue(bytes, &place, depth: level)
    if try syntax.isClosed(by: UInt8(ascii: "}"), bytes, &place) { return }
  }
}

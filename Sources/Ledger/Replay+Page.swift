internal import Files
internal import Orders

/// The rows of a frame, many at a time.
extension Replay {
  /// Takes the rows of a frame: what `take(next:)` makes of them one by one.
  mutating func take(page frame: JournalFrame) throws {
    let page = frame.page ?? ReplayPage(frame)
    if let fault = page.fault { throw fault }
    let sender = sender(of: page.claim)
    for code in page.rejections { tally.note(rejection: code) }
    books.makeRoom(for: page.counts, page.outlook)
    books.beginPage()
    var names = NamedNumbers(page.names)
    let bytes = frame.payload.span
    let steps = page.steps.span
    var start = 0
    while start < steps.count {
      if steps[start].kind == .row {
        let position = Position(frame: frame.offset, record: Int(steps[start].record))
        take(page.rows[Int(steps[start].subject)], of: page, frame.payload, from: sender, at: position)
        start += 1
        continue
      }
      var run = books.begin(steps.extracting(start..<steps.count))
      let end = start + run.count
      books.enterKeys(of: &run, steps.extracting(start..<end), bytes)
      for index in start..<end {
        let position = Position(frame: frame.offset, record: Int(steps[index].record))
        let row = Books.RowContext(partner: sender, position: position, time: steps[index].time)
        let name = names.number(of: steps[index], bytes, &nearNames, &books)
        books.make(steps[index], bytes, key: run.keys[index - start], name: name, row)
      }
      start = end
    }
  }

  private mutating func take(
    _ record: RowRecord, of page: ReplayPage, _ payload: [UInt8], from sender: UInt8, at position: Position
  ) {
    take(
      record, of: page.claim, payload,
      in: Books.RowContext(
        partner: sender, position: position, time: record.verdict.eventTime ?? page.arrival))
  }

  /// The numbers in the books of a page's names, each looked up when the first step bears it.
  private struct NamedNumbers {
    private let names: [Slice]
    private var numbers: [UInt32]

    init(_ names: [Slice]) {
      self.names = names
      numbers = [UInt32](repeating: .max, count: names.count)
    }

    /// The number of the name that the step bears; nil: it bears none.
    @inline(__always)
    mutating func number(
      of step: ReplayStep, _ bytes: Span<UInt8>, _ near: inout NearNames, _ books: inout Books
    ) -> UInt32? {
      if step.name == ReplayNames.none || step.kind == .addLine { return nil }
      let known = numbers[Int(step.name)]
      if known != .max { return known }
      let number = near.number(
        of: bytes.extracting(names[Int(step.name)].range), isCourier: step.kind == .assign, &books)
      numbers[Int(step.name)] = number
      return number
    }
  }
}

/// Names that pages bore, with their numbers in the books, which never change: page after page bears the same.
struct NearNames: Sendable {
  private var couriers = Near()
  private var locations = Near()

  /// A name and its number, each at the place that the name's hash gives it.
  private struct Near {
    var texts = [[UInt8]](repeating: [], count: NearNames.placesMax)
    var numbers = [UInt32](repeating: .max, count: NearNames.placesMax)
  }

  private static let placesMax = 64

  @inline(never)
  mutating func number(of name: Span<UInt8>, isCourier: Bool, _ books: inout Books) -> UInt32 {
    let place = Int(truncatingIfNeeded: keyHash(name, seed: 0)) & (Self.placesMax - 1)
    return isCourier
      ? Self.number(of: name, in: &couriers, place) { books.courierNumber($0[...]) }
      : Self.number(of: name, in: &locations, place) { books.locationNumber($0.span) }
  }

  @inline(__always)
  private static func number(
    of name: Span<UInt8>, in near: inout Near, _ place: Int, _ lookUp: ([UInt8]) -> UInt32
  ) -> UInt32 {
    let known = near.texts[place]
    if near.numbers[place] != .max, sameBytes(known.span, name) { return near.numbers[place] }
    var text: [UInt8] = []
    for index in name.indices { text.append(name[index]) }
    near.texts[place] = text
    near.numbers[place] = lookUp(text)
    return near.numbers[place]
  }
}

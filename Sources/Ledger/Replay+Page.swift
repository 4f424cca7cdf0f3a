internal import Files
internal import Orders

/// The rows of a frame, many at a time.
extension Replay {
  /// So many steps are looked at together.
  private static let nearSteps = 128

  /// Takes the rows of a frame: what `take(next:)` makes of them one by one.
  mutating func take(page frame: JournalFrame) throws {
    let page = frame.page ?? ReplayPage(frame)
    if let fault = page.fault { throw fault }
    let sender = sender(of: page.claim)
    for code in page.rejections { tally.note(rejection: code) }
    books.makeRoom(for: page.counts, page.outlook)
    var names = NearNames()
    let bytes = frame.payload.span
    let steps = page.steps.span
    var start = 0
    while start < steps.count {
      let end = min(start + Replay.nearSteps, steps.count)
      books.bringNear(steps.extracting(start..<end))
      for index in start..<end {
        let position = Position(frame: frame.offset, record: Int(steps[index].record))
        if steps[index].kind == .row {
          take(page.rows[Int(steps[index].subject)], of: page, frame.payload, from: sender, at: position)
          continue
        }
        let row = Books.RowContext(partner: sender, position: position, time: steps[index].time)
        let name = names.number(of: steps[index], in: frame.payload, &books)
        books.make(steps[index], bytes, name: name, row)
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

  /// Thousands of rows in a row name the same few couriers and locations.
  private struct NearNames {
    /// A name that was met, at the place that its end and its length give it, and its number; 0 stands for no name yet, else it
    /// is the number plus one.
    private struct Names {
      var texts = InlineArray<16, Slice>(repeating: .absent)
      var numbers = InlineArray<16, UInt32>(repeating: 0)
    }

    private var couriers = Names()
    private var locations = Names()

    /// The number of the name that the step bears; nil: it bears none.
    @inline(__always)
    mutating func number(
      of step: ReplayStep, in payload: [UInt8], _ books: inout Books
    ) -> UInt32? {
      let name = step.second
      if name.isAbsent && step.kind == .assign { return nil }
      let bytes = payload.span
      let end = name.isAbsent ? 0 : bytes[name.range.upperBound - 1]
      let place = Int(truncatingIfNeeded: UInt32(end) &+ name.length) & 15
      switch step.kind {
      case .assign:
        if couriers.numbers[place] == 0 || !isSame(couriers.texts[place], name, bytes) {
          couriers.texts[place] = name
          couriers.numbers[place] = books.courierNumber(payload[name.range]) + 1
        }
        return couriers.numbers[place] - 1
      case .createOrder:
        if locations.numbers[place] == 0 || !isSame(locations.texts[place], name, bytes) {
          locations.texts[place] = name
          locations.numbers[place] = books.locationNumber(bytes.extracting(name.range)) + 1
        }
        return locations.numbers[place] - 1
      default: return nil
      }
    }

    @inline(__always)
    private func isSame(_ one: Slice, _ other: Slice, _ bytes: Span<UInt8>) -> Bool {
      sameBytes(bytes.extracting(one.range), bytes.extracting(other.range))
    }
  }
}

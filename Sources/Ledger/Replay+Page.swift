internal import Files
internal import Orders

/// The rows of a frame, many at a time.
extension Replay {
  /// So many steps are looked at together; a row's steps stay together.
  private static let nearSteps = 128

  /// Takes the rows of a frame: what `take(next:)` makes of them one by one.
  mutating func take(page frame: JournalFrame) throws {
    var cursor = try RowCursor(payload: frame.payload, frame: frame.offset)
    let sender = sender(of: cursor)
    var reader = ReplayReader(at: cursor.place, arrival: cursor.arrival)
    var steps: [ReplayStep] = []
    steps.reserveCapacity(Replay.nearSteps + 16)
    var courier = LastCourier()
    let bytes = frame.payload.span
    while !reader.isAtEnd(bytes) {
      steps.removeAll(keepingCapacity: true)
      while steps.count < Replay.nearSteps && !reader.isAtEnd(bytes) {
        switch try reader.next(bytes, into: &steps) {
        case .taken: break
        case .rejected(let code): tally.note(rejection: code)
        case .other(let place):
          // Those before it come first, for the tally looks at nothing ahead; then it is taken as any reader takes it.
          make(&steps, bytes, frame, sender, &courier)
          steps.removeAll(keepingCapacity: true)
          cursor.seek(to: place)
          _ = try take(next: &cursor)
          reader.go(to: cursor.place)
        }
      }
      make(&steps, bytes, frame, sender, &courier)
    }
  }

  private mutating func make(
    _ steps: inout [ReplayStep], _ bytes: Span<UInt8>, _ frame: JournalFrame, _ sender: UInt8,
    _ courier: inout LastCourier
  ) {
    books.bringNear(&steps, bytes)
    for step in steps {
      let row = Books.RowContext(
        partner: sender, position: Position(frame: frame.offset, record: Int(step.record)), time: step.time)
      var number: UInt32?
      if step.kind == .assign, !step.second.isAbsent {
        let name = bytes.extracting(step.second.range)
        if !sameBytes(courier.text.span, name) {
          courier = LastCourier(
            text: frame.payload[step.second.range],
            number: books.courierNumber(frame.payload[step.second.range]))
        }
        number = courier.number
      }
      books.make(step, bytes, courier: number, row)
    }
  }

  /// Thousands of rows in a row name the same courier.
  private struct LastCourier {
    var text: ArraySlice<UInt8> = []
    var number: UInt32 = 0
  }
}

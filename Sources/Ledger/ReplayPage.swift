internal import Files
internal import Orders

/// The rows of a frame, taken apart: everything about them that can be made out without the books.
///
/// Whoever reads the journal ahead does this, so that the thread that keeps the books only touches tables.
struct ReplayPage: Sendable {
  /// In the order of the rows; a row's steps stand together.
  private(set) var steps: [ReplayStep]
  /// Rows that are taken as any reader takes them; a step of kind `row` names its place here.
  private(set) var rows: [RowRecord] = []
  /// What the locations and couriers are called that steps name.
  private(set) var names: [Slice] = []
  /// The first faults of rows that were rejected and changed nothing.
  private(set) var rejections: [RejectionCode] = []
  /// What ended the taking apart; nothing of the page is then taken.
  private(set) var fault: RecordFault?
  /// The claim of the rows' file, and when that came.
  private(set) var claim = ClaimNumber(0)
  private(set) var arrival = Timestamp.distantPast
  private(set) var counts = ReplayCounts()
  var outlook = ReplayOutlook()

  /// - Parameter room: an array whose room is used again.
  init(_ frame: JournalFrame, in room: consuming [ReplayStep] = []) {
    steps = room
    steps.removeAll(keepingCapacity: true)
    do throws(RecordFault) {
      try takeApart(frame)
    } catch {
      fault = error
    }
  }

  private mutating func takeApart(_ frame: JournalFrame) throws(RecordFault) {
    var cursor = try RowCursor(payload: frame.payload, frame: frame.offset)
    claim = cursor.claim
    arrival = cursor.arrival
    let arrival = cursor.arrival
    let bytes = frame.payload.span
    var reader = ReplayReader(from: cursor.place, to: bytes.count, arrival: arrival)
    var (steps, rows, rejections) = ([ReplayStep](), [RowRecord](), [RejectionCode]())
    swap(&steps, &self.steps)
    // Steps are stored without a look at whether the list is its owner's alone: there is one for every forty bytes.
    var room = bytes.count / Self.stepBytes + Self.roomMin
    while !reader.isAtEnd {
      try steps.append(addingCapacity: room) { (steps: inout OutputSpan<ReplayStep>) throws(RecordFault) in
        reader.room = steps.freeCapacity
        while !reader.isAtEnd {
          switch reader.next(bytes, into: &steps) {
          case nil: break
          case .full: return
          case .rejected(let code): if let code { rejections.append(code) }
          case .other(let place):
            cursor.seek(to: place)
            let row = UInt32(rows.count)
            rows.append(try cursor.next())
            steps.append(ReplayStep(.row, of: row, record: place, time: arrival))
            reader.room -= 1
            reader.go(to: cursor.place)
          }
        }
      }
      room *= 2
    }
    swap(&steps, &self.steps)
    (self.rows, self.rejections) = (rows, rejections)
    (counts, names) = (reader.counts, reader.names.texts)
  }

  /// A step takes so many bytes of the journal, or more.
  private static let stepBytes = 24
  private static let roomMin = 64

  /// Gives back the room of the steps.
  consuming func room() -> [ReplayStep] { steps }
}

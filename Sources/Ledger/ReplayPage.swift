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
    var reader = ReplayReader(at: cursor.place, arrival: arrival)
    let bytes = frame.payload.span
    defer { counts = reader.counts }
    while !reader.isAtEnd(bytes) {
      switch try reader.next(bytes, into: &steps) {
      case .taken: break
      case .rejected(let code): if let code { rejections.append(code) }
      case .other(let place):
        cursor.seek(to: place)
        var step = ReplayStep(.row, record: place, time: arrival)
        step.subject = UInt32(rows.count)
        rows.append(try cursor.next())
        steps.append(step)
        reader.go(to: cursor.place)
      }
    }
  }

  /// Gives back the room of the steps.
  consuming func room() -> [ReplayStep] { steps }
}

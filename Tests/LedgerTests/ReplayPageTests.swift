// The rows of a frame taken many at a time, against the same rows taken one by one.

import Orders
import Testing

@testable import Ledger

@Suite("A page of rows, replayed")
struct ReplayPageTests {
  @Test("Rows taken many at a time come to what they come to one by one", arguments: UInt64(1)...60)
  func pages(seed: UInt64) throws {
    var story = EffectStory(seed: seed)
    var (page, single, ahead) = (Replay(), Replay(), Replay())
    let base = Replay(
      books: story.books, openClaims: [:], lastClaim: ClaimNumber(0), published: DecisionNumber(0),
      tally: RowTally())
    (page, single, ahead) = (base, base, base)
    var room = [ReplayStep(.note, record: 3, time: .distantPast)]
    var frame: UInt64 = 1 << 24
    for number in 0..<4 {
      let payload = try rows(&story, frame: frame, numbered: UInt32(number))
      let whole = JournalFrame(
        kind: .rows, offset: frame, end: frame + UInt64(JournalFormat.frameBytes(payload: payload.count)),
        sequence: FrameSequence(UInt64(number) + 9), payload: payload, commit: nil)
      try page.take(whole)
      // As it comes from the thread that reads ahead.
      var handed = whole
      handed.page = ReplayPage(whole, in: room)
      handed.page?.outlook = ReplayOutlook(transaction: Double(4 - number), journal: 5)
      try ahead.take(handed)
      room = handed.page?.room() ?? []
      var cursor = try RowCursor(payload: payload, frame: frame)
      while !cursor.isAtEnd { _ = try single.take(next: &cursor) }
      #expect(page.books.digests == single.books.digests, "seed \(seed)")
      #expect(page.tally == single.tally, "seed \(seed)")
      frame = whole.end
    }
    ahead.end()
    #expect(ahead.books.digests == single.books.digests && ahead.tally == single.tally, "seed \(seed)")
  }

  @Test("A page that ends early, wherever it is cut, is a fault and no crash")
  func cut() throws {
    var story = EffectStory(seed: 7)
    let payload = try rows(&story, frame: 1 << 24, numbered: 1)
    let base = Replay(
      books: story.books, openClaims: [:], lastClaim: ClaimNumber(0), published: DecisionNumber(0),
      tally: RowTally())
    for end in stride(from: RowCursor.headBytes, to: payload.count, by: 7) {
      var replay = base
      let frame = JournalFrame(
        kind: .rows, offset: 1 << 24, end: 1 << 25, sequence: FrameSequence(9),
        payload: Array(payload[..<end]),
        commit: nil)
      // Where a cut falls between two rows the page is only shorter.
      do { try replay.take(frame) } catch is RecordFault {}
    }
  }

  /// Rows as the docket writes them, with everything that a row can come to; the story's books follow.
  private func rows(_ story: inout EffectStory, frame: UInt64, numbered number: UInt32) throws -> [UInt8] {
    let arrival = story.time()
    var writer = RowWriter()
    writer.start(claim: ClaimNumber(number), firstRow: 1, arrival: arrival)
    for _ in 0..<300 {
      let position = Position(frame: frame, record: writer.payload.count)
      if Int.random(in: 0..<8, using: &story.numbers) == 0 {
        let cause = Cause(
          state: story.state(), since: story.chance() ? story.time() : nil,
          setBy: story.chance()
            ? Source(partner: "dtdc", file: story.chance() ? "a.csv" : nil, row: 300) : nil,
          allowedNow: [.confirm, .cancel])
        let faults = [
          Fault(.unknownShipment, .awbNumber, number: -5, second: 700),
          Fault(.quantityOutOfBalance, nil, balance: QuantityBalance(ordered: 4)),
        ]
        let verdict = Verdict.rejected(
          story.chance() ? faults : [faults[1]], cause: story.chance() ? cause : nil,
          at: story.chance() ? story.time() : nil)
        writer.append(verdict, [], bytes: [], heads: [], at: position)
        continue
      }
      if Int.random(in: 0..<4, using: &story.numbers) == 0, let event = event(&story) {
        let head = story.books[event.shipment].head
        writer.append(event, in: [UInt8](repeating: 76, count: 9).span, after: head, at: position)
        story.change {
          if event.scanNumber != 0 { _ = $0.takeScanNumber(event.scanNumber, of: 0) }
          $0.enter(event, at: position)
        }
        continue
      }
      var verdict = Verdict(
        [Outcome.applied, .applied, .duplicate, .recorded, .parked].randomElement(using: &story.numbers)
          ?? .applied)
      if story.chance() { verdict.eventTime = story.time() }
      if story.chance() { (verdict.before, verdict.after) = (story.state(), story.state()) }
      let row = Books.RowContext(partner: 0, position: position, time: verdict.eventTime ?? arrival)
      var (effects, bytes, heads): ([Effect], [UInt8], [Position]) = ([], [], [])
      for _ in 0..<Int.random(in: 0...4, using: &story.numbers) {
        let kind = EffectKind.allCases.randomElement(using: &story.numbers) ?? .confirm
        let (effect, text) = story.next(kind, at: row)
        let place = bytes.count
        bytes += text
        effects.append(RowRecordTests.moved(effect, by: place))
        heads.append(effect.shipment.map { story.books[$0].head } ?? .none)
        story.change { $0.apply(effect, bytes: text, in: row) }
      }
      writer.append(verdict, effects, bytes: bytes, heads: heads, at: position)
    }
    return writer.payload
  }

  /// An event that is told in short, about any shipment there is.
  private func event(_ story: inout EffectStory) -> NextEvent? {
    guard let shipment = story.books.shipments.indices.randomElement(using: &story.numbers) else {
      return nil
    }
    return NextEvent(
      shipment: ShipmentIndex(shipment), time: story.time(),
      scanNumber: story.chance() ? UInt64.random(in: 1...9_000_000, using: &story.numbers) : 0,
      location: Slice(offset: 0, length: Int.random(in: 0...9, using: &story.numbers)),
      code: CodeIndex.random(in: 0..<90, using: &story.numbers), isSecondVersion: story.chance(),
      event: story.chance() ? .delivered : nil, endsReturn: story.chance(), before: story.state(),
      after: story.state(), onReturn: story.chance())
  }
}

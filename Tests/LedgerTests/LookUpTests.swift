// Look-ups of many things at once, held against those of one at a time.

import Orders
import Testing

@testable import Ledger

struct LookUpTests {
  @Test("Keys looked up together are found as one by one, also those nobody has", arguments: [0, 1, 5_000])
  func keysTogether(count: Int) {
    var table = KeyTable(seed: 3)
    for number in 0..<count { _ = table.insert(key(number).span, value: UInt32(number)) }
    var bytes: [UInt8] = []
    var cells: [Slice] = []
    for number in stride(from: 0, to: 6_000, by: 97) {
      let text = key(number)
      cells.append(Slice.absent)
      cells.append(Slice(offset: bytes.count, length: text.count))
      bytes += text
    }
    let keys = cells.count / 2
    #expect(keys <= KeyTable.stageKeys)
    var sought = SoughtKeys()
    sought.take(cells.span, from: 1, by: 2, count: keys, in: bytes.span, for: table.seeking)
    var numbers: [UInt32] = [7]
    table.find(&sought, 0..<keys, of: cells.span, from: 1, by: 2, in: bytes.span, into: &numbers)
    let expected = (0..<keys).map { index in
      table.find(bytes[cells[2 * index + 1].range].span).map { UInt32($0) } ?? .max
    }
    #expect(numbers == expected)
    let soughts = (0..<keys).map { table.sought(bytes[cells[2 * $0 + 1].range].span).hash }
    #expect(sought.soughts.map(\.hash) == soughts)
    #expect(expected.contains(.max) && (count < 97 || expected.contains { $0 != .max }))
  }

  private func key(_ number: Int) -> [UInt8] {
    Array((number % 3 == 0 ? "AWB-\(number)-\(number * 7919)" : "\(number)").utf8)
  }

  @Test(
    "Couriers are the same where their folded names are",
    arguments: ["", "Ekart", "e_kart ", "E-KART", "ekart2", "-", "DTDC"])
  func couriers(name: String) {
    for other in ["", "ekart", "EKART_", " e k a r t", "ekart 2", "_", "dtdc", "dtd"] {
      let (a, b) = (Array(name.utf8), Array(other.utf8))
      let isSame = foldCourier(a.span) == foldCourier(b.span)
      #expect(isSameCourier(a.span, b.span) == isSame, "\(name) and \(other)")
    }
  }

  @Test("A row read alone is the row of its frame, with its number", arguments: UInt64(1)...4)
  func rowsAlone(seed: UInt64) throws {
    var story = EffectStory(seed: seed)
    let frame: UInt64 = 4096
    var writer = RowWriter()
    writer.start(claim: ClaimNumber(9), firstRow: 1001, arrival: story.time())
    var positions: [Position] = []
    for row in 0..<300 {
      var (effect, bytes) = story.next(.confirm, at: story.nextRow())
      if row % 10 == 3 {
        // Longer than what is read of a record at first.
        bytes = [UInt8](repeating: 65, count: 3000)
        effect = .manifest(ShipmentIndex(0), number: Slice(offset: 0, length: bytes.count))
      }
      positions.append(Position(frame: frame, record: writer.payload.count))
      writer.append(
        Verdict(.applied), [effect], bytes: bytes, heads: [.none], at: positions[positions.count - 1])
    }
    let payload = writer.payload
    // Exactly what was asked for.
    let parts: History.PartSource = { _, place, count in
      let end = min(payload.count, place + count)
      return FramePart(bytes: Array(payload[place..<end]), start: place, payloadBytes: payload.count)
    }
    let whole: History.PartSource = { _, _, _ in FramePart(whole: payload) }
    let marks = FrameMarks()
    marks.note(writer.page, frame: frame)
    // Every thirty-second row, and none that begins farther than a mark holds.
    let marked = stride(from: 0, to: 300, by: 32).filter { positions[$0].record <= Int(UInt16.max) }
    #expect(writer.page.marks.count == marked.count && marked.count < 10)
    #expect(payload.count > Int(UInt16.max))
    for (source, known) in [(parts, marks), (whole, marks), (whole, FrameMarks())] {
      let history = History(parts: source, marks: known)
      for place in positions.indices.reversed() {
        let entry = try history.entry(at: positions[place], countingRows: true)
        #expect(entry.row == 1001 + UInt32(place) && entry.claim == ClaimNumber(9))
        #expect(entry.record.effects.count == 1)
      }
    }
  }

  /// The places of a frame lie in one piece of many frames' places; these fill more than one.
  @Test("What is known of very many frames is what was noted of each")
  func marksOfManyFrames() {
    var story = EffectStory(seed: 12)
    var writer = RowWriter()
    let marks = FrameMarks()
    #expect(marks.mark(before: 16, of: 0) == nil && marks[0] == nil)
    var noted: [(frame: UInt64, places: [UInt16])] = []
    for number in 0..<460 {
      let frame = UInt64(number) << 17
      writer.start(claim: ClaimNumber(UInt32(number)), firstRow: 7, arrival: story.time())
      let places = (0..<number % 151).map { UInt16(16 + 40 * $0 + number % 7) }
      marks.note(FrameMarks.Head(of: writer.page), places, frame: frame)
      noted.append((frame, places))
    }
    for (number, (frame, places)) in noted.enumerated() {
      #expect(marks[frame]?.claim == ClaimNumber(UInt32(number)))
      for (ordinal, place) in places.enumerated() where (ordinal + number) % 16 == 0 {
        let mark = FrameMarks.Mark(row: ordinal * FrameMarks.rowsApart, place: Int(place))
        #expect(marks.mark(before: Int(place), of: frame) == mark)
        #expect(marks.mark(before: Int(place) + 1, of: frame) == mark)
      }
      if places.isEmpty { #expect(marks.mark(before: 16, of: frame) == nil) }
    }
    #expect(noted.reduce(0) { $0 + $1.places.count } > 1 << 15)
  }
}

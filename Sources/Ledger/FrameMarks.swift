// Marks of frames: what rows frames begin with, and where in them some of their rows lie.

internal import Orders

/// What is known of the rows frames that were looked at or written: known once, kept for the next look.
///
/// A record says nothing of its row's number, and counting through a frame for it costs a thousand records. With the place of every
/// thirty-second row it costs sixteen. The places of all frames lie one behind the other, two bytes each: a file of ten gigabytes has
/// thirty thousand frames of some eighty places, and an array for each of them takes as much again.
public final class FrameMarks {
  /// So many rows lie between two marks.
  public static let rowsApart = 32
  private static let framesMax = 1 << 16

  /// What a frame begins with.
  struct Head {
    let claim: ClaimNumber
    let firstRow: UInt32
    let arrival: Timestamp
    let payloadBytes: Int

    init(_ cursor: RowCursor, payloadBytes: Int) {
      claim = cursor.claim
      firstRow = cursor.row
      arrival = cursor.arrival
      self.payloadBytes = payloadBytes
    }

    init(of page: RowPage) {
      claim = page.claim
      firstRow = page.firstRow
      arrival = page.arrival
      payloadBytes = page.payload.count
    }
  }

  /// A frame as it is kept.
  private struct Kept {
    let head: Head
    /// In which piece its places lie, and where there; none: nobody has counted yet.
    var piece: UInt16 = 0
    var firstPlace: UInt16 = 0
    var placeCount: UInt16 = 0
  }

  private var numbers: [UInt64: UInt32] = [:]
  private var kept: [Kept] = []
  /// Where the first row's record begins, and that of every thirty-second after it, of one frame after the other; those of a frame
  /// lie in one piece. One array of them all would be twice there whenever it grows.
  private var pieces: [[UInt16]] = []
  private static let piecePlaces = 1 << 15

  public init() {}

  /// What the frame begins with; nil where nobody has looked yet.
  subscript(frame: UInt64) -> Head? { numbers[frame].map { kept[Int($0)].head } }

  /// Notes what a frame begins with.
  func note(_ head: Head, frame: UInt64) {
    // Forgetting costs a look at the journal, and these are very many frames.
    if kept.count == FrameMarks.framesMax { forget() }
    if let number = numbers[frame] {
      kept[Int(number)] = Kept(head: head)
    } else {
      numbers[frame] = UInt32(kept.count)
      kept.append(Kept(head: head))
    }
  }

  /// Notes where rows of a frame lie: the first one, and every thirty-second after it, as far as the number holds the place.
  func note(_ head: Head, _ places: [UInt16], frame: UInt64) {
    note(head, frame: frame)
    guard let number = numbers[frame], !places.isEmpty, places.count <= FrameMarks.piecePlaces else { return }
    if pieces.last.map({ $0.count + places.count > FrameMarks.piecePlaces }) ?? true {
      guard pieces.count < UInt16.max else { return }
      pieces.append([])
      pieces[pieces.count - 1].reserveCapacity(FrameMarks.piecePlaces)
    }
    let piece = pieces.count - 1
    kept[Int(number)].piece = UInt16(piece)
    kept[Int(number)].firstPlace = UInt16(pieces[piece].count)
    kept[Int(number)].placeCount = UInt16(places.count)
    pieces[piece] += places
  }

  /// Notes a page that was written just now.
  public func note(_ page: RowPage, frame: UInt64) { note(Head(of: page), page.marks, frame: frame) }

  /// A record whose row is known.
  struct Mark: Equatable {
    /// How many rows of the frame lie before it.
    let row: Int
    /// Where it begins in the payload.
    let place: Int
  }

  /// The last mark at or before a place; nil where nobody has counted yet.
  func mark(before place: Int, of frame: UInt64) -> Mark? {
    guard let number = numbers[frame] else { return nil }
    let frame = kept[Int(number)]
    if frame.placeCount == 0 { return nil }
    let first = Int(frame.firstPlace)
    let places = pieces[Int(frame.piece)][first..<first + Int(frame.placeCount)]
    return FrameMarks.mark(before: place, in: places)
  }

  /// The same in the places of one frame.
  static func mark(before place: Int, in places: ArraySlice<UInt16>) -> Mark? {
    if places.isEmpty { return nil }
    var (low, high) = (places.startIndex, places.endIndex)
    while high - low > 1 {
      let middle = (low + high) / 2
      if places[middle] <= place { low = middle } else { high = middle }
    }
    return Mark(row: (low - places.startIndex) * rowsApart, place: Int(places[low]))
  }

  private func forget() {
    numbers = [:]
    kept = []
    pieces = []
  }
}

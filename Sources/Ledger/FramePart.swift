// Parts of frames: what a look at one row reads of the journal.

internal import Orders

/// A part of a rows frame's payload: at least what was asked for, as far as the payload goes.
public struct FramePart: Sendable {
  public let bytes: [UInt8]
  /// The place in the payload of the first of these bytes.
  public let start: Int
  /// How long the whole payload is.
  public let payloadBytes: Int

  public init(bytes: [UInt8], start: Int, payloadBytes: Int) {
    self.bytes = bytes
    self.start = start
    self.payloadBytes = payloadBytes
  }

  public init(whole payload: [UInt8]) {
    self.init(bytes: payload, start: 0, payloadBytes: payload.count)
  }

  var reachesEnd: Bool { start + bytes.count >= payloadBytes }
}

/// What rows frames begin with, and where in them some of their rows lie: known once, kept for the next look.
///
/// A record says nothing of its row's number, and counting through a frame for it costs a thousand records. With the place of every
/// thirty-second row it costs sixteen. A frame takes some 250 bytes here: a file of ten gigabytes has thirty thousand of them.
public final class FrameMarks {
  /// So many rows lie between two marks.
  public static let rowsApart = 32
  private static let framesMax = 1 << 16

  struct Head {
    let claim: ClaimNumber
    let firstRow: UInt32
    let arrival: Timestamp
    let payloadBytes: Int
    /// Where the first row's record begins, and that of every thirty-second after it, as far as the number holds the place; empty:
    /// nobody has counted yet.
    var places: [UInt16] = []

    init(_ cursor: RowCursor, payloadBytes: Int, places: [UInt16] = []) {
      claim = cursor.claim
      firstRow = cursor.row
      arrival = cursor.arrival
      self.payloadBytes = payloadBytes
      self.places = places
    }

    init(of page: RowPage) {
      claim = page.claim
      firstRow = page.firstRow
      arrival = page.arrival
      payloadBytes = page.payload.count
      places = page.marks
    }
  }

  private var heads: [UInt64: Head] = [:]

  public init() {}

  subscript(frame: UInt64) -> Head? {
    get { heads[frame] }
    set {
      // Forgetting costs a look at the journal, and these are very many frames.
      if heads.count == FrameMarks.framesMax { heads = [:] }
      heads[frame] = newValue
    }
  }

  /// Notes a page that was written just now.
  public func note(_ page: RowPage, frame: UInt64) { self[frame] = Head(of: page) }
}

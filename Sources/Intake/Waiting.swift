// A waiting file lies in an inbox; the waiting files of all partners form one queue.

public import Files

/// A file that lies in a partner's inbox.
public struct Waiting: Sendable, Equatable {
  /// The folder in which it lies, which is its sender.
  public let partner: String
  public let name: FileName
  /// What the kernel said when the folder was last listed.
  public let status: FileStatus
  /// When it was first listed, in milliseconds of the monotonic clock.
  public let firstSeen: Int64
  /// Since when size, inode and time of change are what they are, on the same clock.
  public let restingSince: Int64
  /// What the last event about this name said, if one was seen.
  public let sign: ArrivalSign?
  /// The companions that lie beside it and are not older than it.
  public let companions: [Companion]
  /// Was it examined already in this very state, and left because it is incomplete?
  public let isHeld: Bool

  /// When it arrived, in nanoseconds since 1970: its last change, which no partner can set.
  public var arrival: Int64 { status.changed }

  public init(
    partner: String, name: FileName, status: FileStatus, firstSeen: Int64 = 0, restingSince: Int64 = 0,
    sign: ArrivalSign? = nil, companions: [Companion] = [], isHeld: Bool = false
  ) {
    self.partner = partner
    self.name = name
    self.status = status
    self.firstSeen = firstSeen
    self.restingSince = restingSince
    self.sign = sign
    self.companions = companions
    self.isHeld = isHeld
  }
}

/// How a file came to its name, as far as the kernel told.
public enum ArrivalSign: Sendable, Equatable {
  /// Renamed into place: the sender says it is complete.
  case renamed
  /// Somebody who wrote to it closed it, at the end or in the middle.
  case closed
}

/// The order in which files that wait together are taken.
///
/// First the step of the processing sequence, then arrival, then name, then partner. Two things bend that between
/// partners of one step, never within one partner:
///
/// - A partner may have `shareFiles` taken before the others have had their turn, so that 50,000 files of one do not
///   make another's single file wait for all of them.
/// - Within a turn a file goes after other partners' smaller ones when it is larger than `smallBytesMax`, or comes
///   after such a file of its own partner.
///
/// A listing is worked off before the next is made, so what is overtaken is overtaken by a bounded number of files.
public enum ProcessingOrder {
  /// How many files of one step a partner may have taken in one turn.
  public static let shareFiles = 256
  /// The size, in bytes, above which a file lets other partners' small ones go first.
  public static let smallBytesMax: Int64 = 16 << 20

  /// The same files, in the order in which they are to be taken.
  public static func sorted(_ waiting: [Waiting]) -> [Waiting] {
    if waiting.count < 2 { return waiting }
    let partners = Set(waiting.map(\.partner)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let ranks = Dictionary(uniqueKeysWithValues: partners.enumerated().map { ($1, $0) })
    var places = waiting.indices.map { index in
      let file = waiting[index]
      return Place(
        step: file.name.step, isLarge: file.status.size > smallBytesMax, arrival: file.arrival,
        partner: ranks[file.partner] ?? 0, index: index)
    }
    // First each partner's own order, which gives every file its turn and says whether a large one is before it.
    places.sort { a, b in
      if a.partner != b.partner { return a.partner < b.partner }
      return a.step != b.step ? a.step < b.step : arrivesBefore(a, b, waiting)
    }
    var ordinal = 0
    for index in places.indices.dropFirst() {
      let before = places[index - 1]
      let continues = before.partner == places[index].partner && before.step == places[index].step
      ordinal = continues ? ordinal + 1 : 0
      places[index].turn = ordinal / shareFiles
      if continues && before.turn == places[index].turn && before.isLarge { places[index].isLarge = true }
    }
    places.sort { a, b in
      if a.step != b.step { return a.step < b.step }
      if a.turn != b.turn { return a.turn < b.turn }
      return a.isLarge != b.isLarge ? b.isLarge : arrivesBefore(a, b, waiting)
    }
    return places.map { waiting[$0.index] }
  }

  /// What the order of a file depends on, in numbers: names are compared only where two arrived in the same instant.
  private struct Place {
    let step: Int
    var turn = 0
    var isLarge: Bool
    let arrival: Int64
    let partner: Int
    let index: Int
  }

  private static func arrivesBefore(_ a: Place, _ b: Place, _ waiting: [Waiting]) -> Bool {
    if a.arrival != b.arrival { return a.arrival < b.arrival }
    let (left, right) = (waiting[a.index].name.bytes, waiting[b.index].name.bytes)
    return left != right ? left.lexicographicallyPrecedes(right) : a.partner < b.partner
  }
}

internal import Orders

/// How a courier did with the shipments that came to an end in the four weeks up to the day.
public struct CourierPerformance: Sendable {
  public var courier: String
  public var delivered = 0
  /// Shipments whose way back began.
  public var returning = 0
  public var lost = 0
  /// Delivered at the first attempt.
  public var atFirstAttempt = 0
  /// Delivered shipments by whole days from manifest to delivery; the last class is open.
  public var byDays = [Int](repeating: 0, count: CourierPerformance.daysClasses)
  /// Delivered shipments by attempts: one, two, three, more.
  public var byAttempts = [Int](repeating: 0, count: CourierPerformance.attemptsClasses)
  /// The same four weeks' shipments that are still on their way.
  public var underway = 0

  public init(courier: String) { self.courier = courier }

  public var ended: Int { delivered + returning + lost }

  /// Half of the delivered shipments took at most so many whole days; nil: nothing was delivered.
  public var daysMedian: Int? { daysAtMost(sharePercent: 50) }
  /// Nine of ten took at most so many whole days.
  public var daysMost: Int? { daysAtMost(sharePercent: 90) }

  private func daysAtMost(sharePercent: Int) -> Int? {
    if delivered == 0 { return nil }
    var reached = 0
    for (days, count) in byDays.enumerated() {
      reached += count
      if reached * 100 >= delivered * sharePercent { return days }
    }
    return byDays.count - 1
  }

  mutating func addDelivery(days: Int, attempts: Int) {
    delivered += 1
    byDays[min(max(days, 0), byDays.count - 1)] += 1
    byAttempts[min(max(attempts, 1), byAttempts.count) - 1] += 1
    if attempts <= 1 { atFirstAttempt += 1 }
  }

  public static let daysClasses = 9
  public static let attemptsClasses = 4
  public static let windowDays: Int64 = 28

  /// `0` … `7`, `8+`
  public static func daysLabel(_ place: Int) -> String {
    place == daysClasses - 1 ? "\(place)+" : String(place)
  }
  /// `1` … `3`, `4+`
  public static func attemptsLabel(_ place: Int) -> String {
    place == attemptsClasses - 1 ? "\(place + 1)+" : String(place + 1)
  }
}

/// What is remembered of a shipment beside the books while the journal is read: twelve bytes each.
struct ShipmentTrack {
  /// Minutes since 1970; `none` where it has not happened.
  private var manifestMinute = ShipmentTrack.none
  private var returnMinute = ShipmentTrack.none
  private(set) var failedAttempts: UInt8 = 0
  var marks: Marks = []

  struct Marks: OptionSet {
    let rawValue: UInt8
    /// A carrier reported on it.
    static let scanned = Marks(rawValue: 1)
    /// An event before its delivery proves that the goods were picked up.
    static let seenMoving = Marks(rawValue: 2)
  }

  private static let none = Int32.min

  /// The last manifest's own time.
  var manifestedAt: Timestamp? {
    get { ShipmentTrack.time(manifestMinute) }
    set { manifestMinute = ShipmentTrack.minute(newValue) }
  }

  /// When its way back began.
  var returningSince: Timestamp? {
    get { ShipmentTrack.time(returnMinute) }
    set { returnMinute = ShipmentTrack.minute(newValue) }
  }

  mutating func addFailedAttempt() { if failedAttempts < .max { failedAttempts += 1 } }

  private static func minute(_ time: Timestamp?) -> Int32 {
    guard let time else { return none }
    return Int32(clamping: time.milliseconds / 60_000)
  }
  private static func time(_ minute: Int32) -> Timestamp? {
    minute == none ? nil : Timestamp(milliseconds: Int64(minute) * 60_000)
  }
}

extension EventKind {
  /// Does it show the goods in a carrier's hands, before they were delivered?
  var provesPickup: Bool {
    switch self {
    case .pickedUp, .inTransit, .outForDelivery, .undelivered, .rto, .rtoInTransit, .rtoOutForDelivery,
      .damaged:
      true
    default: false
    }
  }
}

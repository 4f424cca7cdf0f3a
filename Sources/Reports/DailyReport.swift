/// A day of the exchange as facts: what came, what became of it, where everything stands, and what waits for whom.
///
/// The facts are counted in one walk over the journal (`DayGathering`) and hold no rows: groups, sums and a bounded number
/// of examples. What is said about them (`Attention`), the tables (`ReportTables`) and the page (`ReportPage`) are made
/// from these values alone, so the same ledger and the same day always give the same bytes.

public import Orders

public struct DailyReport: Sendable {
  public let day: ReportDay
  /// When ages are counted from: the day's end, or the time it was made while the day was not over.
  public var asOf: Timestamp
  /// The decision after which the day ends in the ledger.
  public var lastDecision = DecisionNumber(0)

  public var conservation = Conservation()
  public var hours = [HourCounts](repeating: HourCounts(), count: 24)
  /// What each partner's files of a kind came to, in the order of partners and kinds.
  public var mixes: [Mix] = []
  /// Rejected rows, the most frequent first.
  public var rejections: [RejectionCount] = []
  /// How many of the day's rejected rows of a partner were not sent again on the day, corrected or not.
  public var openRejections: [String: Int] = [:]
  /// Files that were refused or held whole.
  public var refusals: [RefusedFile] = []
  public var refusalsLeftOut = 0
  public var unknownCodes: [UnknownCode] = []
  /// The day's files of the one partner whose files were asked for; bounded.
  public var files: [FileLine] = []
  public var filesLeftOut = 0
  public var standing = Standing()
  /// Goods that were seen after their cancellation, as the ledger stands at the day's end.
  public var exceptions = ScanExceptions()
  public var couriers: [CourierPerformance] = []
  public var failedDeliveries: [FailedDelivery] = []
  public var parked: [ParkedGroup] = []
  /// Rows that were rejected on the day because they had waited too long, by the partner that sent them.
  public var expired: [(partner: String, rows: Int)] = []
  public var arrivals: [ArrivalHabit] = []
  /// Day after day up to this one, the oldest first.
  public var days: [DayCounts] = []

  public init(day: ReportDay, asOf: Timestamp) {
    self.day = day
    self.asOf = asOf
  }

  /// Is the day over?
  public var isWhole: Bool { asOf >= day.end }
}

extension DailyReport {
  /// What must balance: two sides that were counted apart.
  public struct Conservation: Sendable {
    /// As the decisions on the day's files say it.
    public var decided = RowCounts()
    /// As the rows of the journal were counted one by one.
    public var counted = RowCounts()
    /// Rows of files that were answered with an earlier answer: read before, judged once.
    public var repeatedRows = 0
    /// Shipments that came into being since the ledger began.
    public var shipmentsIn = 0
    /// Those of them that a split left without a line.
    public var shipmentsEmptied = 0
    /// Shipments by the state they are in, since the ledger began.
    public var shipmentsByState = [Int](repeating: 0, count: ShipmentState.allCases.count)

    public init() {}

    public var rowsBalance: Bool {
      decided.isConserved && counted.isConserved && decided == counted
    }
    public var shipmentsBalance: Bool {
      shipmentsIn == shipmentsEmptied + shipmentsByState.reduce(0, +)
    }
  }

  /// An hour of the day.
  public struct HourCounts: Sendable {
    public var files = 0
    public var rows = RowCounts()
    /// Rows in this hour on an ordinary day: the mean of the working days among the 28 before.
    public var usualRows = 0

    public init() {}
  }

  public struct Mix: Sendable {
    public var partner: String
    /// Nil: nothing told which kind of file it was.
    public var kind: Kind?
    public var files = 0
    public var filesRefused = 0
    public var filesRepeated = 0
    public var rows = RowCounts()
  }

  public struct RejectionCount: Sendable {
    public var partner: String
    public var kind: Kind?
    public var code: RejectionCode
    public var count: Int
    public var files: Int
    /// Rows with the same code from the same partner on a day of the week before, on average.
    public var usual: Int
    public var examples: [Example]

    public struct Example: Sendable, Equatable {
      public var file: String
      public var row: Int
      public var column: String?
    }
  }

  public struct RefusedFile: Sendable {
    public var partner: String
    public var file: String
    public var outcome: FileOutcome
    public var code: RejectionCode?
    public var arrivedAt: Timestamp
  }

  /// A file of the day and what it came to.
  public struct FileLine: Sendable {
    public var name: String
    public var kind: Kind?
    public var arrivedAt: Timestamp
    public var outcome: FileOutcome
    public var code: RejectionCode?
    public var rows: RowCounts
    public var decision: DecisionNumber
  }

  /// A code that no table has.
  public struct UnknownCode: Sendable {
    public var partner: String
    public var code: String
    public var count: Int
    /// The code that the table has with zeros in front, which a spreadsheet takes away.
    public var withZeros: String?
  }

  /// Attempts that failed, by courier and reason.
  public struct FailedDelivery: Sendable {
    public var courier: String
    /// Nil: the code does not say why.
    public var reason: NDRReason?
    public var today = 0
    /// In the seven days up to this one.
    public var week = 0
  }

  /// Rows that wait for an earlier step.
  public struct ParkedGroup: Sendable {
    public var partner: String
    public var rows = 0
    /// Under 6 hours, 6 to 24, 1 to 2 days, 2 to 3 days, longer.
    public var byAge = [Int](repeating: 0, count: ParkedGroup.ages.count)
    public var oldest: Timestamp
    /// How long a row of the partner may wait.
    public var hoursMax: Int
    /// Rows whose time runs out within a day, or has.
    public var nearTheirEnd = 0
    /// Who can still free those rows: the warehouses of their shipments.
    public var movers: [String] = []

    public static let ages = [
      "under 6\u{A0}h", "6 to 24\u{A0}h", "1 to 2\u{A0}d", "2 to 3\u{A0}d", "over 3\u{A0}d",
    ]
    public static let ageHours = [6, 24, 48, 72]
  }

  /// What one day came to.
  public struct DayCounts: Sendable {
    public let day: ReportDay
    public var files = 0
    public var filesRefused = 0
    public var rows = RowCounts()
    public var shipmentsCreated = 0
    public var manifested = 0
    public var delivered = 0
    public var returning = 0
    public var failedAttempts = 0
  }
}

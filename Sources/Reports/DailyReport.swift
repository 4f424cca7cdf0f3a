/// A day of the exchange as facts: what came, what became of it, where everything stands, and what waits for whom.
///
/// The facts are counted in one walk over the journal (`DayGathering`) and hold no rows: groups, sums and a bounded number
/// of examples. What is said about them (`Attention`), the tables (`ReportTables`) and the page (`ReportPage`) are made
/// from these values alone, so the same ledger and the same day always give the same bytes.

package import Orders

package struct DailyReport: Sendable {
  package let day: ReportDay
  /// When ages are counted from: the day's end, or the time it was made while the day was not over.
  package var asOf: Timestamp
  /// The decision after which the day ends in the ledger.
  package var lastDecision = DecisionNumber(0)

  package var conservation = Conservation()
  package var hours = [HourCounts](repeating: HourCounts(), count: 24)
  /// What each partner's files of a kind came to, in the order of partners and kinds.
  package var mixes: [Mix] = []
  /// Rejected rows, the most frequent first.
  package var rejections: [RejectionCount] = []
  /// How many of the day's rejected rows of a partner were not sent again on the day, corrected or not.
  package var openRejections: [String: Int] = [:]
  /// Files that were refused or held whole.
  package var refusals: [RefusedFile] = []
  package var refusalsLeftOut = 0
  package var unknownCodes: [UnknownCode] = []
  /// The day's files of the one partner whose files were asked for; bounded.
  package var files: [FileLine] = []
  package var filesLeftOut = 0
  package var standing = Standing()
  /// Goods that were seen after their cancellation, as the ledger stands at the day's end.
  package var exceptions = ScanExceptions()
  package var couriers: [CourierPerformance] = []
  package var failedDeliveries: [FailedDelivery] = []
  package var parked: [ParkedGroup] = []
  /// Rows that were rejected on the day because they had waited too long, by the partner that sent them.
  package var expired: [(partner: String, rows: Int)] = []
  package var arrivals: [ArrivalHabit] = []
  /// Day after day up to this one, the oldest first.
  package var days: [DayCounts] = []

  package init(day: ReportDay, asOf: Timestamp) {
    self.day = day
    self.asOf = asOf
  }

  /// Is the day over?
  package var isWhole: Bool { asOf >= day.end }
}

extension DailyReport {
  /// What must balance: two sides that were counted apart.
  package struct Conservation: Sendable {
    /// As the decisions on the day's files say it.
    package var decided = RowCounts()
    /// As the rows of the journal were counted one by one.
    package var counted = RowCounts()
    /// Rows of files that were answered with an earlier answer: read before, judged once.
    package var repeatedRows = 0
    /// Shipments that came into being since the ledger began.
    package var shipmentsIn = 0
    /// Those of them that a split left without a line.
    package var shipmentsEmptied = 0
    /// Shipments by the state they are in, since the ledger began.
    package var shipmentsByState = [Int](repeating: 0, count: ShipmentState.allCases.count)

    package init() {}

    package var rowsBalance: Bool {
      decided.isConserved && counted.isConserved && decided == counted
    }
    package var shipmentsBalance: Bool {
      shipmentsIn == shipmentsEmptied + shipmentsByState.reduce(0, +)
    }
  }

  /// An hour of the day.
  package struct HourCounts: Sendable {
    package var files = 0
    package var rows = RowCounts()
    /// Rows in this hour on an ordinary day: the mean of the working days among the 28 before.
    package var usualRows = 0

    package init() {}
  }

  package struct Mix: Sendable {
    package var partner: String
    /// Nil: nothing told which kind of file it was.
    package var kind: Kind?
    package var files = 0
    package var filesRefused = 0
    package var filesRepeated = 0
    package var rows = RowCounts()
  }

  package struct RejectionCount: Sendable {
    package var partner: String
    package var kind: Kind?
    package var code: RejectionCode
    package var count: Int
    package var files: Int
    /// Rows with the same code from the same partner on a day of the week before, on average.
    package var usual: Int
    package var examples: [Example]

    package struct Example: Sendable, Equatable {
      package var file: String
      package var row: Int
      package var column: String?
    }
  }

  package struct RefusedFile: Sendable {
    package var partner: String
    package var file: String
    package var outcome: FileOutcome
    package var code: RejectionCode?
    package var arrivedAt: Timestamp
  }

  /// A file of the day and what it came to.
  package struct FileLine: Sendable {
    package var name: String
    package var kind: Kind?
    package var arrivedAt: Timestamp
    package var outcome: FileOutcome
    package var code: RejectionCode?
    package var rows: RowCounts
    package var decision: DecisionNumber
  }

  /// A code that no table has.
  package struct UnknownCode: Sendable {
    package var partner: String
    package var code: String
    package var count: Int
    /// The code that the table has with zeros in front, which a spreadsheet takes away.
    package var withZeros: String?
  }

  /// Attempts that failed, by courier and reason.
  package struct FailedDelivery: Sendable {
    package var courier: String
    /// Nil: the code does not say why.
    package var reason: NDRReason?
    package var today = 0
    /// In the seven days up to this one.
    package var week = 0
  }

  /// Rows that wait for an earlier step.
  package struct ParkedGroup: Sendable {
    package var partner: String
    package var rows = 0
    /// Under 6 hours, 6 to 24, 1 to 2 days, 2 to 3 days, longer.
    package var byAge = [Int](repeating: 0, count: ParkedGroup.ages.count)
    package var oldest: Timestamp
    /// How long a row of the partner may wait.
    package var hoursMax: Int
    /// Rows whose time runs out within a day, or has.
    package var nearTheirEnd = 0
    /// Who can still free those rows: the warehouses of their shipments.
    package var movers: [String] = []

    package static let ages = [
      "under 6\u{A0}h", "6 to 24\u{A0}h", "1 to 2\u{A0}d", "2 to 3\u{A0}d", "over 3\u{A0}d",
    ]
    package static let ageHours = [6, 24, 48, 72]
  }

  /// What one day came to.
  package struct DayCounts: Sendable {
    package let day: ReportDay
    package var files = 0
    package var filesRefused = 0
    package var rows = RowCounts()
    package var shipmentsCreated = 0
    package var manifested = 0
    package var delivered = 0
    package var returning = 0
    package var failedAttempts = 0
  }
}

/// The exchange as the command line sees it: what a verb may ask, and the values it gets to print.
///
/// The verbs know nothing of journals, claims or parsers. What comes back are plain values with everything that the
/// screen shows, so that every table can be tested without an exchange.

import Exchange
import Orders
import Reports

/// An exchange in one folder, with its configuration read.
protocol Engine: DeedEngine, OperatorEngine, ReconcilingEngine {
  /// The zone of the exchange: in it times are shown, and read when they name no offset.
  var zone: Zone { get }
  /// The partners as the configuration left them, in the order of the built-in profiles.
  var profiles: [PartnerProfile] { get }

  /// Drops the sample trading day into the inboxes and processes it; the same day again gives the same report.
  func runDay(_ work: Work) throws(Failure) -> TryReport
  /// Processes all that waits.
  func once(_ work: Work) throws(Failure) -> OnceSummary
  /// Watches the inboxes until SIGTERM or SIGINT, and finishes the file in hand.
  func watch(_ work: Work) throws(Failure) -> WatchSummary
  /// Judges a file against the live ledger and changes nothing.
  func check(_ file: [UInt8], partner: String, at clock: Timestamp?) throws(Failure) -> CheckResult
  /// The whole history of an order, found by its number, an AWB or an invoice id.
  ///
  /// - Parameters:
  ///   - asOf: only what had happened by then.
  ///   - knownAt: only what had arrived by then.
  func history(_ number: String, asOf: Timestamp?, knownAt: Timestamp?) throws(Failure) -> OrderStory
  func status() throws(Failure) -> StatusView
  /// Writes the report of a day, today where none is given, and says where it lies and what needs somebody.
  func report(of day: GivenTime?, at clock: GivenTime?, _ progress: @escaping (Headway) -> Void)
    throws(Failure) -> ReportFolder.Written
  /// What became of every file of a name, oldest first; of one partner where it is given.
  func fileStories(
    of name: [UInt8], from partner: String?, rowsMax: Int, _ progress: @escaping (Headway) -> Void
  ) throws(Failure) -> [FileStory]
  /// A partner's day, today where none is given.
  func partnerStory(
    of profile: PartnerProfile, on day: GivenTime?, at clock: GivenTime?,
    _ progress: @escaping (Headway) -> Void
  ) throws(Failure) -> PartnerStory
  /// Checks every frame, the hash chain and the archived originals.
  func verifyLedger(_ progress: @escaping (Headway) -> Void) throws(Failure) -> VerifyView
  /// Derives every answer again, of one day's files or of all, and compares.
  func proveLedger(day: GivenTime?, _ progress: @escaping (Headway) -> Void) throws(Failure) -> ProveView
  /// Makes a checkpoint of everything that is durable; nil: nothing was processed yet.
  func checkpointLedger() throws(Failure) -> StatusView.Checkpoint?
  /// Cuts a damaged journal behind its last sound commit; `sequence` must name the place.
  func repairLedger(to sequence: UInt64, at clock: GivenTime?) throws(Failure) -> RepairView
  /// Hands over the ledger line by line as JSON Lines, until the sink says that it takes no more.
  func dumpLedger(_ sink: (_ lines: [UInt8]) -> Bool) throws(Failure)
}

/// How work is to be done, and whom to tell while it is.
struct Work {
  /// A clock that stands still, for output that can be reproduced; nil: the machine's.
  var clock: GivenTime?
  /// How many processors to use; nil: as many as there are.
  var jobs: Int?
  var progress: (Headway) -> Void = { _ in }
  /// Told of each file when its answer lies in the outbox.
  var answered: (AnsweredFile) -> Void = { _ in }
  /// Told of what an operator should see in the log.
  var noticed: (Notice) -> Void = { _ in }
}

/// Why the exchange could not do what was asked, as evidence; the sentences are made in `Sentences`.
enum Failure: Error, Equatable {
  enum Action: Equatable { case read, write, make, writeOutput }

  /// The kernel refused; `number` is its errno.
  case system(action: Action, path: [UInt8]?, number: Int32)
  /// ROOT has no inbox.
  case notAnExchange(root: String)
  /// A fault in `exchange.json`, with the path of the key in it.
  case configuration(file: String, path: String, problem: String)
  /// `config check` has named the faults of a configuration.
  case unsoundConfiguration(file: String, faults: Int)
  /// Another process holds the ledger.
  case alreadyRunning(processID: Int32?)
  /// `try` finds a ledger that holds other work than the sample day.
  case ledgerHoldsOtherWork
  case sampleMissing(path: String)
  /// A verb that only reads finds nothing to read.
  case noLedger(root: String)
  case unknownOrder(String)
  /// It is known now, and was not at the time that was asked for.
  case notYetKnown(String)
  case unknownFile([UInt8])
  /// No answer of that name was ever published to the partner.
  case neverPublished(partner: String, name: [UInt8])
  /// A file cannot leave quarantine.
  case notReleased(name: [UInt8], because: ReleaseRefusal)
  case unknownPartner(String)
  /// The bytes of a published answer lie nowhere any more.
  case answerLost(partner: String, name: [UInt8])
  /// Files that the disk does not give; the first of them, and how many others. All else was processed.
  case unreadableFiles(partner: String, name: [UInt8], number: Int32, others: Int)
  /// The disk has no room for a file, and for how many others; all else was processed.
  case noRoomFor(partner: String, name: [UInt8], neededBytes: Int, others: Int)
  /// A running daemon was asked for a checkpoint and could not make it.
  case checkpointNotMade
  /// The process that holds the ledger does not know what was asked of it.
  case notUnderstood
  case damagedLedger(file: String, offset: Int64, sequence: UInt64?, what: String)
  /// The ledger ends before what an answer in the outbox says was committed.
  case ledgerBehind(published: UInt64)
  /// Anything else, as a sentence that its own room made.
  case stopped(String)
}

/// Something that happened beside the answers.
enum Notice {
  case watching(folders: Int)
  /// The inboxes are looked at every second, because nothing tells when something arrives.
  case polls(because: String)
  /// The kernel tells again when something arrives.
  case watchesAgain
  /// Nobody tells who still writes to another user's file.
  case cannotAskWriters
  /// The configuration was edited, and holds from now on.
  case settingsTaken
  /// The configuration was edited and cannot be read; the old one holds.
  case settingsRefused(String)
  /// A torn tail was set aside at start.
  case tornTail(String)
  /// A checkpoint could not be used or made.
  case checkpoint(String)
  /// Something in an inbox that is no partner's upload, and stays where it is.
  case strange(partner: String?, name: [UInt8], because: String)
  /// A file that a crash interrupted is judged now.
  case resumed(partner: String, name: [UInt8])
  /// A file with other bytes has the name of an answer; it was left alone.
  case answerDiffers(partner: String, name: [UInt8])
  /// A committed answer lies nowhere any more: its partner took it.
  case answerGone(partner: String, name: [UInt8])
  /// The program died of this file before; it is in quarantine now, answered as our own fault.
  case condemned(partner: String, name: [UInt8])
  /// A claimed file was taken out of the ledger before it was judged.
  case claimGone(partner: String, name: [UInt8])
  /// One file waits until the disk has room for it; the others go on.
  case noRoomFor(partner: String, name: [UInt8], freeBytes: Int, neededBytes: Int)
  /// Claims of an interrupted run whose files were never taken.
  case claimsVoid(count: Int)
  /// `ledger/salt` was missing, though accounts had been fingerprinted with it.
  case saltMade
  /// Nobody knows any more which settings the newest decision was made under.
  case settingsForgotten
  /// A file that the calendar expects did not come.
  case fileMissing(partner: String, kind: Kind, due: String)
  /// Nothing is claimed until the disk has more room.
  case noRoom(freeBytes: Int, neededBytes: Int)
  /// A released file stays in quarantine, because something in its inbox has its name now.
  case notPutBack(partner: String, name: [UInt8])
  /// What a sender wrote to an upload while it was answered was set aside, because something newer has its name.
  case leftInQuarantine(partner: String, name: [UInt8])
  /// The operator's program could not be told.
  case alarmFailed(String)
  /// Nothing out of the ordinary: only a log says it.
  case event(ExchangeEvent)
}

/// A file in an inbox that was not taken, and why.
struct WaitingFile: Equatable {
  enum Reason: Equatable {
    /// Nothing is wrong with it: its turn has not come.
    case itsTurn
    case stillWritten, temporaryName, waitsForCompanion
    /// Its partner is paused.
    case paused
    /// Another name leads to the same file.
    case hasSecondName
    /// Its end is missing.
    case incomplete
    /// More of its rows would be rejected than the partner's budget allows.
    case overErrorBudget
    case notARegularFile, nameNotAcceptable
    /// Reading it failed with this errno.
    case unreadable(Int32)
    /// The disk has no room for what it leads to: so much must be free.
    case noRoom(neededBytes: Int)
  }

  var partner: String
  var name: [UInt8]
  var reason: Reason
  var since: Timestamp?
}

/// A file and what it came to: a line of the tables of `try`, `once` and `status`.
struct AnsweredFile: Equatable {
  var partner: String
  var name: [UInt8]
  /// Nil: nothing told which kind of file it is.
  var kind: Kind?
  var outcome: FileOutcome
  var rows: RowCounts
  var decision: DecisionNumber?
  var completedAt: Timestamp?
  /// Why it was refused or held as a whole.
  var refusal: RejectionCode?
}

/// What `waybill try` shows.
struct TryReport {
  var files: [AnsweredFile]
  /// The day lay in the ledger before, and nothing was done anew.
  var isRepeat: Bool
  /// Where to look next; nil: the day has no such thing.
  /// A file of rejected rows, relative to ROOT.
  var errorsFile: String?
  /// An order that had an eventful day.
  var orderNumber: String?
  /// The most frequent code among its rejections.
  var code: RejectionCode?
}

/// What `waybill once` shows.
struct OnceSummary {
  var files: [AnsweredFile]
  /// What still lies in the inboxes.
  var left: [WaitingFile]
  /// Rows freed from waiting by this run, by what they came to.
  var settled: RowCounts
  var seconds: Double

  /// Was anything rejected or held? With `--strict` that is the exit status.
  var hasFindings: Bool {
    left.contains { $0.reason != .itsTurn }
      || settled[.rejected] > 0
      || files.contains { $0.outcome == .held || $0.outcome == .rejected || $0.rows[.rejected] > 0 }
  }
}

/// What `waybill run` says when it ends.
struct WatchSummary {
  var files: Int
  var rows: RowCounts
  var seconds: Double
}

/// What `waybill check` shows: the ack, and the rows that would be rejected or wait.
struct CheckResult {
  /// Rejections of one code, as the ack groups them.
  struct Group: Equatable {
    var code: RejectionCode
    var count: Int
    var sentence: String
    var who: Actor
  }

  /// A line of the result file.
  struct Row: Equatable {
    var row: Int
    var line: Int
    /// Order number, invoice id and AWB, or the kind's own keys; those that the row names.
    var keys: [String]
    var outcome: Outcome
    var code: RejectionCode?
    var field: String?
    var message: String
    var before: ShipmentState?
    var after: ShipmentState?
  }

  var file: AnsweredFile
  var groups: [Group]
  /// The rows that are not simply applied, in order; bounded, the rest is counted.
  var rows: [Row]
  var rowsLeftOut: Int
  /// The sentence of the ack when the file would be refused or held whole.
  var refusal: String?

  var hasFindings: Bool {
    file.rows[.rejected] > 0 || file.outcome == .rejected || file.outcome == .held
  }
}

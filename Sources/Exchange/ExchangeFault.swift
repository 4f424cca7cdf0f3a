internal import Files
internal import Ledger
public import Orders

/// Why the exchange stops: our own failure, with what and where. A restart recovers.
public enum ExchangeFault: Error, CustomStringConvertible {
  /// ROOT has no inbox.
  case notAnExchange(root: String)
  /// Another process holds the ledger; its process id where it is known.
  case alreadyRunning(processID: Int32?)
  /// A folder of the exchange lies on another file system than the ledger, so that nothing could be renamed into it.
  case otherFileSystem(path: String)
  /// An outbox bears a group that we may not give to what is renamed into it, so that its partner could not read it.
  case foreignGroup(path: String)
  /// A verb that only reads finds no ledger.
  case noLedger(root: String)
  /// A repair was begun and did not come to its end.
  case repairUnfinished(last: UInt64)
  /// The rows of a deed do not add up to its outcomes.
  case notConserved(deed: String)
  /// The disk has no room for another claim and what it leads to.
  case noRoom(freeBytes: UInt64, neededBytes: UInt64)
  /// The system's gzip is missing or was killed.
  case cannotUnpack(status: Int32)

  public var description: String {
    switch self {
    case .notAnExchange(let root):
      "\(root) is no exchange: it has no folder named inbox; waybill init makes one"
    case .alreadyRunning(let process):
      "another waybill works on this ledger\(process.map { " (process \($0))" } ?? ""); only one may write at a time"
    case .otherFileSystem(let path):
      "\(path) lies on another file system than the ledger; answers are published by rename"
    case .foreignGroup(let path):
      "\(path) bears a group that waybill's user is not in, so its partner could not read long answers; add the user to that "
        + "group"
    case .noLedger(let root): "\(root) has no ledger yet; waybill once or waybill run makes it"
    case .repairUnfinished(let last):
      "a repair of this ledger was begun and is not finished: `waybill ledger repair --to \(last)` ends it"
    case .notConserved(let deed):
      "the rows of the \(deed) do not add up to its outcomes; nothing of it was published"
    case .noRoom(let free, let needed):
      "the disk has \(free) bytes left where \(needed) are needed; every file stays in its inbox"
    case .cannotUnpack(let status): "gzip, which unpacks .gz files, is missing or was killed (\(status))"
    }
  }
}

/// What a file came to, for the table of a run.
public struct FileReport: Sendable {
  public let partner: String
  public let name: [UInt8]
  public let kind: Kind?
  public let outcome: FileOutcome
  public let refusal: RejectionCode?
  public let rows: RowCounts
  public let decision: DecisionNumber
  public let receivedAt: Timestamp
  /// It lies in quarantine.
  public let isQuarantined: Bool

  init(_ file: FileRecord, partner: String) {
    self.partner = partner
    name = file.name
    kind = file.kind
    outcome = file.outcome
    refusal = file.refusal
    rows = file.counts
    decision = file.decision
    receivedAt = file.receivedAt
    isQuarantined = file.isQuarantined
  }
}

/// What happens beside the answers and should stand in the log.
public enum ExchangeNotice: Sendable {
  /// A torn tail was set aside at start.
  case tornTail(String)
  /// A checkpoint could not be used or made.
  case checkpoint(String)
  /// A file or folder in an inbox is left where it is.
  case leftAlone(partner: String?, name: [UInt8], because: String)
  /// A claim that a crash left behind is judged now.
  case resumed(partner: String, name: [UInt8])
  /// An answer was not put into the outbox because a file with other bytes has its name.
  case differs(partner: String, name: [UInt8])
  /// The program died of a claim before; it lies in quarantine now, answered as our own fault.
  case condemned(partner: String, name: [UInt8])
  /// A claimed file was taken out of the ledger before it was judged.
  case claimGone(partner: String, name: [UInt8])
  /// Claims of an interrupted run whose files are not in the ledger: a crash came before they were taken.
  case claimsVoid(count: Int)
  /// `ledger/salt` was missing, though accounts were fingerprinted with it.
  case saltMade
  /// Nobody knows any more which settings the newest decision was made under, so that feeds cannot follow what was edited since.
  case settingsForgotten
  /// Nothing is claimed until the disk has more room.
  case noRoom(freeBytes: UInt64, neededBytes: UInt64)
  /// One file waits until the disk has room for it; the others go on.
  case noRoomFor(partner: String, name: [UInt8], freeBytes: UInt64, neededBytes: UInt64)
  /// An answer that was committed is neither staged nor in the outbox any more.
  case answerGone(partner: String, name: [UInt8])
  /// The inboxes are looked at every second, because nothing tells when something arrives.
  case polls(because: String)
  /// The kernel tells again when something arrives.
  case watchesAgain
  /// Nobody tells who still writes to a file of another user: the settle time alone decides.
  case cannotAskWriters
  /// A released file could not be put back, because something in its inbox has its name now; it stays in quarantine.
  case notPutBack(partner: String, name: [UInt8])
  /// What a sender wrote to an upload while it was answered lies in quarantine, because something newer has its name in the inbox.
  case leftInQuarantine(partner: String, name: [UInt8])
  /// A file that the calendar expects did not come; when it was due, as the partner's clock shows it.
  case fileMissing(partner: String, kind: Kind, due: String)
  /// The operator's program could not be told, in a sentence.
  case alarmFailed(String)
  /// Nothing out of the ordinary, for whoever keeps a log.
  case event(ExchangeEvent)
}

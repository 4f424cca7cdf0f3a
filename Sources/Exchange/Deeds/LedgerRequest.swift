internal import Files
public import Ledger
public import Orders

/// What an operator's verb asks of the ledger, whoever holds it.
public struct LedgerRequest: Sendable, Equatable {
  public enum What: Sendable, Equatable {
    /// Rows that waited too long are rejected.
    case reconcile
    /// An answer is published once more.
    case reissue(partner: [UInt8], name: [UInt8], reason: [UInt8])
    /// The books are written down as they stand, so that the next start reads less; no transaction, so nothing to double.
    case checkpoint
    /// Nothing is taken out of the partner's inbox from now on, or it is again.
    case pause(partner: [UInt8], reason: [UInt8])
    case resume(partner: [UInt8], reason: [UInt8])
    /// A file goes from quarantine back into its inbox.
    case release(name: [UInt8], reason: [UInt8])
  }

  /// It stands in the commits that the request leads to, so that a crash neither loses nor doubles it.
  public let number: RequestNumber
  /// The process that asks, and waits for the answer.
  public let asker: Int32
  /// The clock by which it is carried out.
  public let at: Timestamp
  public let what: What
  /// Who asks: a login's name.
  public var by: [UInt8] = []

  public init(number: RequestNumber, asker: Int32, at: Timestamp, _ what: What) {
    self.number = number
    self.asker = asker
    self.at = at
    self.what = what
  }
}

/// What came of a request.
public enum RequestAnswer: Sendable, Equatable {
  /// Why nothing was done.
  public enum Refusal: UInt8, Sendable {
    /// No answer of that name was ever published to the partner.
    case neverPublished = 1
    /// The ledger no longer has the bytes that were committed.
    case bytesGone = 2
    /// The request is not one that this program knows.
    case notUnderstood = 3
    /// A checkpoint was begun and could not be made; the log of the one who tried says why.
    case notMade = 4
    /// The configuration has no such partner.
    case unknownPartner = 5
    /// Nothing in quarantine has the name.
    case notInQuarantine = 6
    /// What has the name came out of no inbox.
    case noUpload = 7
    /// Something in the inbox has the file's name already.
    case nameTaken = 8
  }

  case reconciled(Expired)
  /// Where the newest checkpoint stands, and its size; nil: nothing was decided yet.
  case checkpointed(CheckpointStanding?)
  case reissued(Reissued)
  /// What lies in the outbox is what was published.
  case unchanged
  /// Written down under this number.
  case done(DecisionNumber)
  case refused(Refusal)
}

/// Where a checkpoint stands.
public struct CheckpointStanding: Sendable, Equatable {
  public var decision: DecisionNumber
  public var byteCount: Int64

  init(decision: DecisionNumber, byteCount: Int64) {
    self.decision = decision
    self.byteCount = byteCount
  }
}

/// What an expiry came to.
public struct Expired: Sendable, Equatable {
  /// Rows that were rejected because they waited too long.
  public var rows = 0
  /// The answers that say so, the first of them; partner and name.
  public var answers: [Answer] = []
  public var answersLeftOut = 0

  public struct Answer: Sendable, Equatable {
    public var partner: [UInt8]
    public var name: [UInt8]
  }

  static let answersMax = 1_000

  public init() {}

  /// All that was decided for a request, also where a crash came between.
  init(of request: RequestNumber, in books: Books) {
    for deed in books.deeds where deed.kind == .expiry && deed.request == request {
      rows += deed.counts.read
      for answer in deed.answers {
        if answers.count < Expired.answersMax {
          answers.append(Answer(partner: books.partners[Int(answer.partner)], name: answer.name))
        } else {
          answersLeftOut += 1
        }
      }
    }
  }
}

/// What a reissue came to.
public struct Reissued: Sendable, Equatable {
  public var digest: String { hexadecimal(sha256) }
  public var decision: DecisionNumber
  public var byteCount: Int64
  public var sha256: [UInt8]
  /// The name in `ledger/quarantine` of what lay in its place; empty where nothing did.
  public var keptAside: [UInt8]

  init(_ deed: DeedRecord) {
    decision = deed.decision
    byteCount = deed.answers.first?.byteCount ?? 0
    sha256 = deed.answers.first?.sha256 ?? []
    keptAside =
      deed.replaced.isEmpty
      ? [] : OpenLedger.quarantineName(of: deed.answers.first?.name ?? [], deed.decision)
  }

  init(decision: DecisionNumber, byteCount: Int64, sha256: [UInt8], keptAside: [UInt8]) {
    self.decision = decision
    self.byteCount = byteCount
    self.sha256 = sha256
    self.keptAside = keptAside
  }
}

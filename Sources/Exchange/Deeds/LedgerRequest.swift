internal import Files
package import Ledger
package import Orders

/// What an operator's verb asks of the ledger, whoever holds it.
package struct LedgerRequest: Sendable, Equatable {
  package enum What: Sendable, Equatable {
    /// Rows that waited too long are rejected.
    case reconcile
    /// An answer is published once more.
    case reissue(partner: [UInt8], name: [UInt8], reason: [UInt8])
    /// The books are written down as they stand, so that the next start reads less; no transaction, so nothing to double.
    case checkpoint
  }

  /// It stands in the commits that the request leads to, so that a crash neither loses nor doubles it.
  package let number: RequestNumber
  /// The process that asks, and waits for the answer.
  package let asker: Int32
  /// The clock by which it is carried out.
  package let at: Timestamp
  package let what: What

  package init(number: RequestNumber, asker: Int32, at: Timestamp, _ what: What) {
    self.number = number
    self.asker = asker
    self.at = at
    self.what = what
  }
}

/// What came of a request.
package enum RequestAnswer: Sendable, Equatable {
  /// Why nothing was done.
  package enum Refusal: UInt8, Sendable {
    /// No answer of that name was ever published to the partner.
    case neverPublished = 1
    /// The ledger no longer has the bytes that were committed.
    case bytesGone = 2
    /// The request is not one that this program knows.
    case notUnderstood = 3
    /// A checkpoint was begun and could not be made; the log of the one who tried says why.
    case notMade = 4
  }

  case reconciled(Expired)
  /// Where the newest checkpoint stands, and its size; nil: nothing was decided yet.
  case checkpointed(CheckpointStanding?)
  case reissued(Reissued)
  /// What lies in the outbox is what was published.
  case unchanged
  case refused(Refusal)
}

/// Where a checkpoint stands.
package struct CheckpointStanding: Sendable, Equatable {
  package var decision: DecisionNumber
  package var byteCount: Int64

  init(decision: DecisionNumber, byteCount: Int64) {
    self.decision = decision
    self.byteCount = byteCount
  }
}

/// What an expiry came to.
package struct Expired: Sendable, Equatable {
  /// Rows that were rejected because they waited too long.
  package var rows = 0
  /// The answers that say so, the first of them; partner and name.
  package var answers: [Answer] = []
  package var answersLeftOut = 0

  package struct Answer: Sendable, Equatable {
    package var partner: [UInt8]
    package var name: [UInt8]
  }

  static let answersMax = 1_000

  package init() {}

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
package struct Reissued: Sendable, Equatable {
  package var digest: String { hexadecimal(sha256) }
  package var decision: DecisionNumber
  package var byteCount: Int64
  package var sha256: [UInt8]
  /// The name in `ledger/quarantine` of what lay in its place; empty where nothing did.
  package var keptAside: [UInt8]

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

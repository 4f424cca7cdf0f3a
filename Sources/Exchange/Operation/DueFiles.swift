internal import Ledger
internal import Orders

/// The files that the calendar of the configuration expects, and those of them that did not come: for the operator at night, who does
/// not wait for the day's report.
///
/// A file of a kind is missing from the minute after it was due until the next file of that kind comes; what came on the day on which
/// it was due, before the hour or after it, is that file. A held upload is none. What was due before the exchange began to work is
/// not asked for.
struct DueFiles {
  /// What is expected of one partner.
  struct Expected: Sendable, Equatable {
    let partner: String
    let kind: Kind
    /// When it was due, in milliseconds since 1970 and as the partner's clock shows it; nil: it is not missing.
    var missingSince: Missing?

    struct Missing: Sendable, Equatable {
      let due: Timestamp
      let spelled: String
    }
  }

  private let profiles: [PartnerProfile]
  /// The day on which something is due is one of the exchange's, as in the report.
  private let zone: Zone
  private let startedAt: Timestamp
  /// When the newest file of a kind came from a partner.
  private var newest: [Key: Timestamp] = [:]
  private var filesCounted = 0
  private var told: Set<Told> = []

  private struct Key: Hashable {
    let partner: String
    let kind: Kind
  }

  private struct Told: Hashable {
    let key: Key
    let due: Timestamp
  }

  init(_ configuration: Configuration, startedAt: Timestamp) {
    profiles = configuration.profiles.filter { !$0.expected.isEmpty }
    zone = configuration.zone
    self.startedAt = startedAt
  }

  /// How what is expected stands at a moment, in the order of partners and kinds.
  mutating func standing(_ books: Books, at now: Timestamp) -> [Expected] {
    if profiles.isEmpty { return [] }
    for file in books.files.dropFirst(filesCounted) where file.outcome != .held {
      guard let kind = file.kind else { continue }
      let key = Key(partner: books.partnerName(file.partner), kind: kind)
      newest[key] = max(newest[key] ?? file.receivedAt, file.receivedAt)
    }
    filesCounted = books.files.count
    let began = books.files.first?.receivedAt ?? startedAt
    return profiles.flatMap { profile in
      profile.expected.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, expected in
        var standing = Expected(partner: profile.folder, kind: kind)
        let lastMinute = Timestamp(milliseconds: now.milliseconds - 60_000)
        if let due = expected.newestDue(upTo: lastMinute, in: profile.zone), due > began {
          let day = zone.midnight(before: due)
          if newest[Key(partner: profile.folder, kind: kind)].map({ $0 < day }) ?? true {
            standing.missingSince = .init(due: due, spelled: due.iso8601(in: profile.zone))
          }
        }
        return standing
      }
    }
  }

  /// Those that are missing and were not told of before.
  mutating func untold(_ standing: [Expected]) -> [Expected] {
    standing.filter { expected in
      guard let missing = expected.missingSince else { return false }
      return told.insert(Told(key: Key(partner: expected.partner, kind: expected.kind), due: missing.due))
        .inserted
    }
  }
}

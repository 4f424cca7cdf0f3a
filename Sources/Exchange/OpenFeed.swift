internal import Ledger
internal import Orders
internal import Outbox

/// One feed of the decision in hand; its file comes into being with its first record, as nearly no feed has any.
final class OpenFeed {
  let fed: FedPartner
  private let make: () -> FeedFile
  private var file: FeedFile?

  init(_ fed: FedPartner, make: @escaping () -> FeedFile) {
    self.fed = fed
    self.make = make
  }

  /// Moves the records of a piece of the same feed here; the piece keeps its room for others.
  func add(_ piece: OpenFeed) throws {
    guard let count = piece.file?.recordCount, count > 0 else { return }
    if file == nil { file = make() }
    try file!.add(piece.file!)
    piece.file!.empty()
  }

  /// Writes a record with its fields.
  func add(_ operation: FeedFile.Operation, _ fields: (inout FeedFile) throws -> Void) throws {
    if file == nil { file = make() }
    file!.begin(operation)
    try fields(&file!)
    try file!.end()
  }

  /// Goes on with the file, where there is one already.
  func goOn(_ write: (inout FeedFile) throws -> Void) throws {
    if file != nil { try write(&file!) }
  }

  /// Takes over a record that was written elsewhere.
  func add(record: [UInt8]) throws {
    if file == nil { file = make() }
    try file!.add(record: record)
  }

  /// The file, where there is one.
  func finish() throws -> StagedAnswer? {
    guard let file = file.take() else { return nil }
    return try file.finish()
  }
}

extension Bench {
  /// The feeds that a decision may write to, by receiver and in the order in which each gets them.
  /// - Parameters:
  ///   - prefix: what the names of those that outgrow the transaction begin with, among the asides.
  ///   - isWanted: leaves out feeds that surely get nothing.
  func openFeeds(stagingPrefix prefix: String, where isWanted: (FedPartner) -> Bool) -> [OpenFeed] {
    var feeds: [OpenFeed] = []
    for receiver in docket.profiles.indices {
      for feed in Feed.allCases {
        let fed = FedPartner(partner: UInt8(receiver), feed: feed)
        if isWanted(fed) { feeds.append(OpenFeed(fed) { [self] in file(of: fed, stagingPrefix: prefix) }) }
      }
    }
    return feeds
  }

  private func file(of fed: FedPartner, stagingPrefix prefix: String) -> FeedFile {
    FeedFile(
      fed.feed, partner: docket.profiles[Int(fed.partner)].folder,
      number: docket.nextNumber(of: fed), zone: configuration.zone, staging: asides,
      stagedName: Array("\(prefix)\(fed.partner)-\(fed.feed.rawValue)".utf8))
  }
}

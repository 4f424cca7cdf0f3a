internal import Files
internal import Foundation
internal import Intake
internal import Ledger
public import Orders

/// What a new partner is handed: what it may send, samples that pass, samples that fail, and the answers they get.
///
/// The answers are no description. The samples were dropped into an exchange of their own, under the settings in force, and what
/// the judge wrote into its outbox is what stands here.
public struct PartnerKit {
  /// A sample and its answers.
  public struct Sample {
    public let file: KitFile
    public let outcome: FileOutcome
    public let refusal: RejectionCode?
    public let rows: RowCounts
    /// Names and bytes of what lay in the outbox for it, the ack first.
    public let answers: [(name: String, bytes: [UInt8])]
  }

  public let profile: PartnerProfile
  /// Everything that was dropped, in its order, other partners' files among it.
  public let story: [KitFile]
  public let passes: [Sample]
  public let fails: [Sample]
  /// Files that the partner got without asking, while the story went on.
  public let feeds: [(name: String, bytes: [UInt8])]

  /// The clock of the kit: the evening of the day after its story.
  public static let clock = Timestamp(milliseconds: 1_795_257_000_000)

  /// A sample that was meant to pass does not: the settings in force forbid what the kit shows.
  public struct Unfit: Error, CustomStringConvertible {
    public let name: String
    public let outcome: FileOutcome
    public var description: String {
      "the sample \(name) does not pass under these settings but is \(outcome.rawValue); look into partners and locationKeys"
    }
  }

  /// Makes the kit of a partner under a configuration.
  public init(for profile: PartnerProfile, _ configuration: Configuration) throws {
    self.profile = profile
    story = KitStory(profile, in: configuration).files
    let root = FileManager.default.temporaryDirectory.appending(path: "waybill-kit-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for other in configuration.profiles {
      try FileManager.default.createDirectory(
        at: root.appending(path: "inbox/\(other.folder)"), withIntermediateDirectories: true)
    }
    let ledger = try OpenLedger(
      root: root.path, configuration: configuration, clock: .fixed(PartnerKit.clock), jobs: 1,
      notice: { _ in })
    let outbox = root.appending(path: "outbox/\(profile.folder)")
    var passes: [Sample] = []
    var fails: [Sample] = []
    for file in story {
      try Data(file.text.utf8).write(to: root.appending(path: "inbox/\(file.partner)/\(file.name)"))
      let (record, run) = try PartnerKit.judge(file, ledger)
      // An upload that is held stays in the inbox; its partner would complete it or take it away.
      if !run.left.isEmpty {
        try? FileManager.default.removeItem(at: root.appending(path: "inbox/\(file.partner)/\(file.name)"))
      }
      let isWhole = record.outcome == .accepted && record.counts[.rejected] == 0
      guard file.part == .before || file.part == .passes else {
        if isWhole { continue }
        fails.append(try Sample(file, record, in: outbox))
        continue
      }
      guard isWhole else { throw Unfit(name: file.name, outcome: record.outcome) }
      if file.part == .passes { passes.append(try Sample(file, record, in: outbox)) }
    }
    try ledger.close()
    self.passes = passes
    self.fails = fails
    feeds = try PartnerKit.files(in: outbox) { $0.hasPrefix("feed-") }
  }

  /// Has a file judged that was just written.
  private static func judge(_ file: KitFile, _ ledger: OpenLedger) throws -> (FileRecord, OnceRun) {
    // A child of this process that is just being started may hold the file open for a moment more.
    for _ in 0..<3_000 {
      let run = try OnceRun.run(ledger, mustStop: { false }, answered: { _ in })
      let record = ledger.docket.books.files.last {
        $0.name == Array(file.name.utf8) && ledger.docket.books.partnerName($0.partner) == file.partner
      }
      if let record { return (record, run) }
      Thread.sleep(forTimeInterval: 0.01)
    }
    throw Unfit(name: file.name, outcome: .held)
  }

  fileprivate static func files(
    in folder: URL, where isMeant: (String) -> Bool
  ) throws -> [(name: String, bytes: [UInt8])] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter(isMeant).sorted().map {
      ($0, Array(try Data(contentsOf: folder.appending(path: $0))))
    }
  }
}

extension PartnerKit.Sample {
  fileprivate init(_ file: KitFile, _ record: FileRecord, in outbox: URL) throws {
    self.file = file
    outcome = record.outcome
    refusal = record.refusal
    rows = record.counts
    answers = try PartnerKit.files(in: outbox) { $0.hasPrefix(file.name + ".") }
  }

  /// The code of the first rejection, as the answer names it; nil where nothing was rejected.
  public var code: RejectionCode? {
    if let refusal { return refusal }
    guard let errors = answers.first(where: { $0.name.hasSuffix(".ack.json") })?.bytes,
      let start = String(decoding: errors, as: UTF8.self).range(of: "\"code\": \"W")
    else { return nil }
    let digits = String(decoding: errors, as: UTF8.self)[start.upperBound...].prefix(3)
    return UInt16(digits).flatMap { RejectionCode(rawValue: $0) }
  }
}

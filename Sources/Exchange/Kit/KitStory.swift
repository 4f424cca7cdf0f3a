public import Orders

/// A file of the story that a kit tells: dropped, one after the other, into an exchange of its own.
public struct KitFile: Sendable {
  public enum Part: Sendable, Equatable {
    /// Another partner's file, without which this one's could not be judged.
    case before
    /// A sample that passes.
    case passes
    /// A sample that fails, and what is wrong with it.
    case fails(because: String)
  }

  public let part: Part
  public let partner: String
  public let kind: Kind
  public let name: String
  public let text: String
}

/// The story of a kit: a few orders on their way, told by the files of everybody who has a word in it.
///
/// It follows the processing sequence. What the partner may send it sends; what it may not, and the story needs, the order
/// management system sends. Behind each sample that passes stand those that fail, made from it by one fault each.
struct KitStory {
  private let profile: PartnerProfile
  private let others: KitRows
  private let own: KitRows
  private let manager: String
  private(set) var files: [KitFile] = []

  /// The orders that go all the way, the one that is cancelled, and the one that is too early for everything.
  private static let moving = [1, 2]
  private static let cancelled = 3
  private static let early = 4

  private static let sequence: [Kind] = [
    .products, .carriers, .orders, .assignments, .confirmations, .documents, .manifests, .cancellations,
    .tracking, .scans, .inventory,
  ]

  init(_ profile: PartnerProfile, in configuration: Configuration) {
    self.profile = profile
    let keys = profile.locationKeys?.sorted { $0.lexicographicallyPrecedes($1) }
    let location = keys?.first ?? configuration.locations.first?.key ?? Array("WH-1".utf8)
    let system = configuration.profiles.first { $0.role == .orderManagement } ?? .easyEcom
    manager = system.folder
    own = KitRows(profile: profile, location: String(decoding: location, as: UTF8.self))
    others = KitRows(
      profile: profile.role == .carrier
        ? profile.spelling(as: system) : system, location: String(decoding: location, as: UTF8.self))
    for kind in Self.sequence { tell(kind) }
    tellRefused()
  }

  private mutating func tell(_ kind: Kind) {
    let isOwn = KitStory.maySend(profile, kind)
    switch kind {
    case .products, .carriers, .inventory:
      if isOwn { tellOwn(kind, kind == .carriers ? [1] : Self.moving) }
    case .orders:
      let all = Self.moving + [Self.cancelled, Self.early]
      if isOwn { tellOwn(kind, all) } else { tellOther(kind, all) }
    case .assignments:
      let all = Self.moving + [Self.cancelled]
      if isOwn && profile.role == .carrier {
        // The system names the carrier, and the carrier brings the numbers.
        tellOther(kind, all, without: .awbNumber)
        tellOwn(kind, all)
      } else if isOwn {
        tellOwn(kind, all)
      } else if profile.role != .marketplace {
        tellOther(kind, all)
      }
    case .confirmations, .manifests:
      // A marketplace's seller confirms and ships beyond what the kit of the marketplace shows.
      if isOwn {
        tellOwn(kind, Self.moving)
      } else if profile.role != .marketplace {
        tellOther(kind, Self.moving)
      }
    case .documents:
      if isOwn { tellOwn(kind, Self.moving) }
    case .cancellations:
      if isOwn { tellOwn(kind, [Self.cancelled]) }
    case .tracking, .scans:
      if isOwn && own.hasCodes { tellOwn(kind, Self.moving) }
    case .returns, .reconcile: break
    }
  }

  /// What the partner's terms say now, the settings among them.
  static func maySend(_ profile: PartnerProfile, _ kind: Kind) -> Bool {
    FileRun.refusal(of: kind, from: profile) == nil
  }

  private mutating func tellOther(_ kind: Kind, _ orders: [Int], without column: Column? = nil) {
    var table = others.file(kind, orders: orders)
    if let place = column.flatMap({ table.columns.firstIndex(of: $0) }) {
      table.columns.remove(at: place)
      for row in table.rows.indices { table.rows[row].remove(at: place) }
    }
    let suffix = column == nil ? "" : "-named"
    files.append(
      KitFile(
        part: .before, partner: manager, kind: kind, name: "\(kind.name)-before\(suffix).csv",
        text: table.text))
  }

  private mutating func tellOwn(_ kind: Kind, _ orders: [Int]) {
    let table = own.file(kind, orders: orders)
    add(.passes, kind, "good", table.text)
    fail(kind, table)
  }

  private mutating func add(_ part: KitFile.Part, _ kind: Kind, _ word: String, _ text: String) {
    files.append(
      KitFile(
        part: part, partner: profile.folder, kind: kind, name: "\(kind.name)-\(word).csv", text: text))
  }

  // MARK: Faults

  /// The faults that partners really make, each alone in a file of one row.
  private mutating func fail(_ kind: Kind, _ good: KitTable) {
    var one = good
    one.rows = Array(good.rows.prefix(1))
    let columns = kind.columns
    func column(where isMeant: (KindColumn) -> Bool) -> Column? {
      columns.first { one.columns.contains($0.column) && isMeant($0) }?.column
    }

    if let missing = column(where: \.isRequired) {
      fail(
        kind, "missing-value", "`\(missing.canonicalName)` is empty, and every row needs it.", one, missing,
        "")
    } else if let missing = kind.eitherOf.first(where: one.columns.contains) {
      let names = kind.eitherOf.map { "`\($0.canonicalName)`" }.joined(separator: " or ")
      fail(kind, "missing-value", "Every row must say what it is about: \(names).", one, missing, "")
    }
    if let key = column(where: { if case .key = $0.shape { true } else { false } }) {
      fail(
        kind, "spreadsheet", "A spreadsheet made a number of `\(key.canonicalName)`: save codes as text.",
        one, key,
        "1.2E+11")
    }
    if let time = column(where: { $0.shape == .time }) {
      fail(
        kind, "bad-time", "`\(time.canonicalName)` is a day that does not exist.", one, time,
        "2026-02-30 10:00:00")
    }
    if let count = column(where: { $0.shape == .quantity || $0.shape == .stock }) {
      fail(kind, "bad-quantity", "`\(count.canonicalName)` is no whole number.", one, count, "two")
    }
    if kind.namesShipments && kind != .orders {
      let key: Column? = [.invoiceID, .awbNumber, .orderNumber].first { candidate in
        one.columns.contains(candidate) && (candidate != .awbNumber || kind != .assignments)
      }
      if let key { fail(kind, "unknown", "Nobody knows this `\(key.canonicalName)`.", one, key, "KIT-9999") }
    }
    if [.confirmations, .documents, .manifests].contains(kind) {
      var early = own.file(kind, orders: [Self.early])
      if let place = early.columns.firstIndex(of: .awbNumber) {
        // It has no AWB yet, so it is named by its order number.
        early.rows[0][place] = ""
      }
      add(.fails(because: "The order's turn for this step has not come."), kind, "too-early", early.text)
    }
    let lines = one.text.split(separator: "\n", omittingEmptySubsequences: false)
    if one.columns.count > 1 {
      let short = lines[1].lastIndex(of: ",").map { lines[1][..<$0] } ?? lines[1]
      add(
        .fails(because: "The line has fewer cells than the header."), kind, "short-line",
        "\(lines[0])\n\(short)\n")
    }
    let half = lines[1].firstIndex(of: ",").map { lines[1][..<$0].dropLast() } ?? lines[1].dropLast()
    add(
      .fails(because: "The upload broke off inside a row: it is held, and taken when the rest has come."),
      kind,
      "broken-off", "\(lines[0])\n\(half)")
  }

  private mutating func fail(
    _ kind: Kind, _ word: String, _ because: String, _ table: KitTable, _ column: Column, _ value: String
  ) {
    var table = table
    if table.set(column, to: value) { add(.fails(because: because), kind, word, table.text) }
  }

  /// One file of a kind that the partner may not send.
  private mutating func tellRefused() {
    let refused = Kind.allCases.first { kind in
      if case .refused = profile.permissions[kind] ?? .allowed { return true }
      return false
    }
    guard let refused else { return }
    add(
      .fails(because: profile.permission(for: refused).reason ?? ""), refused, "not-yours",
      own.file(refused, orders: [1]).text)
  }
}

extension PartnerProfile {
  /// Another partner's spellings of time, with this one's name where a courier is named.
  fileprivate func spelling(as other: PartnerProfile) -> PartnerProfile {
    var profile = self
    profile.timeFormats = other.timeFormats
    profile.zone = other.zone
    return profile
  }
}

internal import Files
internal import Intake
internal import Ledger
internal import Orders

/// The sample trading day: dropped into the inboxes, and processed as the daemon would.
public struct SampleDay {
  public let files: [FileReport]
  /// The ledger held the day already, and nothing was done anew.
  public let isRepeat: Bool

  /// The ledger holds files that are not of the sample day.
  public struct OtherWork: Error {}
  /// ROOT has no sample day.
  public struct Missing: Error {
    public let path: String
  }

  private static let place = ["fixtures", "exchanges", "trading-day"]

  /// Runs the day in the open ledger.
  public static func run(_ ledger: OpenLedger, answered: @escaping (FileReport) -> Void) throws -> SampleDay
  {
    let drops = try drops(under: ledger.root)
    let sample = Set(drops.flatMap { $0.map(\.key) })
    let known = ledger.docket.books.files
    let keys = known.map { [$0.partner] + $0.name + $0.sha256 }
    if keys.contains(where: { !sample.contains($0) }) { throw OtherWork() }
    if Set(keys) == sample { return SampleDay(files: known.map { ledger.report($0) }, isRepeat: true) }

    for drop in drops {
      for file in drop where !keys.contains(file.key) {
        let inbox = try ledger.root.subfolder("inbox").makeSubfolder(file.partner)
        if try inbox.status(file.name.bytes) == nil {
          try AtomicFile.publish(file.bytes, in: inbox, as: file.name.bytes, replace: false, sync: false)
        }
      }
      _ = try OnceRun.run(ledger, answered: answered)
    }
    return SampleDay(files: ledger.docket.books.files.map { ledger.report($0) }, isRepeat: false)
  }

  private struct SampleFile {
    let partner: String
    let name: FileName
    let bytes: [UInt8]
    /// Partner, name and digest, as the books would know the file.
    let key: [UInt8]

    init(partner: String, name: FileName, bytes: [UInt8], number: UInt8) {
      self.partner = partner
      self.name = name
      self.bytes = bytes
      key = [number] + name.bytes + SHA256.hash(bytes)
    }
  }

  /// The files of each drop, in the order in which they are taken, so that their arrival says the same.
  private static func drops(under root: Folder) throws -> [[SampleFile]] {
    var day = root
    for name in place {
      guard try day.status(Array(name.utf8))?.kind == .folder else {
        throw Missing(path: place.joined(separator: "/"))
      }
      day = try day.subfolder(name)
    }
    var drops = [try files(in: try day.subfolder("inbox"))]
    if try day.status(Array("drops".utf8)) != nil {
      let later = try day.subfolder("drops")
      for drop in try later.list().map(\.name).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        drops.append(try files(in: try later.subfolder(drop).subfolder("inbox")))
      }
    }
    return drops
  }

  private static func files(in inbox: Folder) throws -> [SampleFile] {
    let numbers = PartnerProfile.builtIn.map(\.folder)
    var files: [SampleFile] = []
    for entry in try inbox.list() where entry.kind == .folder {
      let partner = String(decoding: entry.name, as: UTF8.self)
      guard let number = numbers.firstIndex(of: partner) else { continue }
      let folder = try inbox.subfolder(entry.name)
      for file in try folder.list() where file.kind == .regular && file.name.first != UInt8(ascii: ".") {
        files.append(
          SampleFile(
            partner: partner, name: FileName(file.name),
            bytes: try readWhole(folder, file.name, limit: 64 << 20),
            number: UInt8(number)))
      }
    }
    return files.sorted { a, b in
      if a.name.step != b.name.step { return a.name.step < b.name.step }
      if a.name.bytes != b.name.bytes { return a.name.bytes.lexicographicallyPrecedes(b.name.bytes) }
      return a.partner < b.partner
    }
  }
}

internal import Files
internal import Ledger
package import Orders

/// The proof that the ledger is as it was written: every frame, the chain over the commits, every archived original.
package struct LedgerVerification {
  package let segments: Int
  package let frames: Int
  package let commits: Int
  package let bytes: UInt64
  /// Originals that were read again and found to be what the journal says.
  package let originals: Int
  package let decision: DecisionNumber
  package let hash: String
  /// What follows the last commit, set aside at the next start: segment, offset, bytes.
  package let tornTail: (segment: String, offset: UInt64, bytes: UInt64)?

  /// An original that is not in the archive, or not what it was.
  package struct LostOriginal: Error, CustomStringConvertible {
    package let partner: String
    package let name: String
    package let decision: DecisionNumber
    package let isMissing: Bool

    package var description: String {
      "the original of \(partner)/\(name) (decision \(decision.raw)) is \(isMissing ? "missing from" : "damaged in") the archive"
    }
  }

  /// - Parameter progress: gets the bytes done and the bytes there are.
  package static func run(
    root path: String, progress: @escaping (UInt64, UInt64) -> Void
  ) throws -> LedgerVerification {
    let root = try Folder(path: path)
    guard try root.status(Array("ledger".utf8))?.kind == .folder else {
      throw ExchangeFault.noLedger(root: path)
    }
    let ledger = try root.subfolder("ledger")
    guard try ledger.status(Array("journal".utf8))?.kind == .folder else {
      throw ExchangeFault.noLedger(root: path)
    }
    let anchor = try LedgerPosition.read(in: ledger)
    let scan = anchor.map { JournalScan(ledger, upTo: $0) } ?? JournalScan(ledger)
    _ = try scan.verify(progress: progress)

    var decisions = DecisionReader()
    var files: [FileRecord] = []
    let finding = try scan.run { frame in
      if case .file(let file) = try decisions.take(frame) { files.append(file) }
    }
    let partners = decisions.partners
    let originals = try verify(files, partners, ledger)
    return LedgerVerification(
      segments: finding.counts.segments, frames: finding.counts.frames, commits: finding.counts.commits,
      bytes: finding.counts.bytes, originals: originals, decision: finding.last.decision,
      hash: hexadecimal(finding.last.hash),
      tornTail: finding.tornTail.map { ($0.segment, $0.byteOffset, $0.bytes) })
  }

  private static func verify(_ files: [FileRecord], _ partners: [[UInt8]], _ ledger: Folder) throws -> Int {
    let archive = try Archive(ledger)
    let claimed = try ledger.subfolder("claimed")
    var originals = 0
    for file in files {
      let isMasked = file.archivedAs != file.sha256
      guard let claim = file.claim, !file.isQuarantined || isMasked else { continue }
      func lost(isMissing: Bool) -> LostOriginal {
        LostOriginal(
          partner: String(decoding: partners[Int(file.partner)], as: UTF8.self), name: legible(file.name),
          decision: file.decision, isMissing: isMissing)
      }
      var digest = SHA256()
      var chunk: [UInt8] = []
      if var original = try archive.open(file.archivedAs) {
        while true {
          chunk.removeAll(keepingCapacity: true)
          if try original.contents.read(into: &chunk, upTo: 1 << 20) == 0 { break }
          digest.update(chunk)
        }
      } else {
        // Decided a moment ago, and not yet put away.
        let name = Array(String(repeating: "0", count: 12 - String(claim.raw).count) + String(claim.raw)).map(
          \.asciiValue)
        guard try claimed.status(name.compactMap { $0 }) != nil else { throw lost(isMissing: true) }
        continue
      }
      guard digest.finish() == file.archivedAs else { throw lost(isMissing: false) }
      originals += 1
    }
    return originals
  }
}

/// Power cuts: a recorded run, every disk that a cut at any moment may leave of it, and what a restart makes of each.

import Exchange
import Files
import Ledger
import Orders
import TestSupport

/// A run that was recorded, with all that must hold after a cut in it.
struct PowerCut {
  let drill: Drill
  /// The drop in whose run the power is cut.
  let drop: Int
  let disk: ModelDisk
  let undisturbed: [DrillResult]
  /// Before each change: the highest decision that a partner could read of.
  let seenDecisions: [UInt64]

  /// Records the run of a drop.
  ///
  /// - Parameters:
  ///   - plant: a fault in the program that is recorded; the restarts are without it.
  ///   - refusal: a call that fails in the run, which is then run a second time: one boot, two processes.
  ///   - areUploadsSynced: did the partner's server sync what it wrote?
  init(
    _ drill: Drill, drop: Int, plant: Plant? = nil, refusal: String? = nil, areUploadsSynced: Bool = true
  ) throws {
    self.drill = drill
    self.drop = drop
    undisturbed = try drill.undisturbedHere()
    disk = try withTemporaryFolder { root in
      try drill.prepare(root)
      for number in 0..<drop {
        try drill.drop(number, in: root)
        try drill.onceHere(root, drop: number)
      }
      try drill.drop(drop, in: root)
      let uploads = areUploadsSynced ? [] : Set(drill.drops[drop].map(\.path))
      return try ModelDisk(root, uploads: uploads) {
        try Plant.during(plant) {
          if let refusal {
            do {
              try FaultPlan.during(refusal) { try drill.onceHere(root, drop: drop) }
            } catch {
              try drill.onceHere(root, drop: drop)
            }
          } else {
            try drill.onceHere(root, drop: drop)
          }
        }
      }
    }
    seenDecisions = Self.seen(disk)
  }

  /// The highest decision among the acks that lie in the outbox, before each change.
  private static func seen(_ disk: ModelDisk) -> [UInt64] {
    var image = disk.base
    var newest: UInt64 = 0
    var seen: [UInt64] = []
    for change in disk.changes {
      seen.append(newest)
      ModelDisk.apply(change, .whole, to: &image)
      switch change {
      case .rename(_, _, _, let name, let object), .link(let object, _, let name):
        if name.reversed().starts(with: Array(".ack.json".utf8).reversed()), let ack = image.files[object] {
          newest = max(newest, sequence(String(decoding: ack, as: UTF8.self)))
        }
      default: break
      }
    }
    return seen + [newest]
  }

  private static func sequence(_ ack: String) -> UInt64 {
    let member = "\"ledger_sequence\": "
    guard let found = ack.firstRange(of: member) else { return 0 }
    return UInt64(ack[found.upperBound...].prefix { $0.isNumber }) ?? 0
  }

  /// What was tried, and the first thing that was lost.
  struct Outcome {
    var disks = 0
    var loss: String?
  }

  /// Tries disks that a cut may leave, until one shows a loss.
  ///
  /// - Parameters:
  ///   - perCut: how many disks of each cut; nil: all that the model knows, each different one once.
  func tryDisks(seed: UInt64, perCut: Int?) throws -> Outcome {
    var outcome = Outcome()
    var numbers = SeededDraws(seed: seed)
    var known: Set<Int> = []
    for cut in max(1, disk.uploads.count)...disk.changes.count {
      // A sample takes one cut in nine, so that all tests together stay quick.
      if perCut == 1, Int.random(in: 0..<9, using: &numbers) > 0 { continue }
      var fates = disk.fates(before: cut, &numbers, subsets: perCut == nil ? 6 : 2)
      if let perCut {
        // Half of what is tried are the plain cases, for they find the plain mistakes.
        let plain = fates.prefix(5).randomElement(using: &numbers)
        fates = (0..<perCut).compactMap { $0 == 0 ? plain : fates.randomElement(using: &numbers) }
      }
      for fate in fates {
        let tree = disk.image(before: cut, fate).tree
        var hasher = Hasher()
        for path in tree.keys.sorted() {
          hasher.combine(path)
          if case .file(let bytes)? = tree[path] { hasher.combine(bytes) }
        }
        hasher.combine(seenDecisions[cut])
        if !known.insert(hasher.finalize()).inserted { continue }
        outcome.disks += 1
        let isUploadWhole = disk.uploads.allSatisfy { (fate[$0] ?? .whole) == .whole }
        if let loss = try loss(on: tree, before: cut, isUploadWhole) {
          outcome.loss = "\(drill), drop \(drop), cut before change \(cut) of \(disk.changes.count): \(loss)"
          return outcome
        }
      }
    }
    return outcome
  }

  /// Restarts on a disk; what is lost on it, nil: nothing.
  private func loss(on tree: [String: FolderTree.Entry], before cut: Int, _ isUploadWhole: Bool) throws
    -> String?
  {
    try withTemporaryFolder { root in
      try write(tree, in: root)
      if let words = try forgotten(root, seenDecisions[cut]) { return words }
      let seen = try FolderTree(at: root.path("outbox"), orEmpty: true)
      do {
        try drill.onceHere(root, drop: drop)
        if isUploadWhole { try drill.liveOn(from: drop + 1, in: root) }
      } catch {
        return "the restart ended with \(error)"
      }
      let result = try DrillResult(here: root)
      if isUploadWhole { return result.difference(from: undisturbed[undisturbed.count - 1]) }
      // What came broken is answered as broken; what was answered before stays as it was.
      if !result.verification.isEmpty { return result.verification }
      let answered = undisturbed[drop].outbox
      for file in seen.files where answered.entries[file] == seen.entries[file] {
        // The answer to a hold gives way to the answer to the same upload.
        if String(decoding: seen.bytes(of: file), as: UTF8.self).contains("\"outcome\": \"held\"") {
          continue
        }
        if result.outbox.entries[file] != seen.entries[file] { return "outbox/\(file) was seen, and changed" }
      }
      return nil
    }
  }

  /// A decision that a partner could read of must be in the journal that the cut leaves.
  private func forgotten(_ root: TemporaryFolder, _ seen: UInt64) throws -> String? {
    if seen == 0 { return nil }
    guard root.has("ledger/journal") else { return "decision \(seen) was published, and there is no journal" }
    do {
      let last = try JournalScan(try Folder(path: root.path("ledger"))).run { _ in }.last.decision.raw
      return last < seen ? "decision \(seen) was published, and the journal ends with \(last)" : nil
    } catch {
      return "the journal cannot be read: \(error)"
    }
  }

  /// Writes a disk, the inbox last and in the order in which its files were dropped.
  private func write(_ tree: [String: FolderTree.Entry], in root: TemporaryFolder) throws {
    let late = Set(drill.drops[drop].map(\.path))
    for (path, entry) in tree.sorted(by: { $0.key < $1.key }) where !late.contains(path) {
      switch entry {
      case .folder: try root.makeFolder(path)
      case .file(let bytes): try root.write(bytes, to: path)
      case .other(let what): throw TestFailure("\(path) is \(what)")
      }
    }
    for upload in drill.inOrder(drop) {
      if case .file(let bytes)? = tree[upload.path] { try root.write(bytes, to: upload.path) }
    }
  }
}

extension FolderTree {
  /// A tree of a folder that need not be there.
  init(at folder: String, orEmpty: Bool) throws {
    do { try self.init(at: folder) } catch  where orEmpty { self = FolderTree(entries: [:]) }
  }
}

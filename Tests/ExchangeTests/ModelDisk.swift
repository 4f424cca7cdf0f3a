/// A disk as a model: every change a run made to it, in order, and what may be left of them after a power cut.
///
/// The kernel promises little. Of what a file was written, and of the names a folder was given, only that is certain which a sync
/// that returned came after; of the rest any part may be there, in any order, a length without its data included. A rename is one
/// step: it is there or it is not. A failed sync marks what waited for it clean: it reaches the disk never, whatever sync follows.

import Files
import Glibc
import TestSupport

struct ModelDisk: Sendable {
  /// One change, with files and folders numbered for good; inodes are used again.
  enum Change: Sendable {
    case make(folder: Int, name: [UInt8], object: Int, isFolder: Bool)
    case write(object: Int, offset: Int, bytes: [UInt8])
    case cut(object: Int, length: Int)
    case rename(folder: Int, name: [UInt8], toFolder: Int, newName: [UInt8], object: Int)
    case link(object: Int, toFolder: Int, newName: [UInt8])
    case unlink(folder: Int, name: [UInt8])
    case sync(object: Int)
    case syncFailed(object: Int)
  }

  /// Files and folders as they are at one moment.
  struct Image: Sendable {
    var folders: [Int: [[UInt8]: Int]] = [0: [:]]
    var files: [Int: [UInt8]] = [:]

    /// Everything below the root, by path.
    var tree: [String: FolderTree.Entry] {
      var entries: [String: FolderTree.Entry] = [:]
      func walk(_ folder: Int, _ prefix: String) {
        for (name, object) in folders[folder] ?? [:] {
          let path = prefix + String(decoding: name, as: UTF8.self)
          if let bytes = files[object] {
            entries[path] = .file(bytes)
          } else {
            entries[path] = .folder
            walk(object, path + "/")
          }
        }
      }
      walk(0, "")
      return entries
    }
  }

  private(set) var base = Image()
  private(set) var changes: [Change] = []
  /// Changes that stand for the uploads' content, which nobody synced before the run did.
  private(set) var uploads: Set<Int> = []

  /// - Parameters:
  ///   - root: the exchange as it lay there before the run.
  ///   - uploads: the paths of files whose content nobody has synced yet.
  init(_ root: TemporaryFolder, uploads paths: Set<String>, _ run: () throws -> Void) throws {
    var objects: [UInt64: Int] = [:]
    try read(root.path, as: "", into: 0, &objects, paths)
    objects[try Self.inode(root.path)] = 0
    let record = DiskRecord.start(root: root.path)
    defer { record.stop() }
    try run()
    translate(record.operations, &objects)
  }

  private mutating func read(
    _ path: String, as relative: String, into folder: Int, _ objects: inout [UInt64: Int],
    _ unsynced: Set<String>
  ) throws {
    for (name, entry) in try FolderTree(at: path).entries where !name.contains("/") {
      let object = base.folders.count + base.files.count
      let (below, place) = (path + "/" + name, relative + name)
      objects[try Self.inode(below)] = object
      base.folders[folder]?[Array(name.utf8)] = object
      switch entry {
      case .file(let bytes):
        let isUpload = unsynced.contains(place)
        base.files[object] = isUpload ? [] : bytes
        if isUpload {
          uploads.insert(changes.count)
          changes.append(.write(object: object, offset: 0, bytes: bytes))
        }
      default:
        base.folders[object] = [:]
        try read(below, as: place + "/", into: object, &objects, unsynced)
      }
    }
  }

  private static func inode(_ path: String) throws -> UInt64 {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw TestFailure("lstat \(path)") }
    return UInt64(status.st_ino)
  }

  private mutating func translate(_ operations: [DiskRecord.Operation], _ objects: inout [UInt64: Int]) {
    var next = base.folders.count + base.files.count
    for operation in operations {
      switch operation {
      case .make(let folder, let name, let node, let isFolder):
        objects[node] = next
        changes.append(.make(folder: objects[folder] ?? -1, name: name, object: next, isFolder: isFolder))
        next += 1
      case .write(let node, let offset, let bytes):
        changes.append(.write(object: objects[node] ?? -1, offset: Int(offset), bytes: bytes))
      case .cut(let node, let length): changes.append(.cut(object: objects[node] ?? -1, length: Int(length)))
      case .rename(let folder, let name, let toFolder, let newName, let node):
        changes.append(
          .rename(
            folder: objects[folder] ?? -1, name: name, toFolder: objects[toFolder] ?? -1, newName: newName,
            object: objects[node] ?? -1))
      case .link(let node, let toFolder, let newName):
        changes.append(
          .link(object: objects[node] ?? -1, toFolder: objects[toFolder] ?? -1, newName: newName))
      case .unlink(let folder, let name): changes.append(.unlink(folder: objects[folder] ?? -1, name: name))
      case .sync(let node): changes.append(.sync(object: objects[node] ?? -1))
      case .syncFailed(let node): changes.append(.syncFailed(object: objects[node] ?? -1))
      }
    }
  }

  // MARK: What a cut may leave

  /// What becomes of a change.
  enum Fate: Sendable, Equatable {
    case whole, none
    /// The file's length grew, the data is zeros.
    case zeros
    /// So many bytes of the write reached the disk.
    case part(Int)
  }

  /// The changes before a cut that no sync makes certain: those that may be there, and those that never will be.
  func uncertain(before cut: Int) -> (pending: [Int], lost: [Int]) {
    var lastSync: [Int: Bool] = [:]
    var everSynced: Set<Int> = []
    var pending: [Int] = []
    var lost: [Int] = []
    for index in (0..<cut).reversed() {
      switch changes[index] {
      case .sync(let object):
        lastSync[object] = true
        everSynced.insert(object)
      case .syncFailed(let object): lastSync[object] = false
      case .write(let object, _, _), .cut(let object, _):
        if lastSync[object] == nil {
          pending.append(index)
        } else if lastSync[object] == false {
          lost.append(index)
        }
      case .make(let folder, _, _, _), .link(_, let folder, _), .unlink(let folder, _):
        if !everSynced.contains(folder) { pending.append(index) }
      case .rename(let folder, _, let toFolder, _, _):
        if !everSynced.contains(folder) && !everSynced.contains(toFolder) { pending.append(index) }
      }
    }
    return (pending.reversed(), lost)
  }

  /// The disk after a cut, when of the uncertain changes that came about which `fate` says.
  func image(before cut: Int, _ fates: [Int: Fate]) -> Image {
    var image = base
    for index in 0..<cut { Self.apply(changes[index], fates[index] ?? .whole, to: &image) }
    return image
  }

  static func apply(_ change: Change, _ fate: Fate, to image: inout Image) {
    if fate == .none { return }
    switch change {
    case .make(let folder, let name, let object, let isFolder):
      if isFolder { image.folders[object, default: [:]] = image.folders[object] ?? [:] }
      image.folders[folder]?[name] = object
      if !isFolder && image.files[object] == nil { image.files[object] = [] }
    case .write(let object, let offset, let bytes):
      var kept = bytes
      // Only what the write adds to the length can be zeros; over what is there, old bytes stay or new ones come.
      if fate == .zeros {
        let there = (image.files[object] ?? []).dropFirst(offset).prefix(bytes.count)
        kept = Array(there) + [UInt8](repeating: 0, count: bytes.count - there.count)
      }
      if case .part(let count) = fate { kept = Array(bytes.prefix(count)) }
      var file = image.files[object] ?? []
      if file.count < offset + kept.count {
        file += [UInt8](repeating: 0, count: offset + kept.count - file.count)
      }
      file.replaceSubrange(offset..<offset + kept.count, with: kept)
      image.files[object] = file
    case .cut(let object, let length):
      var file = image.files[object] ?? []
      if file.count > length { file.removeLast(file.count - length) }
      if file.count < length { file += [UInt8](repeating: 0, count: length - file.count) }
      image.files[object] = file
    case .rename(let folder, let name, let toFolder, let newName, let object):
      if image.folders[folder]?[name] == object { image.folders[folder]?[name] = nil }
      place(object, toFolder, newName, in: &image)
    case .link(let object, let toFolder, let newName): place(object, toFolder, newName, in: &image)
    case .unlink(let folder, let name): image.folders[folder]?[name] = nil
    case .sync, .syncFailed: break
    }
  }

  /// A name may be durable before anything that its file was written.
  private static func place(_ object: Int, _ folder: Int, _ name: [UInt8], in image: inout Image) {
    if image.files[object] == nil && image.folders[object] == nil { image.files[object] = [] }
    image.folders[folder]?[name] = object
  }

  // MARK: Which cuts are tried

  /// Fates of the uncertain changes before a cut: none, all, names without data, lengths without data, data without names, every
  /// prefix, one left out, one alone, and any subset with torn writes.
  func fates(before cut: Int, _ numbers: inout SeededDraws, subsets: Int) -> [[Int: Fate]] {
    let (pending, lost) = uncertain(before: cut)
    func isData(_ index: Int) -> Bool {
      switch changes[index] {
      case .write, .cut: true
      default: false
      }
    }
    func choose(_ fate: (Int) -> Fate) -> [Int: Fate] {
      var fates: [Int: Fate] = [:]
      for index in lost { fates[index] = Fate.none }
      for index in pending { fates[index] = fate(index) }
      return fates
    }
    var all = [
      choose { _ in .none }, choose { _ in .whole }, choose { isData($0) ? .none : .whole },
      choose { isData($0) ? .zeros : .whole }, choose { isData($0) ? .whole : .none },
    ]
    for last in pending { all.append(choose { $0 <= last ? .whole : .none }) }
    for one in pending {
      all.append(choose { $0 == one ? .none : .whole })
      all.append(choose { $0 == one ? .whole : .none })
    }
    for _ in 0..<subsets {
      all.append(
        choose { index in
          switch UInt8.random(in: 0..<8, using: &numbers) {
          case 0..<3: .whole
          case 3..<6: .none
          case 6: isData(index) ? .zeros : .whole
          default: part(of: index, &numbers)
          }
        })
    }
    return all
  }

  /// The first sectors of a write.
  private func part(of index: Int, _ numbers: inout SeededDraws) -> Fate {
    guard case .write(_, _, let bytes) = changes[index] else { return .whole }
    return .part(Int.random(in: 0...bytes.count / 512, using: &numbers) * 512)
  }
}

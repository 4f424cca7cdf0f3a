// A disk record is everything that one piece of work did to the files below one folder, in order, with its data.
//
// From it a test builds what a disk may hold after a power cut at any moment: what was synced is there, of the rest any part
// may be. The record is written in debug builds only, by whichever thread does the work; release builds contain no trace of it.

import Glibc
import Synchronization

/// The operations on files and folders below one folder, as a disk would have to keep them.
public final class DiskRecord: Sendable {
  /// One change, or one promise that changes are durable; files and folders are named by their inode.
  public enum Operation: Sendable {
    case make(folder: UInt64, name: [UInt8], node: UInt64, isFolder: Bool)
    case write(node: UInt64, offset: Int64, bytes: [UInt8])
    case cut(node: UInt64, length: Int64)
    case rename(folder: UInt64, name: [UInt8], toFolder: UInt64, newName: [UInt8], node: UInt64)
    case link(node: UInt64, toFolder: UInt64, newName: [UInt8])
    case unlink(folder: UInt64, name: [UInt8])
    case sync(node: UInt64)
    /// A sync that failed: what was waiting for it is marked clean by the kernel and never reaches the disk.
    case syncFailed(node: UInt64)
  }

  private let root: String
  private let recorded = Mutex<[Operation]>([])

  private init(root: String) { self.root = root }

  public var operations: [Operation] { recorded.withLock { $0 } }

  /// Starts a record of what happens below a folder; it ends when `stop` is called.
  public static func start(root: String) -> DiskRecord {
    let record = DiskRecord(root: root)
    active.withLock { $0.append(record) }
    return record
  }

  public func stop() { Self.active.withLock { $0.removeAll { $0 === self } } }

  private static let active = Mutex<[DiskRecord]>([])

  #if DEBUG
    /// The record that an open file belongs to, if there is one.
    private static func of(_ descriptor: Int32) -> DiskRecord? {
      let records = active.withLock { $0 }
      if records.isEmpty { return nil }
      let path = path(of: descriptor)
      return records.first { path.hasPrefix($0.root + "/") || path == $0.root }
    }

    /// Where the descriptor leads: readlink of its entry in /proc.
    static func path(of descriptor: Int32) -> String {
      var room = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink("/proc/self/fd/\(descriptor)", &room, room.count)
      return count > 0 ? String(decoding: room[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
    }

    private static func node(_ descriptor: Int32) -> UInt64 {
      var status = stat()
      return Glibc.fstat(descriptor, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    static func node(_ folder: Int32, _ name: [UInt8]) -> UInt64? {
      var status = stat()
      let path = name.map { CChar(bitPattern: $0) } + [0]
      return Glibc.fstatat(folder, path, &status, AT_SYMLINK_NOFOLLOW) == 0 ? UInt64(status.st_ino) : nil
    }

    private func note(_ operation: Operation) { recorded.withLock { $0.append(operation) } }

    // MARK: What the door to the kernel tells, after each call

    static func opened(_ answer: Int, _ folder: Int32, _ name: [UInt8], flags: Int32, existed: Bool) {
      guard answer >= 0, flags & (O_CREAT | O_TRUNC) != 0, let record = of(folder) else { return }
      let node = node(Int32(answer))
      if !existed {
        record.note(.make(folder: Self.node(folder), name: name, node: node, isFolder: false))
      } else if flags & O_TRUNC != 0 {
        record.note(.cut(node: node, length: 0))
      }
    }

    static func wrote(_ answer: Int, _ descriptor: Int32, _ buffer: UnsafeRawBufferPointer, at offset: Int64?)
    {
      guard answer > 0, let record = of(descriptor) else { return }
      let end = offset.map { $0 + Int64(answer) } ?? Int64(lseek(descriptor, 0, SEEK_CUR))
      record.note(
        .write(node: node(descriptor), offset: end - Int64(answer), bytes: Array(buffer[..<answer])))
    }

    static func cut(_ answer: Int, _ descriptor: Int32, length: Int64) {
      guard answer >= 0, let record = of(descriptor) else { return }
      record.note(.cut(node: node(descriptor), length: length))
    }

    static func synced(_ answer: Int, _ descriptor: Int32) {
      guard let record = of(descriptor) else { return }
      if answer >= 0 {
        record.note(.sync(node: node(descriptor)))
      } else if [EIO, ENOSPC, EDQUOT].contains(Int32(-answer)) {
        record.note(.syncFailed(node: node(descriptor)))
      }
    }

    /// What a sync of the whole file system covers: everything that was touched before it began.
    static func nodesToSync(_ descriptor: Int32) -> Set<UInt64> {
      guard let record = of(descriptor) else { return [] }
      var nodes: Set<UInt64> = []
      for operation in record.operations {
        switch operation {
        case .make(let folder, _, let node, _): nodes.formUnion([folder, node])
        case .write(let node, _, _), .cut(let node, _): nodes.insert(node)
        case .rename(let folder, _, let toFolder, _, let node): nodes.formUnion([folder, toFolder, node])
        case .link(let node, let toFolder, _): nodes.formUnion([node, toFolder])
        case .unlink(let folder, _): nodes.insert(folder)
        case .sync, .syncFailed: break
        }
      }
      return nodes
    }

    static func synced(_ answer: Int, _ descriptor: Int32, covering nodes: Set<UInt64>) {
      guard let record = of(descriptor) else { return }
      for node in nodes { record.note(answer >= 0 ? .sync(node: node) : .syncFailed(node: node)) }
    }

    static func madeFolder(_ answer: Int, _ folder: Int32, _ name: [UInt8]) {
      guard answer >= 0, let record = of(folder), let node = node(folder, name) else { return }
      record.note(.make(folder: Self.node(folder), name: name, node: node, isFolder: true))
    }

    static func madeFile(_ answer: Int, _ folder: Int32, _ name: [UInt8]) {
      guard answer >= 0, let record = of(folder), let node = node(folder, name) else { return }
      record.note(.make(folder: Self.node(folder), name: name, node: node, isFolder: false))
    }

    static func renamed(
      _ answer: Int, _ from: Int32, _ name: [UInt8], _ to: Int32, _ newName: [UInt8]
    ) {
      guard answer >= 0, let record = of(to), let node = node(to, newName) else { return }
      record.note(
        .rename(
          folder: Self.node(from), name: name, toFolder: Self.node(to), newName: newName, node: node))
    }

    static func linked(_ answer: Int, _ to: Int32, _ newName: [UInt8]) {
      guard answer >= 0, let record = of(to), let node = node(to, newName) else { return }
      record.note(.link(node: node, toFolder: Self.node(to), newName: newName))
    }

    static func unlinked(_ answer: Int, _ folder: Int32, _ name: [UInt8]) {
      guard answer >= 0, let record = of(folder) else { return }
      record.note(.unlink(folder: Self.node(folder), name: name))
    }
  #endif
}

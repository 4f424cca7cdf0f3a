// A file made without a name belongs to a folder whose rights it has, and lies wherever it is named first.

import Glibc

extension Folder {
  /// Makes an empty file with the rights, group and lists that this folder gives its files, under a name in another folder of the
  /// same file system, without a name appearing here (O_TMPFILE); nil where that cannot be done.
  public func createEmpty(named name: [UInt8], in other: Folder, mode: UInt32 = 0o640) -> Descriptor? {
    // Not in Swift's Glibc module; it is the same number wherever Linux has the generic flags, x86-64 and arm64 among them.
    let unnamed = 0o20_000_000 | O_DIRECTORY
    let answer = SystemCalls.openat(raw, [UInt8(ascii: ".")], flags: unnamed | O_RDWR, mode: mode)
    guard answer >= 0 else { return nil }
    defer { SystemCalls.close(Int32(answer)) }
    guard SystemCalls.nameUnnamed(Int32(answer), other.raw, name) >= 0 else { return nil }
    // Opened again by its name: what is written through the first descriptor is told to whoever watches this folder.
    return try? other.openForWriting(name)
  }
}

// An atomic file appears under its name whole or not at all.

import Glibc

/// Publishing a file in one step: written beside under a temporary name, then renamed.
public enum AtomicFile {
  /// Puts `bytes` under `name`, whole.
  ///
  /// With `replace` an older file of that name gives way in the same step (renameat); without it a taken name is
  /// refused with EEXIST and left alone (renameat2). With `sync` the content is durable before the name shows,
  /// and the name before this returns; without it the caller syncs the folder later, once for many files.
  /// The temporary name follows from `name`, so a file left by a crash is written over, not collected.
  public static func publish(
    _ bytes: [UInt8], in folder: Folder, as name: [UInt8], replace: Bool, sync: Bool, mode: UInt32 = 0o640
  ) throws(FileError) {
    let temporary = temporaryName(for: name)
    do throws(FileError) {
      try write(bytes, in: folder, as: temporary, sync: sync, mode: mode)
      if replace {
        try folder.rename(temporary, to: folder, as: name)
      } else {
        guard try folder.publish(temporary, to: folder, as: name) else {
          throw FileError(call: "renameat2", path: folder.place(name).text, errno: EEXIST)
        }
      }
    } catch {
      // What stands under the temporary name is worthless; that it cannot be removed either adds nothing.
      _ = SystemCalls.unlinkat(folder.raw, temporary)
      throw error
    }
    if sync { try folder.sync() }
  }

  /// Puts a copy of a file in its place, durable with its name: its bytes are written to the disk anew.
  ///
  /// For a file whose sync may have failed: its pages read well, and no further sync would bring them to the disk. It may be
  /// another user's, of which we can read all and write nothing; the copy is ours.
  public static func renew(_ name: [UInt8], in folder: Folder) throws(FileError) {
    let temporary = temporaryName(for: name)
    do throws(FileError) {
      let contents = FileContents(try folder.openForReading(name))
      let copy = try createAnew(temporary, in: folder, mode: 0o640)
      var place: Int64 = 0
      while true {
        let bytes = try contents.read(at: place, count: 1 << 20)
        if bytes.isEmpty { break }
        try copy.write(bytes, at: place)
        place += Int64(bytes.count)
      }
      try copy.sync()
      try folder.rename(temporary, to: folder, as: name)
    } catch {
      _ = SystemCalls.unlinkat(folder.raw, temporary)
      throw error
    }
    try folder.sync()
  }

  /// Removes what a kill between the two steps of a publication without `replace` leaves: the second name of the file.
  public static func removeLeftover(of name: [UInt8], in folder: Folder) throws(FileError) {
    let temporary = temporaryName(for: name)
    if try folder.status(temporary) != nil { try folder.remove(temporary) }
  }

  /// The name under which a file is written before it is published: hidden, short, and the same every time.
  public static func temporaryName(for name: [UInt8]) -> [UInt8] {
    // FNV-1a, 64 bits: it need only keep the names of one folder apart while one file at a time is written.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    // Asked for every answer: put together without a string.
    var temporary: [UInt8] = []
    temporary.reserveCapacity(21)
    temporary.append(UInt8(ascii: "."))
    for place in 1...16 {
      let digit = UInt8(truncatingIfNeeded: hash >> UInt64(64 - 4 * place)) & 15
      temporary.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
    }
    for byte in ".tmp".utf8 { temporary.append(byte) }
    return temporary
  }

  private static func write(
    _ bytes: [UInt8], in folder: Folder, as temporary: [UInt8], sync: Bool, mode: UInt32
  ) throws(FileError) {
    let descriptor = try createAnew(temporary, in: folder, mode: mode)
    try descriptor.write(bytes, at: 0)
    if sync { try descriptor.sync() }
  }

  /// A leftover is removed and made anew, because it may bear a second name that must not change.
  private static func createAnew(
    _ temporary: [UInt8], in folder: Folder, mode: UInt32
  ) throws(FileError) -> Descriptor {
    do throws(FileError) {
      return try folder.create(temporary, exclusive: true, mode: mode)
    } catch {
      guard error.errno == EEXIST else { throw error }
      try folder.remove(temporary)
      return try folder.create(temporary, exclusive: true, mode: mode)
    }
  }
}

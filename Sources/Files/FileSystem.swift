// What the file system under a folder has room for, and whether it lies on another machine.

import Glibc

/// The bytes that we may still write to the folder's file system (fstatvfs).
public func freeBytes(of folder: Folder) throws(FileError) -> UInt64 {
  #if DEBUG
    // A test says how full the disk is by the number in a file that it may change meanwhile.
    if let place = getenv("WAYBILL_FREE"), let file = fopen(place, "r") {
      defer { fclose(file) }
      var digits = [CChar](repeating: 0, count: 32)
      fgets(&digits, Int32(digits.count), file)
      return UInt64(strtoull(digits, nil, 10))
    }
  #endif
  var status = statvfs()
  let answer = SystemCalls.answer(Int(fstatvfs(folder.raw, &status)))
  _ = try granted(answer, "fstatvfs", folder.path)
  return UInt64(status.f_bavail) * UInt64(status.f_frsize)
}

/// Whether the folder lies on a network file system, where locks and renames promise less and no watch wakes us.
public func isNetworkFileSystem(_ folder: Folder) throws(FileError) -> Bool {
  // Sound: fstatfs(2) is not in Swift's Glibc module and is looked up by name; it fills a struct of 120 bytes on
  // 64-bit Linux, whose first word is the file system's magic number, and is lent 256.
  guard let symbol = dlsym(nil, "fstatfs") else { return false }
  typealias Call = @convention(c) (Int32, UnsafeMutableRawPointer) -> Int32
  let fstatfs = unsafeBitCast(symbol, to: Call.self)
  var words = [Int](repeating: 0, count: 32)
  let answer = words.withUnsafeMutableBytes { room in
    room.baseAddress.map { SystemCalls.answer(Int(fstatfs(folder.raw, $0))) } ?? -Int(EINVAL)
  }
  _ = try granted(answer, "fstatfs", folder.path)
  return networkMagics.contains(UInt32(truncatingIfNeeded: words[0]))
}

/// NFS, SMB, SMB2, CIFS, AFS, Coda, NCP, 9P, Ceph, Lustre (statfs(2) and linux/magic.h).
private let networkMagics: Set<UInt32> = [
  0x6969, 0x517B, 0xFE53_4D42, 0xFF53_4D42, 0x5346_414F, 0x7375_7245, 0x564C, 0x0102_1997, 0x00C3_6400,
  0x0BD0_0BD0,
]

// Whether a folder can be written to, asked before anything depends on it.

import Glibc

extension Folder {
  /// Why names cannot be made or changed in the folder; nil: they can, as far as rights and the mount tell (faccessat).
  public func writeRefusal() -> FileError? {
    let answer = SystemCalls.answer(Int(faccessat(raw, ".", W_OK | X_OK, AT_EACCESS)))
    return answer < 0 ? FileError(call: "write into", path: path, errno: Int32(-answer)) : nil
  }
}

import Files
import Glibc
import Testing

@Suite("The process lock")
struct ProcessLockTests {
  @Test("A second process is refused with the number of the first")
  func refused() async throws {
    let temporary = try TemporaryFolder()
    let lock = try ProcessLock(in: temporary.folder)
    #expect(try ProcessLock.holder(in: temporary.folder) == getpid())
    await #expect(processExitsWith: .exitCode(3)) {
      [path = temporary.path as String, first = getpid() as Int32] in
      let folder = try Folder(path: path)
      do {
        _ = try ProcessLock(in: folder)
      } catch LockError.held(byProcess: first) {
        exit(3)
      }
      exit(0)
    }
    withExtendedLifetime(lock) {}
  }

  @Test("It ends with the process that held it, even by SIGKILL, and the number left behind means nothing")
  func endsWithProcess() async throws {
    let temporary = try TemporaryFolder()
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = temporary.path as String] in
      let lock = try ProcessLock(in: try Folder(path: path))
      kill(getpid(), SIGKILL)
      withExtendedLifetime(lock) {}
    }
    #expect(try temporary.text("lock").isEmpty == false)
    #expect(try ProcessLock.holder(in: temporary.folder) == nil)
    let lock = try ProcessLock(in: temporary.folder)
    #expect(try temporary.text("lock") == "\(getpid())\n")
    withExtendedLifetime(lock) {}
  }

  @Test("It is free again when its holder lets go, and a link in its place is refused")
  func letsGo() throws {
    let temporary = try TemporaryFolder()
    #expect(try ProcessLock.holder(in: temporary.folder) == nil)
    for _ in 0..<2 {
      let lock = try ProcessLock(in: temporary.folder)
      #expect(throws: LockError.held(byProcess: getpid())) { _ = try ProcessLock(in: temporary.folder) }
      withExtendedLifetime(lock) {}
    }
    try temporary.folder.remove(bytes("lock"))
    symlink("/tmp/elsewhere", temporary.path + "/lock")
    #expect(
      throws: LockError.failed(FileError(call: "openat", path: temporary.path + "/lock", errno: ELOOP))
    ) { _ = try ProcessLock(in: temporary.folder) }
  }
}

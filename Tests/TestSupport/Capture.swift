/// One end of a started program: where its words go, and how the test gets hold of them.
///
/// What is captured goes into a file without a name, so that no reader has to keep pace and no pipe fills up.

import Glibc

final class Capture {
  /// What the child gets as its descriptor; -1: nothing, closed.
  private(set) var childEnd: Int32 = -1
  /// What the test reads from; -1: nothing.
  private var testEnd: Int32 = -1
  private var isTerminal = false
  private var shown: [UInt8] = []

  init(_ output: WaybillProgram.Output) throws {
    switch output {
    case .closed: break
    case .captured:
      var name = Array("/tmp/waybill-capture-XXXXXX".utf8CString)
      childEnd = mkstemp(&name)
      testEnd = childEnd < 0 ? -1 : fcntl(childEnd, F_DUPFD_CLOEXEC, 3)
      unlink(name)
      guard testEnd >= 0 else { throw TestFailure("mkstemp: \(reason(errno))") }
    case .full:
      childEnd = open("/dev/full", O_WRONLY | O_CLOEXEC)
      guard childEnd >= 0 else { throw TestFailure("/dev/full: \(reason(errno))") }
    case .brokenPipe:
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { throw TestFailure("pipe: \(reason(errno))") }
      close(ends[0])
      childEnd = ends[1]
    case .terminal:
      isTerminal = true
      // The Glibc module has none of posix_openpt(3) and its kin; these two requests of ioctl_tty(2) are what they do.
      let unlock: UInt = 0x4004_5431
      let number: UInt = 0x8004_5430
      var zero: Int32 = 0
      var name: UInt32 = 0
      testEnd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
      guard testEnd >= 0, ioctl(testEnd, unlock, &zero) == 0, ioctl(testEnd, number, &name) == 0 else {
        throw TestFailure("a terminal: \(reason(errno))")
      }
      childEnd = open("/dev/pts/\(name)", O_RDWR | O_NOCTTY | O_CLOEXEC)
      guard childEnd >= 0 else { throw TestFailure("a terminal: \(reason(errno))") }
      var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
      _ = ioctl(childEnd, UInt(TIOCSWINSZ), &size)
    }
  }

  deinit {
    closeChildEnd()
    if testEnd >= 0 { close(testEnd) }
  }

  func closeChildEnd() {
    if childEnd >= 0 { close(childEnd) }
    childEnd = -1
  }

  /// Puts bytes in front of the child, to be read as its input.
  func fill(_ bytes: [UInt8]) throws {
    var place = 0
    while place < bytes.count {
      let rest = bytes[place...]
      let count = rest.withUnsafeBytes { pwrite(testEnd, $0.baseAddress, $0.count, place) }
      guard count > 0 else { throw TestFailure("pwrite: \(reason(errno))") }
      place += count
    }
  }

  /// Takes what a terminal shows, which would otherwise hold the child up.
  func drain() {
    guard isTerminal, testEnd >= 0 else { return }
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(testEnd, &chunk, chunk.count)
      if count <= 0 { return }
      shown += chunk[..<count]
    }
  }

  /// Everything captured so far.
  var bytes: [UInt8] {
    if isTerminal { return shown }
    guard testEnd >= 0 else { return [] }
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = pread(testEnd, &chunk, chunk.count, all.count)
      if count <= 0 { return all }
      all += chunk[..<count]
    }
  }
}

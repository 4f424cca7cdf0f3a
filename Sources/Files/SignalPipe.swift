// A signal pipe turns signals into bytes that can be waited for together with everything else.

import Glibc

/// Signals, delivered as readable bytes: the handler writes the signal's number, the daemon's one wait reads it.
public enum SignalPipe {
  /// Catches these signals from now on and gives the descriptor to wait for; call `drain` when it can be read.
  ///
  /// A second call adds signals to the same pipe.
  public static func install(_ signals: [Int32]) throws(FileError) -> Int32 {
    if writeEnd < 0 {
      var ends: [Int32] = [0, 0]
      let answer = SystemCalls.answer(Int(pipe(&ends)))
      _ = try granted(answer, "pipe", "the signal pipe")
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
      readEnd = ends[0]
      writeEnd = ends[1]
    }
    var action = sigaction()
    action.__sigaction_handler.sa_handler = note
    action.sa_flags = Int32(SA_RESTART)
    for signal in signals { sigaction(signal, &action, nil) }
    return readEnd
  }

  /// The signals that came since the last drain, in order.
  public static func drain() -> [Int32] {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = bytes.withUnsafeMutableBytes { Glibc.read(readEnd, $0.baseAddress, $0.count) }
    return count > 0 ? bytes[..<count].map { Int32($0) } : []
  }

  /// Turns a broken pipe and a file over its bound into errors of the call (EPIPE, EFBIG) instead of our death.
  public static func ignoreWriteSignals() {
    ignore([SIGPIPE, SIGXFSZ])
  }

  /// Opens descriptors 0 to 2 on /dev/null where the caller closed them, so that no file of ours gets such a number
  /// and a line meant for the terminal never lands in the ledger.
  public static func occupyStandardDescriptors() throws(FileError) {
    for wanted in Int32(0)...2 where fcntl(wanted, F_GETFD) == -1 {
      // Not through O_CLOEXEC: children expect their standard descriptors. open(2) gives the lowest free number.
      let answer = SystemCalls.answer(Int(open("/dev/null", O_RDWR)))
      _ = try granted(answer, "open", "/dev/null")
    }
  }

  static func ignore(_ signals: [Int32]) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = SIG_IGN
    for signal in signals { sigaction(signal, &action, nil) }
  }

  // Sound: both are written once, before the handler that reads one of them is installed, by the thread that starts
  // the program; the handler only reads. They are plain numbers with constant first values, so that reading one in a
  // signal handler runs no initialiser.
  nonisolated(unsafe) private static var readEnd: Int32 = -1
  nonisolated(unsafe) private static var writeEnd: Int32 = -1

  /// The handler: one byte into the pipe, errno left as it was. A full pipe loses nothing: it can already be read.
  private static let note: @convention(c) (Int32) -> Void = { signal in
    let before = errno
    var number = UInt8(truncatingIfNeeded: signal)
    _ = Glibc.write(writeEnd, &number, 1)
    errno = before
  }
}

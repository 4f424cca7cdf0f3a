/// The three descriptors a shell hands over, and the words of the command line, made safe before anything else runs.

import Foundation

enum StandardStreams {
  /// Keeps descriptors 0 to 2 occupied and lets a reader that went away be an error of write(2) instead of a signal.
  ///
  /// With `>&-` the next file opened would become descriptor 1, and a printed table would be written into the ledger;
  /// /dev/null takes the place of whatever is closed. SIGXFSZ is ignored for the same reason as SIGPIPE: a bound on file
  /// size must come back as an error.
  static func secure() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 {
      // open(2) gives the lowest free number, which is this one: those below it are taken.
      _ = open("/dev/null", O_RDWR)
    }
  }

  /// The words after the program's name, as the bytes that were given.
  static func words() -> [[UInt8]] {
    let repaired = CommandLine.arguments.dropFirst().map { Array($0.utf8) }
    // Swift repairs what is not UTF-8, and a repaired name opens no file; the kernel still has the bytes.
    guard CommandLine.arguments.contains(where: { $0.unicodeScalars.contains("\u{FFFD}") }),
      let kept = FileManager.default.contents(atPath: "/proc/self/cmdline")
    else { return repaired }
    let words = kept.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
    // Every word ends with a NUL, so that the split leaves one empty piece at the end.
    return words.count == CommandLine.arguments.count + 1 ? Array(words[1..<words.count - 1]) : repaired
  }

  /// Writes to a descriptor until everything is written.
  ///
  /// - Returns: 0, or the errno of the write that failed.
  static func send(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count == 0 || errno != EINTR {
        return count == 0 ? EIO : errno
      }
    }
    return 0
  }

  /// The columns of the terminal behind a descriptor; nil: it is none, or one that cannot redraw a line.
  static func terminalColumns(_ descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1, ProcessInfo.processInfo.environment["TERM"] != "dumb" else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

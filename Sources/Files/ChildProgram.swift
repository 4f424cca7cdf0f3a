// A child program is one that we start, feed with a few bytes, and never wait for longer than a bound.

import Glibc

/// Another program, run to its end or to the end of its time.
public enum ChildProgram {
  /// How it ended.
  public enum Ending: Equatable, Sendable {
    case exited(status: Int32)
    /// Something killed it, by this signal.
    case killed(by: Int32)
    /// It ran out of time and was killed, with everything that it had started.
    case timedOut
    /// It could not be started: errno.
    case notStarted(Int32)
  }

  /// What a pipe holds without a reader, on every Linux (pipe(7)).
  public static let inputBytesMax = 64 << 10

  /// Runs a program by its path with the words behind it, the input on its standard input, and nothing on the others.
  ///
  /// It leads a process group of its own, so that what it starts can be ended with it.
  public static func run(_ words: [String], input: [UInt8], timeoutMilliseconds: Int64) -> Ending {
    precondition(input.count <= inputBytesMax && !words.isEmpty)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return .notStarted(errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // Written before anybody reads: it fits, so nothing waits, and no reader that left early can be missed.
    let written = input.withUnsafeBytes { Glibc.write(ends[1], $0.baseAddress, $0.count) }
    close(ends[1])
    defer { close(ends[0]) }
    guard written == input.count else { return .notStarted(EIO) }
    return start(words, input: ends[0]).map { wait(for: $0, timeoutMilliseconds) } ?? .notStarted(errno)
  }

  /// - Returns: the child's number; nil, with errno, where it could not be started.
  private static func start(_ words: [String], input: Int32) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)

    // Signals as a shell would hand them on, whatever this program catches or ignores.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGPIPE, SIGTERM, SIGINT, SIGXFSZ] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))

    // The copies live until posix_spawn has returned, which is as long as the kernel reads them.
    let copies = words.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    var child: pid_t = 0
    let failure = posix_spawn(&child, words[0], &actions, &attributes, copies + [nil], environ)
    if failure == 0 { return child }
    errno = failure
    return nil
  }

  private static func wait(for child: pid_t, _ timeoutMilliseconds: Int64) -> Ending {
    let end = MonotonicClock.nowMilliseconds() + timeoutMilliseconds
    var word: Int32 = 0
    while true {
      let answer = waitpid(child, &word, WNOHANG)
      if answer == child { break }
      if answer < 0 && errno != EINTR { return .notStarted(errno) }
      if MonotonicClock.nowMilliseconds() >= end {
        kill(-child, SIGKILL)
        while waitpid(child, &word, 0) < 0 && errno == EINTR {}
        return .timedOut
      }
      usleep(10_000)
    }
    // The layout of wait(2): the low seven bits name the signal, the next byte holds the exit status.
    return word & 0x7F == 0 ? .exited(status: word >> 8 & 0xFF) : .killed(by: word & 0x7F)
  }
}

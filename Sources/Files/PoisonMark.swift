// The poison mark names the claims in whose judgement the program died of its own fault.
//
// `ledger/poison` holds their numbers, four bytes each, lowest byte first. A signal handler appends the number of the claim in hand
// through a descriptor opened beforehand, which is all that a handler may do, and lets the signal take its course. A kill or a power
// cut runs no handler and leaves no mark; a signal that somebody sent leaves none either. The next start reads the marks, and
// clears them once the claims are answered.

import Glibc
import Synchronization

/// The claims that killed the program, and the watch for the next one.
public enum PoisonMark {
  private static let fileName = Array("poison".utf8)

  /// Opens the ledger's mark for the process, and gives the claims that earlier runs died of.
  public static func open(in ledger: Folder) throws(FileError) -> [UInt32] {
    let flags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK
    let answer = SystemCalls.openat(ledger.raw, fileName, flags: flags, mode: 0o600)
    let raw = Int32(try granted(answer, "openat", ledger.place(fileName).text))
    let earlier = opening.withLock { _ in
      let earlier = descriptor
      descriptor = raw
      claim = 0
      return earlier
    }
    // Closed once: a number that is closed twice may be another file's by then.
    if earlier >= 0 { SystemCalls.close(earlier) }
    let bytes = try readWhole(ledger, fileName, limit: 1 << 20)
    return stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).map {
      LittleEndianWord.read(bytes, at: $0)
    }
  }

  /// Says which claim is judged from now on; 0: none.
  public static func judging(_ number: UInt32) { claim = number }

  /// Says of which claim this thread parses rows from now on, while another one is judged; 0: of none. One thread at a time does so.
  public static func parsing(_ number: UInt32) {
    parser = pthread_self()
    parsedClaim = number
  }

  /// Is a claim parsed while another one is judged?
  static var isAhead: Bool { parsedClaim != 0 && claim != 0 && parsedClaim != claim }

  /// Forgets the marks: their claims are answered, and judged no more.
  public static func clear() throws(FileError) {
    let answer = opening.withLock { _ in descriptor < 0 ? 0 : SystemCalls.ftruncate(descriptor, length: 0) }
    _ = try granted(answer, "ftruncate", "the poison mark")
  }

  /// From now on the four signals of a broken program leave a mark before they end it. For a process of its own, once.
  public static func catchDeadlySignals() {
    if isCatching { return }
    isCatching = true
    var stack = stack_t()
    if sigaltstack(nil, &stack) == 0, stack.ss_flags & Int32(SS_DISABLE) != 0 {
      // A stack that overflowed has no room for a handler. Sound: the room is given away for as long as the process lives.
      let bytes = 64 * 1024
      stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
      stack.ss_size = bytes
      stack.ss_flags = 0
      sigaltstack(&stack, nil)
    }
    var action = sigaction()
    action.__sigaction_handler.sa_sigaction = note
    action.sa_flags = Int32(SA_SIGINFO) | Int32(SA_ONSTACK)
    // Sound: room for as many actions as there are signals, given away for as long as the process lives.
    let room = UnsafeMutablePointer<sigaction>.allocate(capacity: 4)
    room.initialize(repeating: sigaction(), count: 4)
    before = room
    sigaction(SIGILL, &action, room)
    sigaction(SIGTRAP, &action, room + 1)
    sigaction(SIGSEGV, &action, room + 2)
    sigaction(SIGBUS, &action, room + 3)
  }

  /// Held while the mark is changed: a process of tests opens ledgers side by side, and none may close another's file.
  private static let opening = Mutex(())

  // Sound: written by the thread that judges, or the one that parses ahead of it, and read by the handler, each a whole word; the
  // handler of any other thread finds that it is not `parser`. `before` is written before a handler
  // can run, and is no struct itself, because the compiler gives a static of that type too few bytes. All have constant first values, so that reading one in a handler runs no initialiser.
  nonisolated(unsafe) private static var descriptor: Int32 = -1
  nonisolated(unsafe) private static var claim: UInt32 = 0
  nonisolated(unsafe) private static var parser: pthread_t = 0
  nonisolated(unsafe) private static var parsedClaim: UInt32 = 0
  nonisolated(unsafe) private static var isCatching = false
  /// What the signals led to before.
  nonisolated(unsafe) private static var before: UnsafeMutablePointer<sigaction>?

  /// The handler: four bytes into the mark, then the signal goes where it went before.
  private static let note:
    @convention(c) (Int32, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?) -> Void = {
      signal, info, _ in
      // A positive code comes from the kernel: the program's own instruction failed.
      let isOwnFault = (info?.pointee.si_code ?? 0) > 0
      let isParsers = parsedClaim != 0 && parser == pthread_self()
      let broken = isParsers ? parsedClaim : claim
      if isOwnFault && broken != 0 && descriptor >= 0 {
        var number = broken.littleEndian
        _ = Glibc.write(descriptor, &number, 4)
      }
      let place = signal == SIGILL ? 0 : signal == SIGTRAP ? 1 : signal == SIGSEGV ? 2 : 3
      if let before { sigaction(signal, before + place, nil) }
      // The failed instruction fails again on return; one that only trapped would not, nor would a signal that was sent.
      if !isOwnFault || signal == SIGTRAP { raise(signal) }
    }
}

private enum LittleEndianWord {
  static func read(_ bytes: [UInt8], at index: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << UInt32(8 * $1) }
  }
}

// A thread's priority is its own on Linux: setpriority(2) for "the calling process" moves the calling thread alone.

import Glibc

/// What a thread gets of a processor that others want as well.
public enum ThreadPriority {
  /// The calling thread takes from now on only what all others leave; a system that refuses loses nothing by it.
  public static func giveUp() { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19) }
}

// Watching is how arrivals are noticed: by the kernel's events, or by looking again and again.

public import Files

/// How arrivals in the inboxes are noticed.
///
/// It decides how soon a file is seen, never whether: what lies there, the listing tells in either case.
public enum Watching: Sendable, Equatable {
  case events
  case polling(because: Reason)

  /// Why events cannot be relied on.
  public enum Reason: Sendable, Equatable {
    /// Another machine's changes wake nobody here.
    case networkFileSystem
    /// The kernel gave no watch, mostly because its limits are reached.
    case refused(FileError)
  }

  /// How often the inboxes are looked at where nothing calls.
  public static let pollMilliseconds: Int64 = 1_000
}

// A pulse tells whether the program still moves, for whoever watches it from outside.

internal import Synchronization

/// The moment of the last sign of life of the thread that works.
///
/// The thread that works beats between two batches of rows and two looks into the inboxes; while it waits for something to happen
/// it rests, and is as alive as it will ever be.
public enum Pulse {
  private static let last = Atomic<Int64>(.max)

  /// The work goes on.
  public static func beat() { last.store(MonotonicClock.nowMilliseconds(), ordering: .relaxed) }

  /// Nothing is to be done, for as long as it takes.
  public static func rest() { last.store(.max, ordering: .relaxed) }

  /// How long the last sign of life is ago, in milliseconds; 0 while it rests.
  public static func silenceMilliseconds() -> Int64 {
    let beaten = last.load(ordering: .relaxed)
    return beaten == .max ? 0 : max(0, MonotonicClock.nowMilliseconds() - beaten)
  }
}

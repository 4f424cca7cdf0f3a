// Two clocks: one that only runs forward, for waiting, and the wall's, for what people read.

import Glibc

/// The clock that nobody can set; for settle times and time-outs.
public enum MonotonicClock {
  /// Milliseconds since some moment before this process started.
  public static func nowMilliseconds() -> Int64 { milliseconds(CLOCK_MONOTONIC) }
}

/// The clock on the wall; only ever a field of what is written, never what anything is ordered by.
public enum WallClock {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public static func nowMilliseconds() -> Int64 { milliseconds(CLOCK_REALTIME) + shift }

  #if DEBUG
    /// In debug builds `WAYBILL_CLOCK=-3600000` sets the clock so many milliseconds forward, or back, as somebody might between two files.
    private static let shift = getenv("WAYBILL_CLOCK").flatMap { Int64(String(cString: $0)) } ?? 0
  #else
    private static let shift: Int64 = 0
  #endif
}

private func milliseconds(_ clock: clockid_t) -> Int64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
}

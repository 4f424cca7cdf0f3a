/// The spellings of time that partners use; a profile allows some of them for each kind of file (domain.md 2.1, 3.1, 3.2).
public struct TimeFormats: OptionSet, Sendable {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// `2026-11-18 14:05:09`, two digits each, optional `.` and one to nine digits; local to the partner's zone.
  public static let blank = TimeFormats(rawValue: 1 << 0)
  /// `2026-1-8 4:5:9`: the carrier's own `YYYY-mm-dd H:M:S`, hours, minutes and seconds of one or two digits (seed: Ecom Express).
  public static let blankShort = TimeFormats(rawValue: 1 << 1)
  /// `2026-11-18T14:05:09`, optional fraction, optional `Z`, `+05:30` or `+0530`; a blank instead of `T` when an offset follows.
  public static let iso = TimeFormats(rawValue: 1 << 2)
  /// `2026-11-18` alone: a day, which stands for its first instant; never enough where a time of day is required.
  public static let day = TimeFormats(rawValue: 1 << 3)
  /// `1542531909000`: milliseconds since 1970 (Ekart's `ctime`).
  public static let epochMilliseconds = TimeFormats(rawValue: 1 << 4)
  /// `27-Feb-2023`, optionally with ` 14:05` or ` 14:05:09` (English month names).
  public static let dayMonthName = TimeFormats(rawValue: 1 << 5)
  /// `18/11/2026 14:05:09`: day first; only where configured.
  public static let dayFirstSlash = TimeFormats(rawValue: 1 << 6)
  /// `21062017 1530`: DTDC's day and clock, joined by one blank.
  public static let compactDayFirst = TimeFormats(rawValue: 1 << 7)

  public static let usual: TimeFormats = [.blank, .iso, .day]
}

/// What the bytes of a time cell turned out to be.
public enum ParsedTime: Equatable, Sendable {
  case instant(Timestamp)
  /// A day without a time of day.
  case dayOnly(Timestamp)
  /// Not one of the allowed spellings, or a time that does not exist.
  case bad
}

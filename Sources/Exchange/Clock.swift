internal import Files
public import Orders

/// The clock that files are received by: the machine's, or one that stands still so that output can be reproduced.
///
/// It is read once for each claim; nothing that follows a claim reads a clock.
public enum Clock: Sendable, Equatable {
  case wall
  case fixed(Timestamp)

  public func now() -> Timestamp {
    switch self {
    case .wall: Timestamp(milliseconds: WallClock.nowMilliseconds())
    case .fixed(let instant): instant
    }
  }
}

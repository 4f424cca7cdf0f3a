/// A time typed by a person: `2026-11-21T02:10:04+05:30`, or without the offset in the exchange's own zone.

import Orders

/// A time as it was typed; what instant it is depends on the zone that the configuration names.
struct GivenTime: Equatable {
  let text: String

  /// - Returns: nil, when the text is no time of the formats below.
  init?(_ text: String) {
    self.text = text
    if reading(in: .kolkata) == nil { return nil }
  }

  /// The instant it names in the zone; a day alone stands for its first instant.
  func instant(in zone: Zone) -> Timestamp {
    guard let instant = reading(in: zone) else { preconditionFailure("a time was checked when it was read") }
    return instant
  }

  private func reading(in zone: Zone) -> Timestamp? {
    switch readTime(Array(text.utf8).span, as: [.blank, .iso, .day], in: zone) {
    case .instant(let instant), .dayOnly(let instant): instant
    case .bad: nil
    }
  }
}

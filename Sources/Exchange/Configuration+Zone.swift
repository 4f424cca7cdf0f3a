// Foundation is allowed here: a zone is looked up once, when the program starts, and no row ever comes this way.
internal import Foundation
public import Orders

/// Time zones by the names of the tz database.
extension Zone {
  /// The zone of the name, its changes from 1970 to 2100 listed; nil where the system knows no such zone.
  ///
  /// `Asia/Kolkata` and `UTC` are known without the system's files.
  public static func named(_ name: String) -> Zone? {
    if name == Zone.kolkata.name { return .kolkata }
    if name == Zone.utc.name { return .utc }
    // An abbreviation such as IST means other clocks in other countries, so only `Area/Place` is a name.
    guard name.contains("/"), !name.contains(".."), name.utf8.count <= 64,
      let zone = TimeZone(identifier: name)
    else { return nil }
    let end = Date(timeIntervalSince1970: 4_102_444_800)
    var instant = Date(timeIntervalSince1970: 0)
    var changes: [(from: Int64, offsetSeconds: Int32)] = [
      (.min, Int32(zone.secondsFromGMT(for: instant)))
    ]
    while let next = zone.nextDaylightSavingTimeTransition(after: instant), next > instant, next < end {
      let offset = Int32(zone.secondsFromGMT(for: next))
      if offset != changes[changes.count - 1].offsetSeconds {
        changes.append((Int64(next.timeIntervalSince1970 * 1000), offset))
      }
      instant = next
    }
    return Zone(name: name, changes: changes)
  }
}

import Orders
import Testing

@testable import Outbox

@Suite("Time text")
struct TimeTextTests {
  /// New York's clocks of one winter and summer, with the odd offset of its local mean time before them.
  private static let changing = Zone(
    name: "America/New_York",
    changes: [(.min, -17_762), (-2_717_650_800_000, -18_000), (1_772_953_200_000, -14_400)])
  private static let west = Zone(name: "West", changes: [(.min, -12_600)])

  @Test(
    "Times are written exactly as the trade writes them, in any zone and any order",
    arguments: [Zone.kolkata, .utc, changing, west])
  func sameBytes(zone: Zone) {
    var numbers = SeededNumbers(seed: 5)
    var writer = TimeText(zone: zone)
    var milliseconds: Int64 = 1_795_199_400_000
    for turn in 0..<4000 {
      switch turn % 5 {
      case 0: milliseconds = Int64.random(in: -60_000_000_000_000..<60_000_000_000_000, using: &numbers)
      case 1: milliseconds -= milliseconds % 1000
      case 2: milliseconds = Int64.random(in: -2000...2000, using: &numbers) * 86_400_000 - 1000
      case 3: milliseconds += Int64.random(in: -90...90, using: &numbers) * 1000
      default: milliseconds += Int64.random(in: -100...100, using: &numbers) * 86_400_000
      }
      let instant = Timestamp(milliseconds: milliseconds)
      var written = AnswerText()
      writer.append(instant, to: &written)
      #expect(String(decoding: written.bytes, as: UTF8.self) == instant.iso8601(in: zone))
    }
  }
}

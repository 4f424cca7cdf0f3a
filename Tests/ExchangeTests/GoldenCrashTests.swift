/// Every golden exchange with the program killed on the way, in its drops and in the operator's commands between them.

import Files
import TestSupport
import Testing

@Suite("A golden exchange, the program killed on the way")
struct GoldenCrashTests {
  /// With `WAYBILL_LONG=1` each exchange at each moment of each drop, else some of them at one moment each.
  static let exchanges = {
    let all = ExchangeCase.all(in: "exchanges")
    return isLongRun ? shard(all) : stride(from: 0, to: all.count, by: 4).map { all[$0] }
  }()

  @Test("Ends in the recorded outbox", arguments: exchanges)
  func ends(_ exchange: ExchangeCase) async throws {
    let undisturbed = try await exchange.run()
    var kills = 0
    for kill in Self.kills(in: exchange) {
      let what =
        "\(exchange) killed at \(kill.moment) in \(kill.isInCommand ? "the command of " : "")drop \(kill.drop)"
      let result = try await exchange.run(killedAt: kill)
      if result.wasKilled { kills += 1 }
      let words = undisturbed.outbox.difference(from: result.outbox, names: ("undisturbed", "recovered"))
      #expect(words == nil, "\(what): outbox/\(words ?? "")")
      #expect(result.leftInInbox == undisturbed.leftInInbox, "\(what)")
      // A command that was killed behind its commit finds its work done when it is given again.
      if !kill.isInCommand { #expect(result.said == undisturbed.said, "\(what)") }
    }
    #expect(kills > 0, "\(exchange) was never killed")
    if isLongRun { print("CRASHES \(exchange): \(kills) kills") }
  }

  private static func kills(in exchange: ExchangeCase) -> [ExchangeCase.Kill] {
    let drops = exchange.drops
    if !isLongRun {
      // These moments every group of files passes.
      let moments: [CrashPoint.Name] = [.claimsRenamed, .commitAppended, .commitSynced, .delivered]
      let moment = moments[exchange.name.utf8.reduce(0) { $0 + Int($1) } % moments.count]
      return [ExchangeCase.Kill(moment: moment.rawValue, drop: drops.count - 1, isInCommand: false)]
    }
    return drops.indices.flatMap { drop in
      CrashPoint.Name.ofWork.flatMap { point in
        let isCommanded = exchange.command(after: drops[drop]) != nil
        return (isCommanded ? [false, true] : [false]).map {
          ExchangeCase.Kill(moment: point.rawValue, drop: drop, isInCommand: $0)
        }
      }
    }
  }
}

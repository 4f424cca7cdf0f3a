import Orders
import TestSupport
import Testing

@testable import waybill

@Suite("The rules, printed")
struct RulesTests {
  private func rules(_ words: String...) throws -> String {
    let recorded = RecordedConsole()
    let status = Waybill.run(
      (["rules"] + words).map { Array($0.utf8) }, recorded.console, connect: { _ in SampleEngine() })
    try #require(recorded.console.finish(status) == .done, "\(recorded.errorsText)")
    return recorded.outputText
  }

  @Test("every pair of state and event, for every partner, is as the golden says")
  func golden() throws {
    #expect(GoldenFile("fixtures/golden/rules.csv").difference(from: try rules("--format", "csv")) == nil)
  }

  @Test("the CSV holds every pair once, and its words are those of the tables")
  func complete() throws {
    let lines = try rules("--format=csv").split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(lines[0] == ["partner", "state", "event", "outcome", "to", "code"])
    let pairs = Set(lines.dropFirst().map { $0[0...2].joined(separator: ",") })
    #expect(pairs.count == 6 * ShipmentState.allCases.count * EventKind.allCases.count)
    #expect(lines.count == pairs.count + 1)
    for line in lines.dropFirst() {
      #expect((line[3] == "moves") == (ShipmentState(name: line[4]) != nil))
      #expect(["refused", "may_not_ask"].contains(line[3]) == (RejectionCode(name: line[5]) != nil))
    }
  }

  @Test("one partner's CSV is its part of the whole", arguments: PartnerProfile.builtIn.map(\.folder))
  func onePartner(folder: String) throws {
    let whole = try rules("--format=csv").split(separator: "\n")
    let part = try rules("--format=csv", "--partner", folder).split(separator: "\n")
    #expect(Array(part.dropFirst()) == whole.filter { $0.hasPrefix(folder + ",") })
  }

  @Test(
    "the page of a partner names what it may not send, its rules with their seeds, and each state",
    arguments: PartnerProfile.builtIn.map(\.folder))
  func page(folder: String) throws {
    let profile = try #require(PartnerProfile.builtIn.first { $0.folder == folder })
    let page = try rules("--partner", folder)
    for kind in Kind.allCases {
      if case .refused(let reason) = profile.permission(for: kind) { #expect(page.contains(reason)) }
    }
    for rule in profile.rules { #expect(page.contains("  \(rule.sentence) [\(rule.seed)]\n")) }
    for state in ShipmentState.allCases { #expect(page.contains("\n  \(state.name) ")) }
    #expect(page.split(separator: "\n").allSatisfy { TextWidth.of(String($0)) <= 130 })
  }

  @Test("the matrix and the CSV say the same")
  func matrix() {
    for profile in PartnerProfile.builtIn {
      let lines = RulesCommand.matrix(profile).lines()
      let events = EventKind.allCases.filter { Transitions.mayAsk($0, profile) }
      #expect(lines[0].split(separator: " ").map(String.init) == events.map { RulesCommand.short($0) })
      for (state, line) in zip(ShipmentState.allCases, lines.dropFirst(2)) {
        let cells = line.split(separator: " ").dropFirst()
        for (event, cell) in zip(events, cells) {
          let (_, to, code) = RulesCommand.entry(state, event, profile)
          if let to { #expect(cell == RulesCommand.short(to)) }
          if let code { #expect(cell == code.name) }
        }
        #expect(cells.count == events.count)
      }
    }
  }

  @Test("short words are no longer than four letters and stand for one state or event each")
  func shortWords() {
    let states = ShipmentState.allCases.map { RulesCommand.short($0) }
    let own = EventKind.allCases.filter { Transitions.target(of: $0) == nil }.map { RulesCommand.short($0) }
    #expect(Set(states + own).count == states.count + own.count)
    #expect((states + own).allSatisfy { $0.count <= 4 })
  }

  @Test(
    "the graph draws exactly the moves of the table", arguments: [nil] + PartnerProfile.builtIn.map(\.folder))
  func graph(folder: String?) throws {
    let text = try folder.map { try rules("--format=dot", "--partner", $0) } ?? rules("--format=dot")
    #expect(text.hasPrefix("digraph waybill {\n") && text.hasSuffix("\n}\n"))
    let profile = PartnerProfile.builtIn.first { $0.folder == folder }
    var moves: Set<String> = []
    for state in ShipmentState.allCases {
      for event in EventKind.allCases {
        if let profile, !Transitions.mayAsk(event, profile) { continue }
        let step = profile.map { Transitions.step(state, event, for: $0) } ?? Transitions.step(state, event)
        if case .moves(let to) = step { moves.insert("\(state.name) -> \(to.name)") }
      }
    }
    let drawn = text.split(separator: "\n").filter { $0.contains("->") }.map { line in
      line.split(separator: "[")[0].split(separator: " ").joined(separator: " ")
    }
    #expect(Set(drawn) == moves)
    #expect(drawn.count == moves.count)
  }

  @Test("a partner that is not there is wrong usage and offers the nearest")
  func unknownPartner() {
    let recorded = RecordedConsole()
    #expect(recorded.run("rules", "--partner", "dtcd") == .wrongUsage)
    #expect(recorded.errorsText == "waybill: no partner's folder is called `dtcd`; did you mean `dtdc`?\n")
  }
}

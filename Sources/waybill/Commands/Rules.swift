/// `waybill rules`: the state machine and what a partner may send, printed from the very tables the judge uses.

import Exchange
import Orders

enum RulesCommand {
  static let verb = Verb(
    name: "rules",
    summary: "prints the state machine and what each partner may send",
    description: [
      "From the very tables by which rows are judged, the configuration of ROOT included. As a table for",
      "people, as a graph for Graphviz, or as CSV: partner,state,event,outcome,to,code for every pair of",
      "state and event. The outcome may_not_ask stands where the partner sends no file that could ask it.",
      "With --touchpoints every line of the five seeds that says what is exchanged, with its file, its rule",
      "and its proof; as CSV: seed,place,words,files,rules,proofs.",
    ],
    options: [.partner, .format, .touchpoints, .root, .config],
    examples: [
      .init(line: "waybill rules --partner dtdc", meaning: "what dtdc may send, and when"),
      .init(
        line: "waybill rules --format dot | dot -Tsvg > machine.svg",
        meaning: "the state machine as a picture"),
      .init(
        line: "waybill rules --touchpoints --partner booon",
        meaning: "what its seed asks for, and where it is"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let profiles = try call.ask { () throws(Failure) in try Connection.configuration(call.arguments) }
      .profiles
    var chosen = profiles
    if let name = call.arguments.partner { chosen = [try PartnerName.known(name, among: profiles)] }
    if call.arguments.wantsTouchpoints { return try touchpoints(call, chosen) }
    switch call.arguments.format {
    case .csv: call.console.data(csv(chosen).utf8)
    case .dot: call.console.data(dot(call.arguments.partner == nil ? nil : chosen[0]).utf8)
    case .table:
      for (place, profile) in chosen.enumerated() {
        if place > 0 { call.console.line() }
        call.console.lines(page(profile))
      }
      call.console.lines([""] + legend)
    }
    return .done
  }

  /// What becomes of the event in the state when the partner asks for it: the outcome's word, the new state, the code.
  static func entry(_ state: ShipmentState, _ event: EventKind, _ profile: PartnerProfile)
    -> (outcome: String, to: ShipmentState?, code: RejectionCode?)
  {
    guard Transitions.mayAsk(event, profile) else { return ("may_not_ask", nil, .kindNotAllowed) }
    let step = Transitions.step(state, event, for: profile)
    switch step {
    case .moves(let target): return (step.name, target, nil)
    case .refused(let code): return (step.name, nil, code)
    case .stays, .parked, .recorded, .duplicate: return (step.name, nil, nil)
    }
  }

  static func csv(_ profiles: [PartnerProfile]) -> String {
    var text = "partner,state,event,outcome,to,code\n"
    for profile in profiles {
      for state in ShipmentState.allCases {
        for event in EventKind.allCases {
          let (outcome, to, code) = entry(state, event, profile)
          text +=
            "\(profile.folder),\(state.name),\(event.name),\(outcome),\(to?.name ?? ""),\(code?.name ?? "")\n"
        }
      }
    }
    return text
  }

  /// The machine as a graph: one edge between two states, with the events that lead along it.
  ///
  /// - Parameter profile: only what this partner may ask, under its terms; nil: the machine without any partner's terms.
  static func dot(_ profile: PartnerProfile?) -> String {
    var text = """
      digraph waybill {
        rankdir=LR;
        node [shape=box, style=rounded, fontname="Helvetica"];
        edge [fontname="Helvetica", fontsize=10];

      """
    for state in ShipmentState.allCases {
      text +=
        "  \(state.name) [label=\"\(HumanText.words(state.name))\"\(state.isClosed ? ", peripheries=2" : "")];\n"
    }
    for from in ShipmentState.allCases {
      for to in ShipmentState.allCases {
        let events = EventKind.allCases.filter { event in
          if let profile, !Transitions.mayAsk(event, profile) { return false }
          let step =
            profile.map { Transitions.step(from, event, for: $0) } ?? Transitions.step(from, event)
          return step == .moves(to: to)
        }
        if events.isEmpty { continue }
        let label = events.map { HumanText.words($0.name) }.joined(separator: "\\n")
        text += "  \(from.name) -> \(to.name) [label=\"\(label)\"\(style(from, to))];\n"
      }
    }
    return text + "}\n"
  }

  /// The usual way stands out: steps over missed milestones are grey, what goes wrong with goods is dashed.
  private static func style(_ from: ShipmentState, _ to: ShipmentState) -> String {
    if to == .lost || to == .damaged { return ", style=dashed, color=gray50, fontcolor=gray50" }
    let isJump = from.isMoving && to.isMoving && to.rank > from.rank + 1
    return isJump ? ", color=gray70, fontcolor=gray50" : ""
  }
}

/// `waybill pause` and `waybill resume`: a partner's inbox left alone for a while.

import Orders

enum PauseCommand {
  static let verb = Verb(
    name: "pause",
    summary: "leaves a partner's inbox alone until it is resumed",
    description: [
      "From now on nothing is taken out of the partner's inbox; what is dropped there waits, and what was taken",
      "before is answered. Other partners' files may still lead to feeds and settled answers for it. The ledger",
      "keeps who said so and why, over restarts too. A running daemon is told, between two files; without one it is",
      "written down here, and holds for `waybill once` as well.",
    ],
    operands: [.init(name: "PARTNER", summary: "the name of its folder")],
    options: [.root, .config, .reason, .at, .quiet],
    required: [.reason],
    examples: [
      .init(
        line: "waybill pause dtdc --reason sends-last-week-again",
        meaning: "until `waybill resume dtdc`")
    ],
    run: pause)

  static let resuming = Verb(
    name: "resume",
    summary: "takes from a paused partner's inbox again",
    description: [
      "What waited there meanwhile is taken in the processing sequence. The ledger keeps who said so and why."
    ],
    operands: [.init(name: "PARTNER", summary: "the name of its folder")],
    options: [.root, .config, .reason, .at, .quiet],
    required: [.reason],
    examples: [
      .init(line: "waybill resume dtdc --reason they-fixed-it", meaning: "what waits there is answered now")
    ],
    run: resume)

  private static func pause(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    let partner = try partner(call, engine)
    let view = try call.ask { () throws(Failure) in
      try engine.pause(partner, because: call.arguments.reason ?? "", call.deedWork())
    }
    if !call.arguments.isQuiet {
      call.console.line(
        sentence(
          view, done: "inbox/\(partner) is left alone from now on", already: "\(partner) is paused already"))
    }
    return .done
  }

  private static func resume(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    // A partner that was paused and then taken out of the configuration can still be resumed.
    let partner = call.arguments.text(0)
    let view = try call.ask { () throws(Failure) in
      try engine.resume(partner, because: call.arguments.reason ?? "", call.deedWork())
    }
    if !call.arguments.isQuiet {
      call.console.line(
        sentence(view, done: "inbox/\(partner) is taken from again", already: "\(partner) is not paused"))
    }
    return .done
  }

  private static func partner(_ call: Call, _ engine: any Engine) throws(Stop) -> String {
    let word = call.arguments.text(0)
    let known = engine.profiles.map(\.folder)
    guard known.contains(word) else {
      throw .usage(.unknownPartner(word, known: known, nearest: Nearest.word(to: word, among: known)))
    }
    return word
  }

  static func sentence(_ view: OperatorView, done: String, already: String) -> String {
    switch view {
    case .done(let decision): "\(done); decision \(HumanText.count(Int(decision.raw)))."
    case .unchanged: "\(already); nothing was done."
    }
  }
}

extension Call {
  /// What an operator should see, in one line on stderr; ordinary events are for a log.
  func complain(_ notice: Notice) {
    if case .event = notice { return }
    console.complain(Sentences.of(notice))
  }
}

/// `waybill file`: what became of a file and of all its rows.

import Orders
import Reports

enum FileCommand {
  static let verb = Verb(
    name: "file",
    summary: "tells what became of a file and all its rows",
    description: [
      "What it came to, what was answered, which rows were rejected or waited, what the waiting ones came to,",
      "and where the shipments of its rows are now. Of a name that came several times every file is told.",
    ],
    operands: [.init(name: "NAME", summary: "the file's name, or partner/name", isFile: true)],
    options: [.partner, .root, .config, .json],
    examples: [
      .init(line: "waybill file manifests-1121.csv", meaning: "every file of this name, oldest first"),
      .init(line: "waybill file dtdc/manifests-1121.csv --json", meaning: "one partner's, for a machine"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    let name = call.arguments.operands[0]
    var partner: String?
    if let given = call.arguments.partner {
      partner = try PartnerName.known(given, among: engine.profiles).folder
    }
    let rowsMax = call.arguments.wantsJSON ? rowsMaxJSON : rowsMaxText
    let stories = try call.ask { () throws(Failure) in
      try engine.fileStories(of: name, from: partner, rowsMax: rowsMax, call.console.show)
    }
    if call.arguments.wantsJSON {
      call.console.data(FileStory.json(stories, in: engine.zone))
      return .done
    }
    let titles = Dictionary(
      engine.profiles.map { ($0.folder, $0.title) }, uniquingKeysWith: { first, _ in first })
    for (place, story) in stories.enumerated() {
      if place > 0 { call.console.line() }
      call.console.lines(story.lines(titles: titles, in: engine.zone))
    }
    return .done
  }

  private static let rowsMaxText = 20_000
  private static let rowsMaxJSON = 100_000
}

/// `waybill partner`: a partner's day.
enum PartnerCommand {
  static let verb = Verb(
    name: "partner",
    summary: "tells a partner's day: what it sent, what that came to, what is its move",
    description: [
      "Its files with their outcomes, the ones that are late or missing, what was rejected and why, rows that",
      "wait, and what needs it: the day's report, seen from one partner.",
    ],
    operands: [.init(name: "P", summary: "the partner, by the name of its folder")],
    options: [.date, .at, .root, .config, .json],
    examples: [
      .init(line: "waybill partner dtdc", meaning: "today, as far as it has come"),
      .init(line: "waybill partner ekart --date 2026-11-21 --json", meaning: "that day, for a machine"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    let profile = try PartnerName.known(call.arguments.text(0), among: engine.profiles)
    let (date, clock) = (call.arguments.date, call.arguments.at)
    let story = try call.ask { () throws(Failure) in
      try engine.partnerStory(of: profile, on: date, at: clock, call.console.show)
    }
    if call.arguments.wantsJSON {
      call.console.data(story.json(in: engine.zone))
    } else {
      call.console.lines(story.lines(in: engine.zone))
    }
    return .done
  }
}

/// What `waybill status` says of partners that are paused, and of the quarantine.

import Orders

extension StatusCommand {
  static func lines(_ paused: [StatusView.Paused], _ quarantined: Int, _ zone: Zone) -> [String] {
    var lines: [String] = []
    if !paused.isEmpty {
      var table = TextTable([
        .init("partner"), .init("since"), .init("by"), .init("because", columnsMax: 60),
      ])
      for pause in paused {
        table.add(
          pause.partner, HumanText.time(pause.since, zone), SafeText.of(pause.by), SafeText.of(pause.reason))
      }
      lines += ["", "Paused: nothing is taken from these inboxes"] + table.lines(indent: 2)
    }
    if quarantined > 0 {
      let (what, verb) = quarantined == 1 ? ("file", "lies") : ("files", "lie")
      lines += [
        "",
        "\(HumanText.count(quarantined)) \(what) \(verb) in quarantine: `waybill quarantine list` says why.",
      ]
    }
    return lines
  }

  static func json(_ pause: StatusView.Paused, _ zone: Zone) -> JSONText {
    .object([
      ("partner", .text(pause.partner)), ("since", .text(pause.since.iso8601(in: zone))),
      ("by", .text(pause.by)), ("reason", .text(pause.reason)),
    ])
  }
}

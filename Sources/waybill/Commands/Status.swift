/// `waybill status`: how the exchange stands, for the operator.

import Orders

enum StatusCommand {
  static let verb = Verb(
    name: "status",
    summary: "shows what waits, what is parked, and what each partner was answered last",
    description: [
      "Reads only: it needs neither the daemon nor its lock, and may be asked at any time.",
      "Parked rows wait for an earlier step, mostly tracking for its manifest. Held files stay in the inbox.",
    ],
    options: [.root, .config, .json],
    examples: [
      .init(line: "waybill status", meaning: "the exchange in the current folder"),
      .init(line: "waybill status --json", meaning: "the same for a monitoring system"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let engine = try call.engine()
    let view = try call.ask { () throws(Failure) in try engine.status() }
    if call.arguments.wantsJSON {
      call.console.data(json(view, engine.zone).page.utf8)
    } else {
      call.console.lines(lines(view, engine.zone))
    }
    return .done
  }

  static func lines(_ view: StatusView, _ zone: Zone) -> [String] {
    var head = TextTable("", "")
    head.add("Exchange", view.root)
    head.add("At work", view.daemon.map { "process \($0)" } ?? "nobody")
    if view.daemon != nil, let watch = view.watch {
      head.add("Watches", watch.pollsBecause.map { "by polling, every second: \($0)" } ?? "by inotify")
      head.add("Writers", watch.asksWriters ? "asked for by lease" : "unknown; the settle time alone decides")
    }
    if let position = view.position {
      head.add(
        "Ledger",
        "decision \(HumanText.count(Int(position.decision.raw))), \(HumanText.count(position.segments, "segment")), "
          + "\(HumanText.size(position.bytes)), hash \(position.hash.prefix(12))")
      head.add(
        "Start-up",
        position.checkpoint.map {
          "checkpoint at decision \(HumanText.count(Int($0.decision.raw))) (\(HumanText.size($0.bytes))), "
            + "then \(HumanText.size(position.tailBytes)) of journal"
        } ?? "no checkpoint yet: the whole journal")
      head.add(
        "Holds",
        "\(HumanText.count(position.orders, "order")), \(HumanText.count(position.shipments, "shipment"))")
    } else {
      head.add("Ledger", "none yet: nothing was processed")
    }
    head.add("Configured", configured(view))
    var lines = head.lines() + [""] + partners(view, zone).lines()
    if !view.held.isEmpty { lines += ["", "Held"] + WaitingTable.table(view.held).lines(indent: 2) }
    if !view.unknownCodes.isEmpty {
      var table = TextTable([.init("partner"), .init("code"), .number("rows")])
      for unknown in view.unknownCodes {
        table.add(unknown.partner, unknown.code, HumanText.count(unknown.count))
      }
      lines += ["", "Codes that no table has (recorded, moved nothing)"] + table.lines(indent: 2)
    }
    lines += self.lines(view.exceptions, zone)
    lines += self.lines(view.paused, view.quarantinedFiles, zone)
    if !view.withoutLocations.isEmpty {
      let isOne = view.withoutLocations.count == 1
      lines += [
        "",
        "\(HumanText.list(view.withoutLocations)) \(isOne ? "gets" : "get") no feed: the configuration gives "
          + "\(isOne ? "it" : "them") no location key.",
      ]
    }
    return lines
  }

  /// The configuration's hash, and whether the next decision is made under another than the last one was.
  private static func configured(_ view: StatusView) -> String {
    let inForce = "hash \(view.configuration.prefix(12))"
    guard let last = view.decidedUnder, last != view.configuration else { return inForce }
    return inForce + "; the last decision was made under \(last.prefix(12))"
  }

  private static func partners(_ view: StatusView, _ zone: Zone) -> TextTable {
    var table = TextTable([
      .init("partner"), .number("waiting"), .number("size"), .number("oldest"), .number("parked"),
      .init("oldest parked"), .init("last file", columnsMax: 40), .init("outcome"), .init("when"),
    ])
    for partner in view.partners {
      table.add(
        partner.folder, HumanText.count(partner.waitingFiles),
        partner.waitingFiles == 0 ? "" : HumanText.size(partner.waitingBytes),
        partner.oldestSeconds.map { HumanText.span(seconds: $0) } ?? "", HumanText.count(partner.parkedRows),
        partner.oldestParked.map { HumanText.time($0, zone) } ?? "",
        partner.lastFile.map { SafeText.of($0.name) } ?? "-",
        partner.lastFile.map(AnswersTable.outcome) ?? "",
        partner.lastFile?.completedAt.map { HumanText.time($0, zone) } ?? "")
    }
    return table
  }

  static func json(_ view: StatusView, _ zone: Zone) -> JSONText {
    .object([
      ("root", .text(view.root)),
      ("process", JSONText(view.daemon.map(Int.init))),
      ("watch", view.daemon == nil ? .null : view.watch.map(json) ?? .null),
      ("ledger", view.position.map(json) ?? .null),
      (
        "configuration",
        .object([("hash", .text(view.configuration)), ("last_decision_under", JSONText(view.decidedUnder))])
      ),
      ("partners", .list(view.partners.map { json($0, zone) })),
      (
        "held",
        .list(
          view.held.map {
            .object([
              ("partner", .text($0.partner)), ("file", .text(SafeText.of($0.name))),
              ("why", .text(Sentences.of($0.reason))),
            ])
          })
      ),
      (
        "unknown_codes",
        .list(
          view.unknownCodes.map {
            .object([("partner", .text($0.partner)), ("code", .text($0.code)), ("rows", .number($0.count))])
          })
      ),
      ("without_locations", .list(view.withoutLocations.map { .text($0) })),
      ("seen_after_cancellation", json(view.exceptions, zone)),
      ("paused", .list(view.paused.map { json($0, zone) })),
      ("quarantined_files", .number(view.quarantinedFiles)),
    ])
  }

  private static func json(_ watch: StatusView.Watch) -> JSONText {
    .object([
      ("mode", .text(watch.pollsBecause == nil ? "inotify" : "polling")),
      ("because", JSONText(watch.pollsBecause)), ("writers", .text(watch.asksWriters ? "lease" : "unknown")),
    ])
  }

  private static func json(_ position: StatusView.Position) -> JSONText {
    .object([
      ("decision", .number(Int(position.decision.raw))), ("hash", .text(position.hash)),
      ("segments", .number(position.segments)), ("bytes", .number(position.bytes)),
      ("orders", .number(position.orders)), ("shipments", .number(position.shipments)),
      (
        "checkpoint",
        position.checkpoint.map {
          .object([("decision", .number(Int($0.decision.raw))), ("bytes", .number($0.bytes))])
        } ?? .null
      ), ("tail_bytes", .number(position.tailBytes)),
    ])
  }

  private static func json(_ partner: StatusView.Partner, _ zone: Zone) -> JSONText {
    .object([
      ("partner", .text(partner.folder)),
      ("waiting_files", .number(partner.waitingFiles)),
      ("waiting_bytes", .number(partner.waitingBytes)),
      ("oldest_waiting_seconds", JSONText(partner.oldestSeconds)),
      ("parked_rows", .number(partner.parkedRows)),
      ("oldest_parked", JSONText(partner.oldestParked?.iso8601(in: zone))),
      (
        "last_file",
        partner.lastFile.map { file in
          .object([
            ("file", .text(SafeText.of(file.name))), ("kind", JSONText(file.kind?.name)),
            ("outcome", .text(file.outcome.rawValue)),
            ("completed_at", JSONText(file.completedAt?.iso8601(in: zone))),
            ("ledger_sequence", JSONText(file.decision.map { Int($0.raw) })),
          ])
        } ?? .null
      ),
    ])
  }
}

/// The rules of one partner as a page for people: what it may send, its own rules, and the steps as a matrix.

import Orders

extension RulesCommand {
  static func page(_ profile: PartnerProfile) -> [String] {
    var lines = ["\(profile.folder): \(profile.title), \(word(profile.role))", "", "May it send"]
    lines += permissions(profile).lines(indent: 2)
    lines += ["", "Terms"] + terms(profile).lines(indent: 2)
    lines += ["", "Rules of its seed"]
    for rule in profile.rules { lines.append("  \(rule.sentence) [\(rule.seed)]") }
    lines += ["", "What becomes of an event, by the state the shipment is in"]
    return lines + matrix(profile).lines(indent: 2)
  }

  private static func permissions(_ profile: PartnerProfile) -> TextTable {
    var table = TextTable("", "", "")
    for kind in Kind.allCases {
      switch profile.permission(for: kind) {
      case .allowed: table.add(kind.name, "yes", "")
      case .refused(let reason): table.add(kind.name, "no", reason)
      case .onlyWith(let setting):
        table.add(kind.name, isOn(setting, profile) ? "yes" : "no", "only while \(setting.rawValue) is on")
      }
    }
    return table
  }

  private static func isOn(_ setting: Permission.Setting, _ profile: PartnerProfile) -> Bool {
    switch setting {
    case .apiMode: profile.apiMode
    case .updateAvailableInventoryOnly: profile.updateAvailableInventoryOnly
    }
  }

  private static func terms(_ profile: PartnerProfile) -> TextTable {
    var table = TextTable("", "")
    let keys = profile.locationKeys?.map { SafeText.of($0) }.sorted()
    table.add("acts on", owns(profile.role))
    table.add("locations", keys.map { HumanText.list($0) } ?? "any")
    table.add(
      "gets from us",
      profile.feeds.isEmpty
        ? (profile.repliesInCarrierShape ? "replies in its own shape" : "answers only")
        : HumanText.list(profile.feeds.map { "feed-\($0.rawValue)" }))
    if Transitions.mayAsk(.confirm, profile) {
      table.add("assignment", profile.assignmentBeforeConfirmation ? "before confirmation" : "may be missing")
    }
    table.add("waiting rows", "at most \(profile.parkHours) h, then rejected")
    table.add("unknown orders", "rows about them \(profile.parkUnknown ? "wait" : "are rejected")")
    return table
  }

  static func word(_ role: Role) -> String {
    switch role {
    case .orderManagement: "order management system"
    case .carrier: "carrier"
    case .warehouse: "warehouse"
    case .marketplace: "marketplace"
    }
  }

  private static func owns(_ role: Role) -> String {
    switch role {
    case .orderManagement: "every order"
    case .carrier: "the shipments assigned to it"
    case .warehouse: "the orders of its locations"
    case .marketplace: "the orders it created"
    }
  }

  /// Rows are states, columns the events the partner may ask for.
  static func matrix(_ profile: PartnerProfile) -> TextTable {
    let events = EventKind.allCases.filter { Transitions.mayAsk($0, profile) }
    var table = TextTable([.init("")] + events.map { .init(short($0)) })
    for state in ShipmentState.allCases {
      table.add([state.name] + events.map { cell(state, $0, profile) })
    }
    return table
  }

  private static func cell(_ state: ShipmentState, _ event: EventKind, _ profile: PartnerProfile) -> String {
    switch Transitions.step(state, event, for: profile) {
    case .moves(let target): short(target)
    case .stays: "="
    case .parked: "wait"
    case .recorded: "rec"
    case .duplicate: "dup"
    case .refused(let code): code.name
    }
  }

  /// What the marks of the matrix mean.
  static var legend: [String] {
    var marks = TextTable("", "")
    marks.add("=", "accepted, the state stays")
    marks.add("wait", "parked until the manifest lands")
    marks.add("rec", "recorded, moves nothing")
    marks.add("dup", "duplicate: the step was taken before")
    marks.add("W302", "refused with this code: `waybill explain W302`")
    var words = TextTable("", "")
    for state in ShipmentState.allCases where short(state) != state.name {
      words.add(short(state), state.name)
    }
    for event in EventKind.allCases where Transitions.target(of: event) == nil {
      words.add(short(event), event.name)
    }
    return ["Marks in the tables"] + marks.lines(indent: 2) + ["Short words"] + words.lines(indent: 2)
  }

  /// Four letters at most, so that a matrix of eighteen events stays on a screen.
  static func short(_ state: ShipmentState) -> String {
    switch state {
    case .awaitingCarrier: "awtg"
    case .open: "open"
    case .assigned: "asgd"
    case .confirmed: "conf"
    case .shipped: "ship"
    case .pickupScheduled: "psch"
    case .pickedUp: "pick"
    case .inTransit: "tran"
    case .outForDelivery: "ofd"
    case .undelivered: "und"
    case .damaged: "dmg"
    case .rto: "rto"
    case .rtoInTransit: "rtot"
    case .rtoOutForDelivery: "rtoo"
    case .delivered: "dlvd"
    case .returned: "retd"
    case .lost: "lost"
    case .cancelled: "canc"
    }
  }

  /// A carrier's event bears the word of the state it asks for.
  static func short(_ event: EventKind) -> String {
    if let target = Transitions.target(of: event) { return short(target) }
    switch event {
    case .assign: return "asgn"
    case .reassign: return "rasg"
    case .confirm: return "cfrm"
    case .document: return "docs"
    case .manifest: return "mnfs"
    default: return "cncl"
    }
  }
}

/// The calendar of the configuration: which partner's files are due when.
///
/// It stands with the partner, under `expect`: `{"tracking": {"by": "21:30", "days": ["mon", "sat"]}}`. It tells the report and
/// the reconciliation what is late or missing; no decision depends on it, so it is no part of the configuration's hash.

internal import Orders

extension ConfigurationNode {
  /// By kind, when the first file is due.
  func expectedArrivals() throws(ConfigurationFault) -> [Kind: ExpectedArrival] {
    var expected: [Kind: ExpectedArrival] = [:]
    for (name, node) in try settings(Kind.names) {
      guard let kind = Kind(name: name) else { continue }
      let members = try node.settings(["by", "days"])
      guard let by = members.first(where: { $0.key == "by" })?.node else {
        throw node.fault("must say by when, as {\"by\": \"21:30\"}")
      }
      guard var arrival = ExpectedArrival(clock: try by.text()) else {
        throw by.fault(
          "must be a time of day from \"00:00\" to \"24:00\", not \(try by.text().quotedForMessage)")
      }
      if let days = members.first(where: { $0.key == "days" })?.node {
        arrival.weekdays = try days.weekdays()
      }
      expected[kind] = arrival
    }
    return expected
  }

  private func weekdays() throws(ConfigurationFault) -> Set<Int> {
    var days: Set<Int> = []
    for item in try items() {
      let word = try item.word(ExpectedArrival.weekdayWords)
      guard let day = ExpectedArrival.weekdayWords.firstIndex(of: word) else { continue }
      if !days.insert(day).inserted { throw item.fault("names \(word.quotedForMessage) a second time") }
    }
    if days.isEmpty { throw fault("names no day; left out, it means every day") }
    return days
  }
}

extension PartnerProfile {
  /// What of the calendar is in force.
  func expectSettings(
    _ setting: (_ key: String, _ value: SettingValue, _ elsewhere: String?) -> Setting
  ) -> [Setting] {
    var settings = Kind.allCases.flatMap { kind -> [Setting] in
      guard let arrival = expected[kind] else { return [] }
      let days = arrival.weekdays.sorted().map { ExpectedArrival.weekdayWords[$0] }
      return [
        setting("expect.\(kind.name).by", .text(arrival.clock), nil),
        setting("expect.\(kind.name).days", .list(days), nil),
      ]
    }
    if settings.isEmpty { settings = [setting("expect", .none("learned from the ledger"), nil)] }
    for place in settings.indices { settings[place].decides = false }
    return settings
  }
}

/// The part of the configuration that is about one partner.

internal import Files
internal import Orders

extension Configuration {
  /// Every key that a partner may have.
  static let partnerSettings = [
    "role", "locationKeys", "zone", "updateAvailableInventoryOnly", "apiMode", "assignment", "parkUnknown",
    "parkHours", "holdHours", "errorBudget", "atomicFiles", "settleSeconds", "csv", "dateFormats",
    "companion", "bounds", "expect",
  ]
  /// Ten years; rows that wait longer wait for nobody.
  static let waitingHoursMax: Int64 = 87_600
  static let settleSecondsMax = 86_400.0
  static let partnersMax = 128

  /// Enters what is set for one partner.
  mutating func take(_ folder: String, _ node: ConfigurationNode) throws(ConfigurationFault) {
    let settings = try node.settings(Configuration.partnerSettings)
    let role = settings.first { $0.key == "role" }?.node
    let place = try place(of: folder, node, role: role)
    var profile = profiles[place]
    for (key, value) in settings { try take(key, value, folder, &profile) }
    profiles[place] = profile
  }

  private mutating func take(
    _ key: String, _ node: ConfigurationNode, _ folder: String, _ profile: inout PartnerProfile
  ) throws(ConfigurationFault) {
    switch key {
    case "locationKeys": profile.locationKeys = try node.locationKeys()
    case "zone": profile.zone = try node.zone()
    case "updateAvailableInventoryOnly": profile.updateAvailableInventoryOnly = try node.truth()
    case "apiMode": profile.apiMode = try node.truth()
    case "assignment":
      profile.assignmentBeforeConfirmation = try node.word(["required", "optional"]) == "required"
    case "parkUnknown": profile.parkUnknown = try node.truth()
    case "parkHours": profile.parkHours = Int(try node.whole(in: 1...Configuration.waitingHoursMax))
    case "holdHours": profile.holdHours = Int(try node.whole(in: 1...Configuration.waitingHoursMax))
    case "errorBudget": profile.errorBudget = node.value == .null ? nil : try node.number(in: 0...1)
    case "atomicFiles": profile.atomicFiles = try node.truth()
    case "settleSeconds":
      profile.settleSeconds = try node.number(in: 0...Configuration.settleSecondsMax)
    case "csv":
      for (key, setting) in try node.settings(["delimiter", "encoding"]) {
        if key == "delimiter" {
          delimiters[folder] = try setting.word([",", ";", "\t", "|"]).utf8.first
        } else if try setting.word(["utf-8", "windows-1252"]) == "windows-1252" {
          windows1252.insert(folder)
        } else {
          windows1252.remove(folder)
        }
      }
    case "dateFormats":
      let given = try node.timeFormats()
      for kind in Kind.allCases {
        if let formats = given[kind] { profile.timeFormats[kind] = formats }
      }
    case "companion": companions[folder] = try node.word(["ok", "done", "sha256"])
    case "expect": profile.expected = try node.expectedArrivals()
    case "bounds": partnerBounds[folder] = try node.bounds(over: bounds)
    default: break  // `role`, which chose the profile.
    }
  }

  /// Where the partner's profile lies; one that is not built in is made from the profile of its role.
  private mutating func place(of folder: String, _ node: ConfigurationNode, role: ConfigurationNode?)
    throws(ConfigurationFault) -> Int
  {
    let given = try role?.word(Role.allCases.map(\.rawValue)).asRole
    if let known = profiles.firstIndex(where: { $0.folder == folder }) {
      let own = profiles[known].role
      if let role, given != own {
        throw role.fault("\(folder) is built in, and its role is \(own.rawValue.quotedForMessage)")
      }
      return known
    }
    guard let given else {
      throw node.fault(
        "no built-in partner has this folder; a partner of your own needs its role:"
          + " \"oms\", \"carrier\", \"wms\" or \"marketplace\"")
    }
    try check(folder, node)
    var profile = PartnerProfile.ofRole(given, folder: folder)
    profile.zone = zone
    profiles.append(profile)
    return profiles.count - 1
  }

  /// A folder's name must be safe as a file name, and no courier's name may mean two partners.
  private func check(_ folder: String, _ node: ConfigurationNode) throws(ConfigurationFault) {
    let isSafe = folder.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    if !isSafe || folder.isEmpty || folder.utf8.count > 64 || folder.hasPrefix("-") {
      throw node.fault("a partner's folder is named with small letters, digits, - and _, at most 64")
    }
    if folder == "reports" { throw node.fault("this folder of the outbox is the analysts'") }
    if profiles.count >= Configuration.partnersMax {
      throw node.fault("an exchange has at most \(Configuration.partnersMax) partners")
    }
    func folded(_ name: String) -> [UInt8] {
      name.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
    }
    if let other = profiles.first(where: { folded($0.folder) == folded(folder) }) {
      throw node.fault("couriers are known without - and _, so this would be \(other.folder) again")
    }
  }
}

extension String {
  fileprivate var asRole: Role? { Role(rawValue: self) }
}

extension ConfigurationNode {
  fileprivate func locationKeys() throws(ConfigurationFault) -> Set<[UInt8]> {
    let items = try items()
    if items.isEmpty { throw fault("names no location; left out, it means any location") }
    var keys: Set<[UInt8]> = []
    for item in items {
      if !keys.insert(try item.locationKey(try item.text())).inserted {
        throw item.fault("names \(try item.text().quotedForMessage) a second time")
      }
    }
    return keys
  }

  /// The spellings of time for every kind, or an object that has them by kind; these and no others are then read.
  fileprivate func timeFormats() throws(ConfigurationFault) -> [Kind: TimeFormats] {
    var given: [Kind: TimeFormats] = [:]
    if case .list = value {
      let formats = try timeFormatList()
      for kind in Kind.allCases { given[kind] = formats }
      return given
    }
    for (name, node) in try settings(Kind.names) {
      if let kind = Kind(name: name) { given[kind] = try node.timeFormatList() }
    }
    return given
  }

  private func timeFormatList() throws(ConfigurationFault) -> TimeFormats {
    var formats: TimeFormats = []
    for item in try items() {
      let name = try item.word(TimeFormats.named.map(\.name))
      for (known, format) in TimeFormats.named where known == name { formats.formUnion(format) }
    }
    if formats.isEmpty { throw fault("names no spelling of time") }
    return formats
  }
}

extension TimeFormats {
  /// The spellings by the names that the configuration uses.
  static let named: [(name: String, format: TimeFormats)] = [
    ("blank", .blank), ("blankShort", .blankShort), ("iso", .iso), ("day", .day),
    ("epochMilliseconds", .epochMilliseconds), ("dayMonthName", .dayMonthName),
    ("dayFirstSlash", .dayFirstSlash), ("compactDayFirst", .compactDayFirst),
  ]
}

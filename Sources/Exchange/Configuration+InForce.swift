/// Every setting of the exchange with the value that is in force and where that value comes from.

internal import Orders

/// A setting of the exchange as it is in force.
///
/// Some settings mean nothing to some partners, as the API Mode to a carrier: that is said where they are shown.
public struct Setting: Sendable, Equatable {
  /// The path of its key in `exchange.json`, whether it stands there or not.
  public let path: String
  public let value: SettingValue
  public let origin: SettingOrigin
  /// Does the partner do anything that the setting is about?
  public let hasEffect: Bool
  /// Can a decision depend on it? What does not is in no hash.
  public var decides = true
}

/// A value as `exchange.json` spells it.
public enum SettingValue: Sendable, Equatable {
  case text(String)
  case number(Double)
  case truth(Bool)
  case list([String])
  /// Nothing is set, and what that means.
  case none(String)

  /// As it would be written into the file; in words where nothing is set.
  public var spelled: String {
    switch self {
    case .text(let text): text.debugDescription
    case .number(let number): Int64(exactly: number).map { String($0) } ?? String(number)
    case .truth(let truth): truth ? "true" : "false"
    case .list(let items): "[" + items.map(\.debugDescription).joined(separator: ", ") + "]"
    case .none(let meaning): meaning
    }
  }
}

/// Where the value of a setting comes from.
public enum SettingOrigin: Sendable, Equatable {
  /// From the file, under this key: the setting's own, or one that holds for several.
  case file(key: String)
  /// From a partner's profile, because a seed says so.
  case seed(String)
  /// From the profile of the role that a partner of one's own was given.
  case role(String)
  case builtIn
}

extension Configuration {
  /// The settings in force: of the exchange, its locations, its bounds, and of each partner; partners and locations in the order
  /// of their names.
  public var settings: [Setting] {
    var settings = [
      setting("zone", .text(zone.name)), setting("fonts", .list(fontFolders)),
    ]
    settings += Bounds.settings.map { setting("bounds.\($0.name)", .number(Double($0.read(bounds)))) }
    for location in locations.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let path = "locations".key(String(decoding: location.key, as: UTF8.self))
      settings.append(setting("\(path).name", .text(location.name)))
      settings.append(setting("\(path).address", .text(location.address)))
    }
    settings += alarmSettings
    for profile in profiles.sorted(by: { $0.folder < $1.folder }) { settings += self.settings(of: profile) }
    return settings
  }

  private func setting(_ path: String, _ value: SettingValue) -> Setting {
    Setting(
      path: path, value: value, origin: givenKeys.contains(path) ? .file(key: path) : .builtIn,
      hasEffect: true)
  }

  private func settings(of profile: PartnerProfile) -> [Setting] {
    let path = "partners".key(profile.folder)
    let isBuiltIn = PartnerProfile.builtIn.contains { $0.folder == profile.folder }

    /// - Parameter elsewhere: a key that holds for this setting too where its own is not given.
    func setting(_ key: String, _ value: SettingValue, or elsewhere: String? = nil) -> Setting {
      let origin: SettingOrigin =
        if givenKeys.contains("\(path).\(key)") {
          .file(key: "\(path).\(key)")
        } else if let elsewhere, givenKeys.contains(elsewhere) {
          .file(key: elsewhere)
        } else if !isBuiltIn {
          .role(profile.role.rawValue)
        } else {
          profile.seedsOfSettings[key].map { .seed($0) } ?? .builtIn
        }
      return Setting(
        path: "\(path).\(key)", value: value, origin: origin, hasEffect: profile.heeds(key))
    }

    let keys = profile.locationKeys?.sorted { $0.lexicographicallyPrecedes($1) }
    let delimiter = delimiters[profile.folder].map { String(decoding: [$0], as: UTF8.self) }
    var settings = [
      setting("role", .text(profile.role.rawValue)),
      setting(
        "locationKeys",
        keys.map { .list($0.map { String(decoding: $0, as: UTF8.self) }) } ?? .none("any location")),
      setting("zone", .text(profile.zone.name), or: "zone"),
      setting("updateAvailableInventoryOnly", .truth(profile.updateAvailableInventoryOnly)),
      setting("apiMode", .truth(profile.apiMode)),
      setting("assignment", .text(profile.assignmentBeforeConfirmation ? "required" : "optional")),
      setting("parkUnknown", .truth(profile.parkUnknown)),
      setting("parkHours", .number(Double(profile.parkHours))),
      setting("holdHours", .number(Double(profile.holdHours))),
      setting("errorBudget", profile.errorBudget.map { .number($0) } ?? .none("no budget")),
      setting("atomicFiles", .truth(profile.atomicFiles)),
      setting("settleSeconds", .number(profile.settleSeconds)),
      setting("csv.delimiter", delimiter.map { .text($0) } ?? .none("told by the header")),
      setting("companion", companions[profile.folder].map { .text($0) } ?? .none("none waited for")),
    ]
    // What was always so is not in the hash: commits made before the setting existed were made under the same configuration.
    let isWindows1252 = windows1252.contains(profile.folder)
    var encoding = setting("csv.encoding", .text(isWindows1252 ? "windows-1252" : "utf-8"))
    encoding.decides = isWindows1252
    settings.append(encoding)
    settings += profile.expectSettings { setting($0, $1, or: $2) }
    settings += Kind.allCases.map { kind in
      let formats = profile.formats(for: kind)
      let names = TimeFormats.named.filter { formats.isSuperset(of: $0.format) }.map(\.name)
      return setting("dateFormats.\(kind.name)", .list(names), or: "\(path).dateFormats")
    }
    let own = bounds(of: profile.folder)
    settings += Bounds.settings.map {
      setting("bounds.\($0.name)", .number(Double($0.read(own))), or: "bounds.\($0.name)")
    }
    return settings
  }
}

extension PartnerProfile {
  /// Does the partner do anything that the setting is about?
  fileprivate func heeds(_ key: String) -> Bool {
    switch key {
    case "apiMode": permissions.values.contains(.onlyWith(.apiMode))
    case "updateAvailableInventoryOnly":
      permissions.values.contains(.onlyWith(.updateAvailableInventoryOnly))
    case "assignment": permission(for: .confirmations) == .allowed
    case "parkHours": [.tracking, .scans].contains { permission(for: $0) == .allowed } || parkUnknown
    case let key where key.hasPrefix("dateFormats."):
      Kind(name: String(key.dropFirst("dateFormats.".count))).map { permission(for: $0).reason == nil }
        ?? true
    case let key where key.hasPrefix("expect."):
      Kind(name: String(key.split(separator: ".")[1])).map { permission(for: $0).reason == nil } ?? true
    default: true
    }
  }
}

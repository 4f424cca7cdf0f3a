/// The configuration in force, written out in one fixed way, so that two of them can be compared and a ledger can say under
/// which one a file was judged.

internal import Files
package import Ledger
internal import Orders

extension Configuration {
  /// Every setting that is in force, one a line, as `key = value`; partners and locations in the order of their names.
  package var canonicalText: String {
    var lines = ["zone = \(zone.name.quotedForMessage)"]
    lines.append("fonts = \(fontFolders.map(\.debugDescription).joined(separator: ", "))")
    lines += self.lines(of: bounds, "bounds")
    for location in locations.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let path = "locations".key(String(decoding: location.key, as: UTF8.self))
      lines.append("\(path).name = \(location.name.debugDescription)")
      lines.append("\(path).address = \(location.address.debugDescription)")
    }
    for profile in profiles.sorted(by: { $0.folder < $1.folder }) {
      lines += self.lines(of: profile).map { "partners".key(profile.folder) + "." + $0 }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The SHA-256 of the canonical text.
  package var sha256: [UInt8] { SHA256.hash(Array(canonicalText.utf8)) }

  /// The SHA-256 of the canonical text, as people read it.
  package var hash: String { hexadecimal(sha256) }

  /// The hash of the configuration that a file was judged under, as people read it.
  package static func hash(of file: FileRecord) -> String { hexadecimal(file.configuration) }

  private func lines(of bounds: Bounds, _ path: String) -> [String] {
    Bounds.settings.map { "\(path).\($0.name) = \($0.read(bounds))" }
  }

  private func lines(of profile: PartnerProfile) -> [String] {
    var lines = [
      "role = \(profile.role.rawValue)",
      "zone = \(profile.zone.name)",
      "updateAvailableInventoryOnly = \(profile.updateAvailableInventoryOnly)",
      "apiMode = \(profile.apiMode)",
      "assignment = \(profile.assignmentBeforeConfirmation ? "required" : "optional")",
      "parkUnknown = \(profile.parkUnknown)",
      "parkHours = \(profile.parkHours)",
      "holdHours = \(profile.holdHours)",
      "errorBudget = \(profile.errorBudget.map { String($0) } ?? "none")",
      "atomicFiles = \(profile.atomicFiles)",
      "settleSeconds = \(profile.settleSeconds)",
      "csv.delimiter = \(delimiters[profile.folder].map { String($0) } ?? "told by the header")",
      "companion = \(companions[profile.folder] ?? "none")",
    ]
    if let keys = profile.locationKeys?.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let spelled = keys.map { String(decoding: $0, as: UTF8.self).debugDescription }
      lines.append("locationKeys = \(spelled.joined(separator: ", "))")
    } else {
      lines.append("locationKeys = any")
    }
    for kind in Kind.allCases {
      let formats = profile.formats(for: kind)
      let names = TimeFormats.named.filter { formats.isSuperset(of: $0.format) }.map(\.name)
      lines.append("dateFormats.\(kind.name) = \(names.joined(separator: ", "))")
    }
    return lines + self.lines(of: bounds(of: profile.folder), "bounds")
  }
}

/// `waybill config check` and `waybill config show`: is the configuration sound, and what is in force.

import Exchange
import Orders

enum ConfigCommand {
  static let verb = Verb(
    name: "config",
    summary: "says whether exchange.json is sound, or what is in force and where it comes from",
    description: [
      "check  names every fault of the configuration with the path of its key, and ends with 3 when there is one.",
      "show   prints every setting in force with its value and where it comes from: the configuration's file with",
      "       the key, a partner's seed, the role of a partner of your own, or a value built into the program.",
      "       Kinds of file whose times are spelled alike share a line, and what means nothing to a partner is left",
      "       out; --json has everything.",
    ],
    operands: [.init(name: "PART", summary: "check or show")],
    options: [.partner, .json, .root, .config],
    examples: [
      .init(line: "waybill config check", meaning: "after an edit, before the daemon starts again"),
      .init(line: "waybill config show --partner dtdc", meaning: "what holds for DTDC Raftaar, and why"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    switch call.arguments.text(0) {
    case "check": return try check(call)
    case "show": return try show(call)
    case let other: throw .usage(.unknownPart(other, verb: verb.name, parts: ["check", "show"]))
    }
  }

  // MARK: check

  private static func check(_ call: Call) throws(Stop) -> ExitCode {
    if call.arguments.partner != nil { throw .usage(.optionElsewhere(.partner, verb: "config check")) }
    let file = call.arguments.configuration
    let text = try call.ask { () throws(Failure) in
      try Connection.text(file, isRequired: call.arguments.config != nil)
    }
    let faults = text.map { Configuration.faults(in: $0, path: file) } ?? []
    let configuration: Configuration? = faults.isEmpty ? try? Configuration.load(text: text, path: file) : nil
    let idle = configuration.map(withoutEffect) ?? []
    if call.arguments.wantsJSON {
      call.console.data(json(file, text != nil, faults, idle, configuration?.hash).page.utf8)
    } else if let configuration {
      let whose = text == nil ? "There is no \(file), and the built-in configuration" : file
      call.console.lines(["\(SafeText.of(whose)) is sound; hash \(configuration.hash)."])
      for setting in idle {
        call.console.line(
          "\(setting.path): sound, and without effect: nothing that the partner sends heeds it.")
      }
    } else {
      call.console.lines(faults.map { SafeText.of(line($0)) })
    }
    if !faults.isEmpty { throw .failure(.unsoundConfiguration(file: file, faults: faults.count)) }
    return .done
  }

  /// What is set in the file and changes nothing.
  private static func withoutEffect(_ configuration: Configuration) -> [Setting] {
    configuration.settings.filter { setting in
      guard !setting.hasEffect, case .file(let key) = setting.origin else { return false }
      return key == setting.path
    }
  }

  private static func line(_ fault: ConfigurationFault) -> String {
    fault.path.isEmpty ? fault.sentence : "\(fault.path): \(fault.sentence)"
  }

  private static func json(
    _ file: String, _ exists: Bool, _ faults: [ConfigurationFault], _ idle: [Setting], _ hash: String?
  ) -> JSONText {
    .object([
      ("file", exists ? .text(file) : .null),
      ("sound", .truth(faults.isEmpty)),
      ("hash", JSONText(hash)),
      (
        "faults",
        .list(faults.map { .object([("path", .text($0.path)), ("sentence", .text($0.sentence))]) })
      ),
      ("without_effect", .list(idle.map { .text($0.path) })),
    ])
  }

  // MARK: show

  private static func show(_ call: Call) throws(Stop) -> ExitCode {
    let configuration = try call.ask { () throws(Failure) in try Connection.configuration(call.arguments) }
    var settings = configuration.settings
    if let name = call.arguments.partner {
      let folder = try PartnerName.known(name, among: configuration.profiles).folder
      settings = settings.filter { $0.path.hasPrefix("partners.\(folder).") }
    }
    if call.arguments.wantsJSON {
      call.console.data(json(configuration.hash, settings).page.utf8)
    } else {
      call.console.lines(lines(configuration.hash, settings))
    }
    return .done
  }

  static func lines(_ hash: String, _ settings: [Setting]) -> [String] {
    var lines = ["Configuration \(hash)"]
    var table = TextTable("setting", "value", "from")
    var group = ""
    for line in folded(settings) {
      let next = self.group(of: line.path)
      if next != group && !table.isEmpty {
        lines += [""] + table.lines()
        table = TextTable("setting", "value", "from")
      }
      group = next
      table.add(line.path, line.value, line.origin)
    }
    return lines + [""] + table.lines()
  }

  /// The settings as lines for people: what means nothing to a partner is left out unless it was set, and so are its bounds where
  /// they are the exchange's; kinds whose times are spelled alike share a line, the first such of a partner without their names.
  private static func folded(_ settings: [Setting]) -> [(path: String, value: String, origin: String)] {
    var lines: [(path: String, value: String, origin: String)] = []
    for setting in settings {
      let isOwn = setting.origin == .file(key: setting.path)
      if !setting.hasEffect && !isOwn { continue }
      let (stem, last) = parts(of: setting.path)
      var origin = words(setting.origin)
      if !setting.hasEffect { origin += ", without effect" }
      if stem.hasPrefix("partners."), stem.hasSuffix(".bounds") {
        // A partner's bounds are the exchange's unless it has its own.
        if isOwn { lines.append((setting.path, setting.value.spelled, origin)) }
        continue
      }
      let isTimes = stem.hasSuffix(".dateFormats")
      if isTimes, !isOwn,
        let place = lines.firstIndex(where: {
          $0.path.hasPrefix(stem) && $0.value == setting.value.spelled && $0.origin == origin
        })
      {
        if lines.contains(where: { $0.path == stem }) && lines[place].path != stem {
          lines[place].path += ", \(last)"
        } else {
          lines[place].path = stem
        }
      } else {
        lines.append((setting.path, setting.value.spelled, origin))
      }
    }
    return lines
  }

  private static func parts(of path: String) -> (stem: String, last: String) {
    guard let dot = path.lastIndex(of: ".") else { return ("", path) }
    return (String(path[..<dot]), String(path[path.index(after: dot)...]))
  }

  /// One table for the exchange, and one for each partner.
  private static func group(of path: String) -> String {
    let names = path.split(separator: ".", maxSplits: 2)
    return names.first == "partners" && names.count > 1 ? String(names[1]) : ""
  }

  private static func words(_ origin: SettingOrigin) -> String {
    switch origin {
    case .file(let key): "the file, \(key)"
    case .seed(let seed): "the seed \(seed)"
    case .role(let role): "the role \(role)"
    case .builtIn: "built in"
    }
  }

  private static func json(_ hash: String, _ settings: [Setting]) -> JSONText {
    .object([
      ("hash", .text(hash)),
      (
        "settings",
        .list(
          settings.map { setting in
            var from: [(String, JSONText)]
            switch setting.origin {
            case .file(let key): from = [("from", .text("file")), ("key", .text(key))]
            case .seed(let seed): from = [("from", .text("seed")), ("seed", .text(seed))]
            case .role(let role): from = [("from", .text("role")), ("role", .text(role))]
            case .builtIn: from = [("from", .text("built_in"))]
            }
            return .object(
              [("setting", .text(setting.path)), ("value", json(setting.value))] + from
                + [("has_effect", .truth(setting.hasEffect))])
          })
      ),
    ])
  }

  private static func json(_ value: SettingValue) -> JSONText {
    switch value {
    case .text(let text): .text(text)
    case .number(let number): Int(exactly: number).map { .number($0) } ?? .fraction(number)
    case .truth(let truth): .truth(truth)
    case .list(let items): .list(items.map { .text($0) })
    case .none: .null
    }
  }
}

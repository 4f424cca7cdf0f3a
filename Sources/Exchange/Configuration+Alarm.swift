/// Who is told when somebody should look: the configuration's key `alert`.

extension ConfigurationNode {
  func alarm() throws(ConfigurationFault) -> AlarmSettings {
    var alarm = AlarmSettings(program: [])
    for (key, node) in try settings(["program", "timeoutSeconds", "perHourMax"]) {
      switch key {
      case "program":
        for item in try node.items() { alarm.program.append(try item.line(bytesMax: 4096)) }
        if alarm.program.first?.hasPrefix("/") != true {
          throw node.fault(
            "must begin with the path of a program from the root, as [\"/usr/local/bin/call-operator\"]")
        }
        if alarm.program.count > AlarmSettings.wordsMax {
          throw node.fault("has more than \(AlarmSettings.wordsMax) words")
        }
      case "timeoutSeconds": alarm.timeoutSeconds = try node.number(in: 0.1...300)
      default: alarm.perHourMax = Int(try node.whole(in: 1...3600))
      }
    }
    if alarm.program.isEmpty { throw fault("names no \"program\"") }
    return alarm
  }
}

extension Configuration {
  /// Who is told, as settings; what is judged does not depend on them.
  var alarmSettings: [Setting] {
    func setting(_ key: String, _ value: SettingValue) -> Setting {
      let path = "alert.\(key)"
      return Setting(
        path: path, value: value, origin: givenKeys.contains(path) ? .file(key: path) : .builtIn,
        hasEffect: true, decides: false)
    }
    return [
      setting("program", alarm.map { .list($0.program) } ?? .none("nobody is told")),
      setting("timeoutSeconds", .number(alarm?.timeoutSeconds ?? AlarmSettings(program: []).timeoutSeconds)),
      setting("perHourMax", .number(Double(alarm?.perHourMax ?? AlarmSettings(program: []).perHourMax))),
    ]
  }
}

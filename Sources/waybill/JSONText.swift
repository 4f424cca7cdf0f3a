/// JSON for machines that read our stdout: keys in the order given, nothing in it that a terminal would act on.

indirect enum JSONText {
  case text(String)
  case number(Int)
  case fraction(Double)
  case truth(Bool)
  case list([JSONText])
  case object([(String, JSONText)])
  case null

  init(_ text: String?) { self = text.map { .text($0) } ?? .null }
  init(_ number: Int?) { self = number.map { .number($0) } ?? .null }

  /// Indented by two blanks a level, one end of line at the end.
  var page: String { spelled(indent: 0) + "\n" }

  /// In one line, without its end.
  var line: String {
    switch self {
    case .list(let items): "[" + items.map(\.line).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { "\(Self.quoted($0.0)): \($0.1.line)" }.joined(separator: ", ") + "}"
    default: spelled(indent: 0)
    }
  }

  private func spelled(indent: Int) -> String {
    switch self {
    case .text(let text): return Self.quoted(text)
    case .number(let number): return String(number)
    case .fraction(let number): return number.description
    case .truth(let truth): return truth ? "true" : "false"
    case .null: return "null"
    case .list(let items):
      return Self.block("[", items.map { $0.spelled(indent: indent + 1) }, "]", indent)
    case .object(let members):
      let lines = members.map { "\(Self.quoted($0.0)): \($0.1.spelled(indent: indent + 1))" }
      return Self.block("{", lines, "}", indent)
    }
  }

  private static func block(_ open: String, _ items: [String], _ close: String, _ indent: Int) -> String {
    if items.isEmpty { return open + close }
    let blanks = String(repeating: "  ", count: indent)
    return open + "\n" + items.map { blanks + "  " + $0 }.joined(separator: ",\n") + "\n" + blanks + close
  }

  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default:
        if SafeText.isHarmless(scalar) {
          quoted.unicodeScalars.append(scalar)
        } else {
          for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          }
        }
      }
    }
    return quoted + "\""
  }
}

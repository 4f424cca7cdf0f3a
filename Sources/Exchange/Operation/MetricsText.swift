/// The text format that Prometheus reads: families of samples, each with what it means and which type it has.
struct MetricsText {
  enum Kind: String { case counter, gauge, histogram }

  struct Sample {
    /// What follows the family's name, as `_bucket`.
    var ending = ""
    var labels: [(name: String, value: String)] = []
    var value: Double
  }

  private(set) var text = ""

  /// Adds a family; one without samples says nothing and is left out.
  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
    if samples.isEmpty { return }
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    for sample in samples {
      text += name + sample.ending
      if !sample.labels.isEmpty {
        text +=
          "{" + sample.labels.map { "\($0.name)=\"\(MetricsText.escaped($0.value))\"" }.joined(separator: ",")
          + "}"
      }
      text += " \(MetricsText.spelled(sample.value))\n"
    }
  }

  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double?) {
    add(name, kind, help, value.map { [Sample(value: $0)] } ?? [])
  }

  private static func escaped(_ value: String) -> String {
    var escaped = ""
    for character in value.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }

  /// Whole numbers without a point, as people would write them.
  static func spelled(_ value: Double) -> String { Int64(exactly: value).map { String($0) } ?? "\(value)" }
}

/// How long something took, sorted into buckets.
struct LatencyHistogram: Sendable {
  /// The upper bounds of the buckets, in seconds.
  static let bounds: [Double] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]
  private var counts = [Int](repeating: 0, count: bounds.count)
  private(set) var count = 0
  private(set) var sum = 0.0

  mutating func note(seconds: Double) {
    count += 1
    sum += seconds
    for place in Self.bounds.indices where seconds <= Self.bounds[place] { counts[place] += 1 }
  }

  /// Each bucket counts what took as long as its bound or less.
  var samples: [MetricsText.Sample] {
    var samples = Self.bounds.indices.map {
      MetricsText.Sample(
        ending: "_bucket", labels: [("le", MetricsText.spelled(Self.bounds[$0]))], value: Double(counts[$0]))
    }
    samples.append(MetricsText.Sample(ending: "_bucket", labels: [("le", "+Inf")], value: Double(count)))
    samples.append(MetricsText.Sample(ending: "_sum", value: sum))
    samples.append(MetricsText.Sample(ending: "_count", value: Double(count)))
    return samples
  }
}

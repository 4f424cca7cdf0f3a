/// The text format of Prometheus, read as strictly as its documentation allows: the oracle for what the daemon writes.

import TestSupport

struct PrometheusText {
  struct Sample: Equatable {
    var name: String
    var labels: [String: String]
    var value: Double
  }

  struct Family {
    var type: String
    var help: String
    var samples: [Sample] = []
  }

  private(set) var families: [String: Family] = [:]

  /// The value of a series; nil where there is none.
  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    families.values.lazy.flatMap(\.samples).first { $0.name == name && $0.labels == labels }?.value
  }

  /// - Throws: `TestFailure` with the line that breaks a rule.
  init(_ text: String) throws {
    guard text.hasSuffix("\n") else { throw TestFailure("the last line has no end") }
    var current: String?
    var seen: Set<String> = []
    for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("# HELP ") {
        let words = line.dropFirst(7).split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2, Self.isName(words[0]), families[words[0]] == nil else {
          throw TestFailure("help: \(line)")
        }
        families[words[0]] = Family(type: "", help: words[1])
        current = words[0]
      } else if line.hasPrefix("# TYPE ") {
        let words = line.dropFirst(7).split(separator: " ").map(String.init)
        guard words.count == 2, words[0] == current, families[words[0]]?.samples.isEmpty == true,
          ["counter", "gauge", "histogram"].contains(words[1])
        else { throw TestFailure("type: \(line)") }
        families[words[0]]?.type = words[1]
      } else {
        let sample = try Self.sample(line)
        guard let current, let family = families[current], !family.type.isEmpty else {
          throw TestFailure("a sample without its family: \(line)")
        }
        let endings = family.type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard endings.contains(where: { current + $0 == sample.name }) else {
          throw TestFailure("a sample of another family: \(line)")
        }
        let key = "\(sample.name) \(sample.labels.sorted { $0.key < $1.key })"
        guard seen.insert(key).inserted else { throw TestFailure("a series twice: \(line)") }
        families[current]?.samples.append(sample)
      }
    }
    for (name, family) in families { try Self.check(name, family) }
  }

  /// Conventions: counters end in `_total`, values are numbers, a histogram's buckets rise to its count.
  private static func check(_ name: String, _ family: Family) throws {
    guard !family.samples.isEmpty else { throw TestFailure("\(name) has no sample") }
    guard name.hasPrefix("waybill_"), (family.type == "counter") == name.hasSuffix("_total") else {
      throw TestFailure("\(name) is no good name for a \(family.type)")
    }
    guard family.help.hasSuffix("."), family.samples.allSatisfy({ $0.value.isFinite }) else {
      throw TestFailure("\(name): \(family)")
    }
    if family.type == "counter", family.samples.contains(where: { $0.value < 0 }) {
      throw TestFailure("\(name) counts below zero")
    }
    guard family.type == "histogram" else { return }
    let buckets = family.samples.filter { $0.name.hasSuffix("_bucket") }
    let count = family.samples.first { $0.name.hasSuffix("_count") }?.value
    guard buckets.map(\.value) == buckets.map(\.value).sorted(), buckets.last?.labels == ["le": "+Inf"],
      buckets.last?.value == count, family.samples.contains(where: { $0.name.hasSuffix("_sum") })
    else { throw TestFailure("\(name) is no histogram: \(family.samples)") }
  }

  private static func sample(_ line: String) throws -> Sample {
    var rest = Substring(line)
    let name = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" })
    guard isName(name) else { throw TestFailure("name: \(line)") }
    rest = rest.dropFirst(name.count)
    var labels: [String: String] = [:]
    if rest.first == "{" {
      rest = rest.dropFirst()
      while rest.first != "}" {
        let label = String(rest.prefix { $0 != "=" })
        rest = rest.dropFirst(label.count)
        guard isName(label), rest.hasPrefix("=\"") else { throw TestFailure("label: \(line)") }
        rest = rest.dropFirst(2)
        var value = ""
        while let character = rest.first, character != "\"" {
          rest = rest.dropFirst()
          if character == "\\" {
            guard let escaped = rest.first, "\\\"n".contains(escaped) else {
              throw TestFailure("escape: \(line)")
            }
            value.append(escaped == "n" ? "\n" : escaped)
            rest = rest.dropFirst()
          } else {
            value.append(character)
          }
        }
        guard rest.first == "\"", labels.updateValue(value, forKey: label) == nil else {
          throw TestFailure("value of a label: \(line)")
        }
        rest = rest.dropFirst()
        if rest.first == "," { rest = rest.dropFirst() }
      }
      rest = rest.dropFirst()
    }
    guard rest.first == " ", let value = Double(rest.dropFirst()) else { throw TestFailure("value: \(line)") }
    return Sample(name: name, labels: labels, value: value)
  }

  private static func isName(_ name: String) -> Bool {
    guard let first = name.first, first.isLetter || first == "_" else { return false }
    return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }
}

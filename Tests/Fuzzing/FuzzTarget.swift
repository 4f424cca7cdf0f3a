// Fuzzing feeds a room bytes that nobody would send on purpose, and holds what comes out against what must always be true.
//
// An input is the bytes of one file as they would lie on the disk. `fixtures/fuzz/` keeps inputs that reach far, a folder for
// each target. They are read again by every test run, spoilt in seeded ways by a longer one, and handed to libFuzzer where
// somebody has an hour (`Tests/FuzzProgram`).

import Formats
import Orders

/// What is fed with bytes.
package enum FuzzTarget: String, CaseIterable, Sendable {
  case csv, json, jsonLines, gzip, configuration, journal, records, fileName

  /// Feeds the target once.
  /// - Throws: `FuzzFinding` where something that must always be true is not.
  package func check(_ input: [UInt8]) throws {
    switch self {
    case .csv: try FuzzedRows(input, .csv).check()
    case .json: try FuzzedRows(input, .json).check()
    case .jsonLines: try FuzzedRows(input, .jsonLines).check()
    case .gzip: try FuzzedGzip.check(input)
    case .configuration: try FuzzedConfiguration.check(input)
    case .journal: try FuzzedJournal.check(input)
    case .records: FuzzedRecords.check(input)
    case .fileName: try FuzzedName.check(input)
    }
  }

  /// One input costs so much more than a small text: a program is started for it, or files are written.
  package var isSlow: Bool { self == .gzip || self == .journal }

  /// Words that random bytes would never come upon.
  package var words: [String] {
    switch self {
    case .csv:
      [
        "\"", "\"\"", ",", ";", "\t", "|", "\r\n", "\n", "\r", "\n\n", "=\"001\"", "1.2E+11", "'", "NA",
        "0000-00-00",
        "\u{FEFF}", "order_number", "sku", "quantity", "location_key", "awb", "datetime", "error_file", "é",
        "😀",
      ]
    case .json, .jsonLines:
      [
        "{", "}", "[", "]", ",", ":", "\"", "\\u0000", "\\ud83d", "\\ude00", "\\\"", "null", "true", "-0",
        "1e999", "0.1",
        "1E-5", "\"data\":", "\"orders\":[", "\"invoice_id\":", "\"order_number\":", "\"suborders\":[",
        "\"_error\":", "\n",
        "\u{FEFF}", "[[[[[[[[", "]]]]]]]]", "\u{2028}",
      ]
    case .configuration:
      [
        "{", "}", "[", "]", ",", ":", "\"", "\"partners\":{", "\"zone\":", "\"Asia/Kolkata\"",
        "\"locations\":", "\"dtdc\":",
        "\"bounds\":", "1e400", "-1", "9223372036854775808", "null", "\\ud800", "\u{FEFF}",
      ]
    case .fileName:
      [
        ".csv", ".json", ".gz", ".part", "orders", "scans", "~", "..", "/", "\u{202E}", "\u{1B}[2J", "\n",
        "é", ".ok",
      ]
    case .gzip, .journal, .records: []
    }
  }
}

/// Something that must always be true was not.
package struct FuzzFinding: Error, CustomStringConvertible {
  package let what: String
  package var description: String { what }

  package init(_ what: String) { self.what = what }
}

/// Ends the check of an input where the two sides disagree.
func expect(_ isTrue: Bool, _ what: @autoclosure () -> String) throws(FuzzFinding) {
  if !isTrue { throw FuzzFinding(what()) }
}

extension [UInt8] {
  /// A number that depends on every byte: by it an input chooses its own terms, the same ones each time.
  var fingerprint: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in self { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash ^ hash >> 29
  }
}

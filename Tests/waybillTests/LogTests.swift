/// The daemon's log: one line for each event, for people and for machines.

import Exchange
import Foundation
import Orders
import Testing

@testable import waybill

@Suite("The log")
struct LogTests {
  private static let notices: [Notice] = [
    .watching(folders: 6), .polls(because: "refused"), .watchesAgain, .cannotAskWriters, .settingsTaken,
    .settingsRefused("a: b"), .tornTail("t"), .checkpoint("c"),
    .strange(partner: nil, name: [0x61, 0x0A, 0x1B], because: "it is no regular file"),
    .resumed(partner: "dtdc", name: [0x61]), .answerDiffers(partner: "dtdc", name: [0x61]),
    .answerGone(partner: "dtdc", name: [0x61]), .condemned(partner: "dtdc", name: [0x61]),
    .claimGone(partner: "dtdc", name: [0x61]), .noRoom(freeBytes: 1, neededBytes: 2),
    .alarmFailed("a"), .noRoomFor(partner: "dtdc", name: [0x61], freeBytes: 1, neededBytes: 2),
    .claimsVoid(count: 2), .saltMade, .notPutBack(partner: "dtdc", name: [0xFF]),
    .leftInQuarantine(partner: "dtdc", name: [0xFF]),
    .event(.claimed(partner: "dtdc", name: Array("a\"b\\.csv".utf8), byteCount: 4)),
    .event(.fed(partner: "nexar", name: Array("feed-orders-1.json".utf8), because: DecisionNumber(7))),
    .event(.checkpointed(DecisionNumber(7), byteCount: 2048)),
  ]

  @Test("Every notice is one line, with a word of its own, and reads as an object")
  func everyNotice() throws {
    var words: Set<String> = []
    for notice in Self.notices {
      let entry = LogEntry(notice)
      #expect(words.insert(entry.event).inserted, "\(entry.event) stands for two events")
      #expect(entry.event.allSatisfy { $0.isLowercase || $0 == "_" } && !entry.event.isEmpty)
      for line in [entry.text(at: sampleTime(), in: .kolkata), entry.json(at: sampleTime(), in: .kolkata)] {
        #expect(line.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "\(line)")
      }
      let json = entry.json(at: sampleTime(), in: .kolkata)
      let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
      #expect(object?["time"] as? String == "2026-11-21T02:10:04+05:30")
      #expect(object?["event"] as? String == entry.event)
      #expect(["info", "warning", "error"].contains(object?["level"] as? String ?? ""))
      #expect((object?["message"] as? String)?.isEmpty == false)
    }
  }

  @Test("An answer has its counts, in words and under keys")
  func answer() throws {
    let file = sampleFile(
      "m\u{1B}.csv", from: "dtdc", .manifests, .acceptedWithErrors, sampleRows(applied: 1, rejected: 2))
    let entry = LogEntry(file)
    #expect(
      entry.text(at: sampleTime(), in: .kolkata)
        == "2026-11-21T02:10:04+05:30 answered: dtdc/m\\u{1B}.csv accepted with errors, 3 rows: 1 applied, 2 rejected"
    )
    #expect(
      entry.json(at: sampleTime(), in: .kolkata)
        == #"{"time": "2026-11-21T02:10:04+05:30", "level": "info", "event": "answered", "partner": "dtdc", "#
        + #""file": "m\\u{1B}.csv", "kind": "manifests", "outcome": "accepted_with_errors", "code": null, "#
        + #""decision": 7, "rows": 3, "applied": 1, "duplicate": 0, "recorded": 0, "parked": 0, "rejected": 2, "#
        + #""message": "dtdc/m\\u{1B}.csv accepted with errors, 3 rows: 1 applied, 2 rejected"}"#)
    let held = LogEntry(sampleFile("x.csv", from: "booon", nil, .held, RowCounts()))
    #expect(held.event == "held" && held.level == .warning)
  }

  @Test("Quiet leaves what an operator must see")
  func quiet() {
    let recorded = RecordedConsole()
    let log = Log(
      console: recorded.console, zone: .kolkata, format: .text, isQuiet: true, now: { sampleTime() })
    for notice in [Notice.watching(folders: 6), .noRoom(freeBytes: 1, neededBytes: 2)] {
      log.write(LogEntry(notice))
    }
    #expect(
      recorded.errorsText
        == "2026-11-21T02:10:04+05:30 no_room: error: the disk has 1 B left where 2 B are needed: "
        + "nothing is taken until it has\n")
  }
}

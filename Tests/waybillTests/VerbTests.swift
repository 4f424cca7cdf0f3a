import Orders
import Testing

@testable import waybill

@Suite("What the verbs show")
struct VerbTests {
  @Test("try shows each file with its rows, their sum, and where to look next")
  func tryTable() {
    let report = TryReport(
      files: [
        sampleFile("orders-0711.csv", from: "easyecom", .orders, .accepted, sampleRows(applied: 12)),
        sampleFile(
          "manifests-0711.csv", from: "dtdc", .manifests, .acceptedWithErrors,
          sampleRows(applied: 498, duplicate: 3, rejected: 11)),
      ],
      isRepeat: false, errorsFile: "outbox/dtdc/manifests-0711.csv.errors.csv", orderNumber: "OD 1",
      code: .notTheNextStep)
    #expect(
      TryCommand.lines(report, root: "/srv/x", program: "waybill") == [
        "The sample trading day is processed: 2 files from 2 partners, 524 rows.",
        "",
        "file                partner   kind       outcome               read  applied  duplicate  recorded  parked  rejected",
        "------------------  --------  ---------  --------------------  ----  -------  ---------  --------  ------  --------",
        "orders-0711.csv     easyecom  orders     accepted                12       12          0         0       0         0",
        "manifests-0711.csv  dtdc      manifests  accepted with errors   512      498          3         0       0        11",
        "------------------  --------  ---------  --------------------  ----  -------  ---------  --------  ------  --------",
        "2 files                                                         524      510          3         0       0        11",
        "",
        "Where to look next",
        "  /srv/x/outbox/dtdc/manifests-0711.csv.errors.csv  rejected rows, each with its reason beside the cells as they came",
        "  waybill explain W302                              what the most frequent rejection means, and who must act",
        "  waybill order 'OD 1' --root /srv/x                one order's day, event by event",
        "  waybill status --root /srv/x                      what waits, and what each partner was answered last",
        "  waybill rules --partner dtdc                      what a partner may send, and every step of the state machine",
        "  /srv/x/outbox/                                    the answers, as the partners get them",
      ])
  }

  @Test("try shows the same table again and says that nothing was done anew")
  func tryAgain() {
    let files = [sampleFile("orders.csv", from: "booon", .orders)]
    let first = TryCommand.lines(TryReport(files: files, isRepeat: false), root: ".", program: "waybill")
    let again = TryCommand.lines(TryReport(files: files, isRepeat: true), root: ".", program: "waybill")
    #expect(again[0] == "The sample trading day lies in this ledger already: 1 file from 1 partner, 1 row.")
    #expect(first.dropFirst() == again.dropFirst())
  }

  @Test("once sums a long run by partner, kind and outcome, and says what it left")
  func onceTables() {
    var files = (1...60).map { sampleFile("scans-\($0).csv", from: "ecom-express", .scans) }
    files.append(sampleFile("odd.csv", from: "ekart", nil, .rejected, RowCounts()))
    let left = WaitingFile(partner: "dtdc", name: [0x61, 0xFF], reason: .incomplete, since: nil)
    let summary = OnceSummary(
      files: files, left: [left], settled: sampleRows(applied: 2, rejected: 1), seconds: 1.5)
    #expect(
      OnceCommand.lines(summary) == [
        "partner       kind   outcome   files  read  applied  duplicate  recorded  parked  rejected",
        "------------  -----  --------  -----  ----  -------  ---------  --------  ------  --------",
        "ecom-express  scans  accepted     60    60       60          0         0       0         0",
        "ekart         -      rejected      1     0        0          0         0       0         0",
        "------------  -----  --------  -----  ----  -------  ---------  --------  ------  --------",
        "sum                               61    60       60          0         0       0         0",
        "",
        "61 files, 60 rows in 1.50 s (40 rows a second).",
        "3 rows that had waited for an earlier step settled: 2 applied and 1 rejected.",
        "",
        "Left in the inboxes",
        "  partner  file   why",
        "  -------  -----  ------------------",
        "  dtdc     a\\xFF  its end is missing",
      ])
    #expect(
      OnceCommand.lines(OnceSummary(files: [], left: [], settled: RowCounts(), seconds: 0)) == [
        "Nothing waited."
      ])
  }

  @Test(
    "only --strict turns rejected or held rows into status 1",
    arguments: [
      (["once"], ExitCode.done), (["once", "--strict"], .findings),
      (["once", "--strict", "--quiet"], .findings),
    ])
  func strict(words: [String], status: ExitCode) {
    var engine = SampleEngine()
    engine.summary = { _ in
      OnceSummary(
        files: [sampleFile("m.csv", from: "dtdc", .manifests, .acceptedWithErrors, sampleRows(rejected: 1))],
        left: [], settled: RowCounts(), seconds: 0)
    }
    let recorded = RecordedConsole()
    let found = Waybill.run(words.map { Array($0.utf8) }, recorded.console, connect: { _ in engine })
    #expect(recorded.console.finish(found) == status)
    #expect(recorded.output.isEmpty == words.contains("--quiet"))
  }

  @Test("a run that left nothing but files of a later turn has no findings")
  func noFindings() {
    let waiting = WaitingFile(partner: "dtdc", name: [0x61], reason: .itsTurn, since: nil)
    var summary = OnceSummary(files: [], left: [waiting], settled: RowCounts(), seconds: 0)
    #expect(!summary.hasFindings)
    summary.left[0].reason = .stillWritten
    #expect(summary.hasFindings)
  }

  @Test("run logs one line for each event on stderr, and ends with what it did")
  func runLog() {
    var engine = SampleEngine()
    engine.watching = { work in
      work.noticed(.watching(folders: 6))
      var refused = sampleFile("x.csv", from: "booon", .cancellations, .rejected, RowCounts())
      refused.refusal = .kindNotAllowed
      work.answered(refused)
      return WatchSummary(files: 2, rows: sampleRows(applied: 1, rejected: 2), seconds: 62)
    }
    let recorded = RecordedConsole()
    #expect(recorded.run("run", engine: engine) == .done)
    #expect(recorded.outputText == "")
    // The first word of each line is the time.
    let lines = recorded.errorsText.split(separator: "\n").map {
      $0.split(separator: " ", maxSplits: 1).last.map(String.init)
    }
    #expect(
      lines == [
        "started: watching 6 inboxes", "answered: warning: booon/x.csv rejected (W401)",
        "stopped: after 1 min, 2 files and 3 rows answered",
      ])
  }

  @Test("check prints what the answer files would say, and ends with 1 when a row would be rejected")
  func check() {
    var engine = SampleEngine()
    engine.judged = { file, partner, clock in
      #expect(file == Array("m.csv".utf8) && partner == "dtdc" && clock == sampleTime())
      return CheckResult(
        file: sampleFile(
          "m.csv", from: "dtdc", .manifests, .acceptedWithErrors,
          sampleRows(applied: 8, parked: 1, rejected: 9)),
        groups: [.init(code: .notTheNextStep, count: 9, sentence: "Not the next step.", who: .partner)],
        rows: [
          .init(
            row: 14, line: 15, keys: ["OD-1", "A1"], outcome: .rejected, code: .notTheNextStep,
            field: "awb_number",
            message: "The shipment is open.", before: .open, after: .open)
        ],
        rowsLeftOut: 9, refusal: nil)
    }
    let recorded = RecordedConsole()
    let words = ["check", "m.csv", "--partner=dtdc", "--at=2026-11-21T02:10:04+05:30"]
    let status = Waybill.run(words.map { Array($0.utf8) }, recorded.console, connect: { _ in engine })
    #expect(recorded.console.finish(status) == .findings)
    #expect(
      recorded.outputText.hasSuffix(
        """
        Rejections by code
          code  rows  who must act  what is wrong
          ----  ----  ------------  ------------------
          W302     9  partner       Not the next step.

        Rows that would not simply be applied
          row  line  of          outcome   code  field       message
          ---  ----  ----------  --------  ----  ----------  ---------------------
           14    15  OD-1 A1     rejected  W302  awb_number  The shipment is open.
          ---  ----  ----------  --------  ----  ----------  ---------------------
                     and 9 more

        """))
  }

  @Test("check of a partner that is not there is wrong usage")
  func checkUnknownPartner() {
    let recorded = RecordedConsole()
    #expect(recorded.run("check", "m.csv", "--partner", "fedex") == .wrongUsage)
    #expect(
      recorded.errorsText
        == "waybill: no partner's folder is called `fedex`; the partners are easyecom, ekart, nexar, booon, ecom-express and dtdc\n"
    )
  }

  @Test("status tells the operator how the exchange stands")
  func status() {
    let recorded = RecordedConsole()
    var engine = SampleEngine()
    engine.standing = { sampleStatus }
    #expect(recorded.run("status", engine: engine) == .done)
    #expect(
      recorded.outputText == """
        Exchange    /srv/x
        At work     process 4711
        Ledger      decision 48,213, 3 segments, 41.2 MiB, hash 9f2c00112233
        Start-up    checkpoint at decision 48,000 (12.0 MiB), then 3.0 MiB of journal
        Holds       102,334 orders, 110,011 shipments
        Configured  hash 1f3c00112233; the last decision was made under 77aa00112233

        partner  waiting     size  oldest  parked  oldest parked         last file           outcome   when
        -------  -------  -------  ------  ------  --------------------  ------------------  --------  --------------------
        dtdc           2  3.0 KiB   2 min      17  21 Nov 2026 02:10:04  manifests-0711.csv  accepted  21 Nov 2026 02:10:04
        ekart          0                        0                        -

        Held
          partner  file    why
          -------  ------  ------------------
          dtdc     m2.csv  its end is missing

        Codes that no table has (recorded, moved nothing)
          partner       code  rows
          ------------  ----  ----
          ecom-express  0404     3

        nexar gets no feed: the configuration gives it no location key.

        """)
  }

  @Test("status as JSON keeps the fixed words")
  func statusJSON() {
    let recorded = RecordedConsole()
    var engine = SampleEngine()
    engine.standing = { sampleStatus }
    #expect(recorded.run("status", "--json", engine: engine) == .done)
    for part in [
      "\"process\": 4711", "\"decision\": 48213", "\"parked_rows\": 17",
      "\"oldest_parked\": \"2026-11-21T02:10:04+05:30\"", "\"last_file\": null", "\"outcome\": \"accepted\"",
      "\"configuration\": {\n", "\"hash\": \"1f3c0011223344556677\"",
      "\"last_decision_under\": \"77aa00112233\"",
    ] { #expect(recorded.outputText.contains(part)) }
  }

  @Test("verify says what was proved, and damage ends with 3 and one line")
  func verify() {
    var engine = SampleEngine()
    engine.proof = { _ in
      VerifyView(
        segments: 1, frames: 1200, commits: 7, bytes: 2048, originals: 5, lastDecision: DecisionNumber(7),
        lastHash: "abc", tornTail: .init(file: "ledger/journal-1", offset: 2000, bytes: 48))
    }
    let sound = RecordedConsole()
    #expect(sound.run("ledger", "verify", engine: engine) == .done)
    #expect(
      sound.outputText == """
        Segments   1, 2.0 KiB
        Frames     1,200, every checksum right
        Commits    7, the chain of hashes unbroken
        Originals  5, read again and found as they came
        Rows       0, each decision's as many as it says
        Answers    0 lie in the outbox as committed, 0 were taken
        Claims     0, each decided or waiting
        Waiting    0 claims, 0 parked rows
        Ends at    decision 7, hash abc
        After the last commit: 48 bytes of unfinished work in ledger/journal-1 from byte 2000; the next start sets them aside.
        The ledger is sound.

        """)
    engine.proof = { _ throws(Failure) in
      throw .damagedLedger(file: "ledger/journal-1", offset: 96, sequence: 4, what: "the checksum differs")
    }
    let damaged = RecordedConsole()
    #expect(damaged.run("ledger", "verify", engine: engine) == .couldNot)
    #expect(
      damaged.errorsText
        == "waybill: the ledger is damaged: ledger/journal-1, byte 96, sequence 4: the checksum differs\n")
    #expect(damaged.output.isEmpty)
  }

  @Test("dump writes lines as they are and stops when nobody reads on")
  func dump() {
    var engine = SampleEngine()
    engine.lines = ["{\"a\":1}", "{\"b\":2}"]
    let recorded = RecordedConsole()
    #expect(recorded.run("ledger", "dump", engine: engine) == .done)
    #expect(recorded.outputText == "{\"a\":1}\n{\"b\":2}\n")

    engine.lines = [String](repeating: String(repeating: "x", count: 70_000), count: 5)
    let gone = RecordedConsole()
    gone.outputError = 32
    #expect(gone.run("ledger", "dump", engine: engine) == .done)
    #expect(gone.errors.isEmpty)
  }

  @Test("a part of the ledger that is not there is wrong usage")
  func unknownPart() {
    let recorded = RecordedConsole()
    #expect(recorded.run("ledger", "mend") == .wrongUsage)
    let parts = "`verify`, `prove`, `dump`, `checkpoint`, `export`, `import` or `repair`"
    #expect(recorded.errorsText == "waybill: `ledger` has no part `mend`: \(parts)\n")
  }

  @Test(
    "what the exchange could not do ends with 3 and one line", arguments: ["try", "once", "run", "status"])
  func failures(verb: String) {
    let recorded = RecordedConsole()
    #expect(recorded.run(verb) == .couldNot)
    #expect(recorded.errorsText.split(separator: "\n").count == 1)
    #expect(recorded.output.isEmpty)
  }
}

private let sampleStatus = StatusView(
  root: "/srv/x", daemon: 4711,
  position: .init(
    decision: DecisionNumber(48_213), hash: "9f2c0011223344556677", segments: 3, bytes: 43_201_332,
    orders: 102_334,
    shipments: 110_011,
    checkpoint: .init(decision: DecisionNumber(48_000), bytes: 12 << 20), tailBytes: 3 << 20),
  configuration: "1f3c0011223344556677", decidedUnder: "77aa00112233",
  partners: [
    .init(
      folder: "dtdc", waitingFiles: 2, waitingBytes: 3072, oldestSeconds: 125, parkedRows: 17,
      oldestParked: sampleTime(), lastFile: sampleFile("manifests-0711.csv", from: "dtdc", .manifests)),
    .init(
      folder: "ekart", waitingFiles: 0, waitingBytes: 0, oldestSeconds: nil, parkedRows: 0, oldestParked: nil,
      lastFile: nil),
  ],
  held: [.init(partner: "dtdc", name: Array("m2.csv".utf8), reason: .incomplete, since: nil)],
  unknownCodes: [.init(partner: "ecom-express", code: "0404", count: 3)], withoutLocations: ["nexar"])

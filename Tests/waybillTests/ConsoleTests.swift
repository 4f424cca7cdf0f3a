import Foundation
import Testing

@testable import waybill

@Suite("The console")
struct ConsoleTests {
  @Test("a sentence on stderr is one line, whatever a name in it holds")
  func oneLine() {
    let recorded = RecordedConsole()
    recorded.console.complain("no file a\nb\u{1B}[31m\u{202E}")
    #expect(recorded.errorsText == "waybill: no file a\\u{A}b\\u{1B}[31m\\u{202E}\n")
  }

  @Test("what is printed comes before what is complained of later")
  func order() {
    let recorded = RecordedConsole()
    recorded.console.line("done so far")
    #expect(recorded.output.isEmpty)
    recorded.console.complain("stopped")
    #expect(recorded.outputText == "done so far\n")
  }

  @Test("text is escaped, data is not")
  func data() {
    let recorded = RecordedConsole()
    recorded.console.line("\u{1B}")
    recorded.console.data([0x1B, 0xFF])
    recorded.console.flush()
    #expect(recorded.output == Array("\\u{1B}\n".utf8) + [0x1B, 0xFF])
  }

  @Test(
    "a full disk behind stdout is a failure, a reader that left is none",
    arguments: [(ENOSPC, ExitCode.couldNot), (EPIPE, .done)])
  func lostOutput(number: Int32, status: ExitCode) {
    let recorded = RecordedConsole()
    recorded.outputError = number
    recorded.console.line("a table")
    #expect(recorded.console.finish(.done) == status)
    #expect(!recorded.console.takesOutput)
    #expect(recorded.errorsText.isEmpty == (status == .done))
  }

  @Test("a bar is shown on a terminal only, and wiped before anything else is said")
  func bar() {
    let without = RecordedConsole()
    without.console.show(Headway(done: 1, total: 2, unit: "rows"))
    #expect(without.errors.isEmpty)

    let with = RecordedConsole()
    let console = with.make(barColumns: 60)
    console.show(Headway(done: 1, total: 2, unit: "rows", subject: "a\u{1B}.csv"))
    #expect(with.errorsText == "\r[#######-------]  50 %  1 rows  a\\u{1B}.csv\u{1B}[K")
    console.line("a line")
    console.flush()
    #expect(with.errorsText.hasSuffix("\r\u{1B}[K"))
    #expect(with.outputText == "a line\n")
  }

  @Test("a bar shows at most ten times a second, but its end always")
  func barPace() {
    let recorded = RecordedConsole()
    let console = recorded.make(barColumns: 60)
    for done in 0..<1000 { console.show(Headway(done: done, total: 1000, unit: "rows")) }
    let shown = recorded.errorsText.split(separator: "\r").count
    #expect(shown < 100)
    console.show(Headway(done: 1000, total: 1000, unit: "rows"))
    #expect(recorded.errorsText.contains("100 %"))
  }

  @Test("a bar is never wider than its terminal", arguments: [1, 10, 20, 40, 80, 200])
  func barWidth(columns: Int) {
    for done in [0, 1, 999, 1000, 2000] {
      let headway = Headway(done: done, total: 1000, unit: "rows", subject: "北京-manifests-of-the-week.csv")
      #expect(TextWidth.of(ProgressBar.text(headway, columns: columns)) < max(columns, 11))
    }
    let unknown = Headway(done: 12_345, total: 0, unit: "frames")
    #expect(ProgressBar.text(unknown, columns: 80) == "12,345 frames")
  }
}

@Suite("JSON on stdout")
struct JSONTextTests {
  @Test("keys keep their order, and nothing in it moves a terminal")
  func page() throws {
    let value = JSONText.object([
      ("b", .text("q\" \\ \n\u{1B}\u{202E}\u{E0041} é")), ("a", .list([.number(-1), .truth(true), .null])),
      ("c", .object([])), ("d", .list([])),
    ])
    #expect(
      value.page == """
        {
          "b": "q\\" \\\\ \\n\\u001b\\u202e\\udb40\\udc41 é",
          "a": [
            -1,
            true,
            null
          ],
          "c": {},
          "d": []
        }

        """)
    let read = try #require(try JSONSerialization.jsonObject(with: Data(value.page.utf8)) as? [String: Any])
    #expect(read["b"] as? String == "q\" \\ \n\u{1B}\u{202E}\u{E0041} é")
  }
}

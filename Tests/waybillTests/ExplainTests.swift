import Orders
import Testing

@testable import waybill

@Suite("Explaining rejections")
struct ExplainTests {
  @Test(
    "every code is explained with who must act, what to do and an example", arguments: RejectionCode.allCases)
  func every(code: RejectionCode) {
    let recorded = RecordedConsole()
    #expect(recorded.run("explain", code.name) == .done)
    let meaning = code.meaning
    for part in [code.name, meaning.sentence, ExplainCommand.who(meaning.who), meaning.remedy] {
      #expect(recorded.outputText.contains(part))
    }
    for line in meaning.example.split(separator: "\n") { #expect(recorded.outputText.contains(line)) }
    #expect(recorded.errors.isEmpty)
  }

  @Test("without a code all are listed, in order of precedence")
  func all() {
    let recorded = RecordedConsole()
    #expect(recorded.run("explain") == .done)
    let listed = recorded.outputText.split(separator: "\n").dropFirst(2).map { String($0.prefix(4)) }
    #expect(listed == RejectionCode.allCases.map(\.name))
    #expect(listed == listed.sorted())
  }

  @Test("a code may be typed small or without its letter", arguments: ["W302", "w302", "302"])
  func spellings(word: String) {
    let recorded = RecordedConsole()
    #expect(recorded.run("explain", word) == .done)
    #expect(recorded.outputText.hasPrefix("W302\n"))
  }

  @Test(
    "an unknown code is wrong usage and offers the nearest",
    arguments: [("W300", "W301"), ("W508", "W501"), ("3O2", "W302"), ("W3022", "W302")])
  func unknown(word: String, nearest: String) {
    let recorded = RecordedConsole()
    #expect(recorded.run("explain", word) == .wrongUsage)
    #expect(
      recorded.errorsText == "waybill: no rejection has the code `\(word)`; did you mean `\(nearest)`?\n")
    #expect(recorded.output.isEmpty)
  }

  @Test("a code that is like none is told where all stand", arguments: ["W999", "W9", "0", "rejected"])
  func unlike(word: String) {
    let recorded = RecordedConsole()
    #expect(recorded.run("explain", word) == .wrongUsage)
    #expect(
      recorded.errorsText == "waybill: no rejection has the code `\(word)`; `waybill explain` lists them\n")
  }
}

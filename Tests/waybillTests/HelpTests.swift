import TestSupport
import Testing

@testable import waybill

@Suite("Help")
struct HelpTests {
  @Test("the overview names every verb and ends with 0")
  func overview() async throws {
    let finished = try await WaybillProgram.run(["--help"])
    #expect(finished.status == .exited(0))
    #expect(finished.errors == "")
    for verb in Verb.all { #expect(finished.output.contains("\n  \(verb.name) ")) }
  }

  @Test("every verb's page ends with 0 and names each of its options", arguments: Verb.all.map(\.name))
  func page(name: String) async throws {
    let verb = try #require(Verb.named(name))
    let finished = try await WaybillProgram.run([name, "--help"])
    #expect(finished.status == .exited(0))
    #expect(finished.errors == "")
    for option in verb.options + [.help] { #expect(finished.output.contains("\n  \(option.usage)")) }
    for operand in verb.operands { #expect(finished.output.contains("\n  \(operand.name)  ")) }
    for status in verb.statuses { #expect(finished.output.contains("\n  \(status.rawValue)  ")) }
    #expect(finished.output.contains("Usage: \(verb.usage)\n"))
    #expect(!verb.examples.isEmpty)
  }

  @Test(
    "the example lines are lines that the program takes", arguments: Verb.all.flatMap(\.examples).map(\.line))
  func examples(line: String) throws {
    // What stands before a pipe or another command is what the program gets.
    let own = line.split(separator: " ").prefix { $0 != "|" && $0 != "||" }
    #expect(own.first == "waybill")
    guard case .run = try Request(own.dropFirst().map { Array($0.utf8) }) else {
      Issue.record("\(line) runs nothing")
      return
    }
  }

  @Test("every page fits on a terminal of 120 columns", arguments: Verb.all.map(\.name))
  func width(name: String) throws {
    let page = Help.page(try #require(Verb.named(name)))
    for line in page.split(separator: "\n") { #expect(TextWidth.of(String(line)) <= 120) }
  }
}

import Orders
import Testing

@testable import waybill

@Suite("Reading the command line")
struct ArgumentsTests {
  private func request(_ words: [String]) throws -> Request { try Request(words.map { Array($0.utf8) }) }

  private func arguments(_ words: String...) throws -> Arguments {
    guard case .run(_, let arguments) = try request(words) else {
      Issue.record("\(words) asks for help")
      return Arguments()
    }
    return arguments
  }

  @Test(
    "options stand before or after the verb, apart from or joined to their value",
    arguments: [
      ["once", "--root", "/srv/x", "--jobs", "2"], ["--root", "/srv/x", "once", "--jobs", "2"],
      ["--root=/srv/x", "--jobs=2", "once"], ["once", "--jobs=2", "--root=/srv/x"],
    ])
  func optionsAnywhere(words: [String]) throws {
    guard case .run(let verb, let arguments) = try request(words) else {
      Issue.record("\(words) asks for help")
      return
    }
    #expect(verb.name == "once")
    var expected = Arguments()
    expected.root = "/srv/x"
    expected.jobs = 2
    #expect(arguments == expected)
  }

  @Test("every option that takes a value keeps it")
  func values() throws {
    let once = try arguments("once", "--strict", "--quiet", "--at", "2026-11-21T02:10:04+05:30")
    #expect(once.isStrict && once.isQuiet)
    #expect(once.at?.instant(in: .utc) == sampleTime())
    let order = try arguments("order", "OD-1", "--json", "--as-of", "2026-11-21 02:10:04")
    #expect(order.wantsJSON)
    #expect(order.asOf?.instant(in: .kolkata) == sampleTime())
    #expect(order.operands == [Array("OD-1".utf8)])
    let rules = try arguments("rules", "--partner", "dtdc", "--format=dot")
    #expect(rules.partner == "dtdc" && rules.format == .dot)
    #expect(try arguments("status", "--config", "a=b.json").config == "a=b.json")
    #expect(try arguments("status", "--config=a=b.json").config == "a=b.json")
  }

  @Test("after two dashes everything is an operand, and one dash is a word")
  func operands() throws {
    #expect(try arguments("order", "--", "--help").operands == [Array("--help".utf8)])
    #expect(try arguments("order", "-").operands == [[45]])
  }

  @Test("a file to check is taken as the bytes it was given as")
  func fileBytes() throws {
    let words = [Array("check".utf8), [0x6D, 0xFF, 0x0A], Array("--partner=dtdc".utf8)]
    guard case .run(_, let arguments) = try Request(words) else {
      Issue.record("a check asks for help")
      return
    }
    #expect(arguments.operands == [[0x6D, 0xFF, 0x0A]])
  }

  @Test(
    "wrong usage is told as evidence",
    arguments: [
      ([], UsageError.noVerb),
      (["--root", "/srv"], .noVerb),
      (["onec"], .unknownVerb("onec", nearest: "once")),
      (["xylophone"], .unknownVerb("xylophone", nearest: nil)),
      (["once", "--rot", "x"], .unknownOption("--rot", nearest: "--root")),
      (["once", "-q"], .unknownOption("-q", nearest: nil)),
      (["once", "--zzzzzz=1"], .unknownOption("--zzzzzz", nearest: nil)),
      (["--version"], .unknownOption("--version", nearest: nil)),
      (["kit", "dtdc", "--tto", "x"], .unknownOption("--tto", nearest: "--to")),
      // What another verb takes is not offered.
      (["once", "--jsom"], .unknownOption("--jsom", nearest: nil)),
      (["order", "A", "--jsom"], .unknownOption("--jsom", nearest: "--json")),
      ([""], .noVerb),
      (["once", "--json"], .optionElsewhere(.json, verb: "once")),
      (["explain", "--strict"], .optionElsewhere(.strict, verb: "explain")),
      (["once", "--quiet", "--quiet"], .optionTwice(.quiet)),
      (["--root=a", "once", "--root=b"], .optionTwice(.root)),
      (["once", "--jobs"], .valueMissing(.jobs)),
      (["once", "--quiet=yes"], .valueNotTaken(.quiet)),
      (["once", "--jobs", "0"], .badValue(.jobs, value: "0")),
      (["once", "--jobs", "+5"], .badValue(.jobs, value: "+5")),
      (["once", "--jobs=65"], .badValue(.jobs, value: "65")),
      (["once", "--jobs=99999999999999999999"], .badValue(.jobs, value: "99999999999999999999")),
      (["once", "--root="], .badValue(.root, value: "")),
      (["once", "--at", "yesterday"], .badValue(.at, value: "yesterday")),
      (["once", "--at", "2026-02-29T00:00:00Z"], .badValue(.at, value: "2026-02-29T00:00:00Z")),
      (["rules", "--format", "svg"], .badValue(.format, value: "svg")),
      (["order"], .operandMissing("NUMBER", verb: "order")),
      (["check", "--partner", "dtdc"], .operandMissing("FILE", verb: "check")),
      (["check", "a.csv"], .optionMissing(.partner, verb: "check")),
      (["order", "A", "B"], .operandNotTaken("B", verb: "order")),
      (["status", "now"], .operandNotTaken("now", verb: "status")),
    ])
  func wrongUsage(words: [String], expected: UsageError) {
    #expect {
      try request(words)
    } throws: { error in
      guard case .usage(let found)? = error as? Stop else { return false }
      return found == expected
    }
  }

  @Test("words that are not UTF-8 are refused by their place")
  func notUTF8() {
    #expect {
      try Request([Array("order".utf8), [0xFF]])
    } throws: { error in
      guard case .usage(.notUTF8(let word))? = error as? Stop else { return false }
      return word == 2
    }
  }

  @Test(
    "help is asked for in any of its spellings",
    arguments: [
      ["once", "--help"], ["--help", "once"], ["once", "-h"], ["help", "once"], ["once", "--jobs", "--help"],
    ])
  func help(words: [String]) {
    guard words != ["once", "--jobs", "--help"] else {
      // What follows an option that takes a value is its value.
      #expect(throws: Stop.self) { try request(words) }
      return
    }
    guard case .help(let verb)? = try? request(words) else {
      Issue.record("\(words) does not ask for help")
      return
    }
    #expect(verb.name == "once")
  }

  @Test("help is given even where the rest of the line is incomplete")
  func helpFirst() {
    guard case .help(let verb)? = try? request(["check", "--help"]) else {
      Issue.record("check --help does not ask for help")
      return
    }
    #expect(verb.name == "check")
  }
}

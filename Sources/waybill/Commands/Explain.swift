/// `waybill explain`: what a rejection means, who must act, and the smallest example of it.

import Orders

enum ExplainCommand {
  static let verb = Verb(
    name: "explain",
    summary: "says what a rejection means, who must act, and gives an example",
    description: [
      "Without a code it lists all. Codes are frozen: W100-W149 the bytes are not sound, W150-W199 sound but",
      "not a file of ours, W2.. the row, W3.. the order's state, W4.. the partner's terms, W5.. stock.",
    ],
    operands: [.init(name: "CODE", summary: "a code as answers name it: W302", isRequired: false)],
    options: [],
    statuses: [.done, .wrongUsage],
    examples: [
      .init(line: "waybill explain W302", meaning: "what to do about rows rejected with W302"),
      .init(line: "waybill explain", meaning: "all codes, one line each"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    if call.arguments.operands.isEmpty {
      call.console.lines(overview())
      return .done
    }
    let word = call.arguments.text(0)
    guard let code = RejectionCode(name: word) ?? RejectionCode(name: "W" + word) else {
      throw .usage(.unknownCode(word, nearest: nearest(word)))
    }
    call.console.lines(page(code.meaning))
    return .done
  }

  /// All codes, one line each, in their order of precedence.
  static func overview() -> [String] {
    var table = TextTable("code", "who must act", "what is wrong")
    for code in RejectionCode.allCases {
      table.add(code.name, code.meaning.who.rawValue, code.meaning.sentence)
    }
    return table.lines()
  }

  static func page(_ meaning: RejectionMeaning) -> [String] {
    [
      meaning.code.name, "  \(meaning.sentence)", "", "Who must act", "  \(who(meaning.who))", "",
      "What to do",
    ]
      + indented(meaning.remedy) + ["", "Example"] + indented(meaning.example)
  }

  static func who(_ actor: Actor) -> String {
    switch actor {
    case .partner: "the partner that sent the file"
    case .operations: "whoever runs this exchange"
    case .carrier: "the carrier"
    }
  }

  private static func indented(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
  }

  /// The known code nearest to what was typed: a number close by, else the nearest spelling.
  static func nearest(_ word: String) -> String? {
    let codes = RejectionCode.allCases
    let digits = word.drop { $0 == "W" || $0 == "w" }
    if let number = Int(digits) {
      func distance(_ code: RejectionCode) -> Int { abs(Int(code.rawValue) - number) }
      if let near = codes.min(by: { distance($0) < distance($1) }), distance(near) <= numbersApartMax {
        return near.name
      }
    }
    return Nearest.word(to: "W" + digits, among: codes.map(\.name))
  }

  private static let numbersApartMax = 9
}

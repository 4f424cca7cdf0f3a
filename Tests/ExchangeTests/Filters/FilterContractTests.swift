/// What the filters hold their input to, by the program itself: order, trailer, and every byte between.

import Orders
import TestSupport
import Testing

@testable import Exchange

@Suite("The contract of the filters") struct FilterContractTests {
  /// A trading day's orders, routed: terms and the sorted lines with their trailer.
  private func routed(in root: TemporaryFolder) async throws -> (terms: String, lines: [UInt8]) {
    let orders = Array(
      "order_number,invoice_id,sku,quantity,location_key\nOD-1,IN-1,SKU-1,1,WH-1\nOD-2,IN-2,SKU-2,2,WH-1\n"
        .utf8)
    let clock = ["--at", "2026-11-21T12:00:00+05:30"]
    let empty = FilteredExchange.sorted([])
    try root.write(try await output(["assemble", "--plan", "--root", root.path] + clock, empty), to: "base")
    let base = root.path("base")
    let facts = try await output(["route", "orders-1.csv", "--partner", "easyecom", "--terms", base], orders)
    try root.write(try await output(["assemble", "--plan", "--terms", base] + clock, facts), to: "terms")
    let rows = try await output(["route", "--decision", "1", "--terms", root.path("terms")], orders)
    let lines = try FilteredExchange.read(rows, isOrdered: false).filter { $0.kind == .row }
    #expect(lines.count == 2)
    return (root.path("terms"), FilteredExchange.sorted(lines))
  }

  private func run(_ arguments: [String], _ input: [UInt8]) async throws -> FinishedProgram {
    var program = WaybillProgram(arguments)
    program.input = input
    return try await program.run()
  }

  private func output(_ arguments: [String], _ input: [UInt8]) async throws -> [UInt8] {
    let finished = try await run(arguments, input)
    guard finished.status == .exited(0) else { throw TestFailure("\(arguments): \(finished.errors)") }
    return finished.outputBytes
  }

  /// The judge refuses the input with a sentence that holds these words, and its own output has no trailer.
  private func expectRefused(_ terms: String, _ input: [UInt8], _ words: String) async throws {
    let finished = try await run(["judge", "--terms", terms], input)
    #expect(finished.status == .exited(3))
    #expect(finished.errors.contains(words), "\(finished.errors)")
    #expect(!finished.output.contains("~\ttrailer"))
  }

  @Test("sound lines are judged, and end with a trailer that is right")
  func sound() async throws {
    try await withTemporaryFolder { root in
      let (terms, lines) = try await routed(in: root)
      let judged = try await output(["judge", "--terms", terms], lines)
      let verdicts = try FilteredExchange.read(judged, isOrdered: false).filter { $0.kind == .verdict }
      #expect(verdicts.count == 2)
    }
  }

  @Test("lines out of order are refused")
  func order() async throws {
    try await withTemporaryFolder { root in
      let (terms, lines) = try await routed(in: root)
      var parts = lines.split(separator: 10).map { Array($0) }
      parts.swapAt(0, 1)
      try await expectRefused(terms, parts.flatMap { $0 + [10] }, "sort it with LC_ALL=C")
    }
  }

  @Test("an input that was cut at any line, or within one, is refused")
  func cut() async throws {
    try await withTemporaryFolder { root in
      let (terms, lines) = try await routed(in: root)
      let ends = lines.indices.filter { lines[$0] == 10 }
      for end in [0, ends[0] + 1, ends[1] + 1, lines.count - 1, lines.count - 7] {
        try await expectRefused(terms, Array(lines[..<end]), "ends without its trailer")
      }
    }
  }

  @Test("a line that is lost, doubled or changed is refused")
  func trailer() async throws {
    try await withTemporaryFolder { root in
      let (terms, lines) = try await routed(in: root)
      var parts = lines.split(separator: 10).map { Array($0) }
      let first = parts.removeFirst()
      try await expectRefused(terms, parts.flatMap { $0 + [10] }, "its trailer says 2 lines, and 1 came")
      parts = [first, first] + parts
      try await expectRefused(terms, parts.flatMap { $0 + [10] }, "its trailer says 2 lines, and 3 came")
      var other = lines
      // Another character of a payload.
      let place = first.count - 3
      other[place] = other[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      try await expectRefused(terms, other, "with another hash")
      try await expectRefused(terms, lines + first + [10], "goes on behind its trailer")
    }
  }

  @Test("the trailers of several outputs add up, in whatever order the lines come")
  func sum() throws {
    let lines = (0..<50).map { number in
      KeyedLine(Array("o:\(number % 7)".utf8), .row, Array("\(number)".utf8), Array("AAAA".utf8)).bytes
    }
    var (whole, first, second) = (LineSum(), LineSum(), LineSum())
    for line in lines { whole.add(line) }
    for (number, line) in lines.reversed().enumerated() {
      if number % 3 == 0 { first.add(line) } else { second.add(line) }
    }
    let sorted = lines.sorted { $0.lexicographicallyPrecedes($1) } + [first.trailer, second.trailer]
    #expect(try FilteredExchange.read(sorted.flatMap { $0 + [10] }).count == 50)
    #expect(first != whole)
  }

  @Test("any bytes come back from base64, and what is none is said to be none")
  func base64() {
    var numbers = SeededNumbers(5)
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8(numbers.below(256)) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
    #expect(Base64.encode(Array("foobar".utf8)) == Array("Zm9vYmFy".utf8))
    #expect(Base64.encode(Array("foob".utf8)) == Array("Zm9vYg==".utf8))
    for text in ["Zm9", "Zm9v!A==", "====", "Zg==Zg=="] { #expect(Base64.decode(Array(text.utf8)) == nil) }
  }

  @Test("the order of places is the order of their texts")
  func places() {
    var places: [RecordPlace] = []
    for decision in [1, 12, 999] as [UInt64] {
      places += [RecordPlace(decision: decision, row: 2), RecordPlace(decision: decision, row: 11)]
      for time in [-5, 0, 1_700_000_000_000] as [Int64] {
        // Of one time, the row that has waited longest comes first, and one that began to wait anew last.
        for waited in [RecordPlace(decision: 3, row: 7), RecordPlace(decision: 3, row: 20)] {
          places.append(
            RecordPlace(resuming: waited, in: decision, wave: 1, time: Timestamp(milliseconds: time)))
        }
        let again = RecordPlace(
          resuming: RecordPlace(decision: 1, row: 2), in: 4, wave: 2, time: Timestamp(milliseconds: time))
        places.append(
          RecordPlace(resuming: again, in: decision, wave: 1, time: Timestamp(milliseconds: time)))
      }
    }
    #expect(places.sorted() == places)
    #expect(places.sorted { $0.text < $1.text } == places)
  }
}

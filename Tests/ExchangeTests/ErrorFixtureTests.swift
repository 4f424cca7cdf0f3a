/// `fixtures/errors`: for every rejection code the smallest input that gives it.

import Orders
import TestSupport
import Testing

@Suite struct ErrorFixtureTests {
  /// The codes that no file of a partner gives, and why.
  static let givenByNoFile: [RejectionCode: String] = [
    .ourOwnFault: "it is the answer to a fault of ours, which no file may provoke",
    .parkedTooLong:
      "it comes with time, not with a file: parked rows are rejected when they have waited too long",
  ]

  @Test(
    "The smallest input gives its code, and the recorded answers",
    arguments: ExchangeCase.all(in: "errors"))
  func gives(_ error: ExchangeCase) async throws {
    let result = try await error.run()
    let codes = try Set(result.acks().values.flatMap { $0.rejections.map(\.code) })
    #expect(codes.contains(Self.code(of: error)), "\(error) gives \(codes.sorted())")
    let difference = try result.difference(from: error.path, withLedger: false)
    #expect(difference == nil, "\(error): \(difference ?? "")")
    try expectSoundAcks(result)
  }

  @Test("Every rejection code has its smallest input")
  func noneIsMissing() {
    let codes = ExchangeCase.all(in: "errors").map(Self.code(of:))
    let needed = RejectionCode.allCases.filter { Self.givenByNoFile[$0] == nil }.map(\.name)
    #expect(Set(codes) == Set(needed))
    #expect(codes.count == Set(codes).count, "two folders for one code")
  }

  /// `W302` of the folder `W302-not-the-next-step`.
  private static func code(of error: ExchangeCase) -> String { String(error.name.prefix(4)) }
}

/// Thousands of small files: what one costs does not grow with those that were done before, and nobody waits for all of another's.

import Files
import Foundation
import TestSupport
import Testing

@testable import Exchange
@testable import Intake

@Suite("Many small files", .timeLimit(.minutes(15)))
struct ManyFilesTests {
  private static let header = "order_number,invoice_id,suborder_id,sku,quantity,price,location_key\n"

  private static func uploads(_ numbers: Range<Int>) -> [Drill.Upload] {
    numbers.map { number in
      let partner = number.isMultiple(of: 2) ? "easyecom" : "booon"
      let row = "M-\(number),INV-\(number),1,TEA-250,1,229.00,WH-1\n"
      return Drill.Upload(partner, "orders-\(number).csv", header + row)
    }
  }

  /// The calls to the kernel that each of several portions of files cost; the last class is all of them.
  private static func costs(
    of portions: Int, filesEach: Int, isDaemon: Bool, _ root: TemporaryFolder
  ) throws -> [[FaultPlan.Call: Int]] {
    let exchange = try LiveExchange(root)
    var answered = 0
    var intake = try IntakeRun(
      exchange.ledger, isDaemon: isDaemon, answered: { _ in answered += 1 }, mustStop: { false })
    var costs: [[FaultPlan.Call: Int]] = []
    for portion in 0..<portions {
      for upload in uploads(portion * filesEach..<(portion + 1) * filesEach) {
        try root.write(upload.bytes, to: upload.path)
      }
      if isDaemon {
        // How they came was not seen, so they must rest.
        _ = try intake.takeAll()
        Thread.sleep(forTimeInterval: 0.06)
      }
      costs.append(try FaultPlan.counting { _ = try intake.takeAll() })
      #expect(answered == (portion + 1) * filesEach, "portion \(portion)")
    }
    try exchange.ledger.markPublished()
    return costs
  }

  @Test("The last of 3,000 files that wait cost no more calls than the first")
  func waiting() throws {
    try withTemporaryFolder { root in
      let costs = try Self.costs(of: 4, filesEach: 750, isDaemon: false, root)
      let sums = costs.map { $0.values.reduce(0, +) }
      // The first portion makes folders that the others find.
      #expect(Double(sums[3]) < 1.05 * Double(sums[1]), "\(sums)")
      #expect(Double(sums[3]) < 1.05 * Double(sums[0]), "\(sums)")
      // What each file costs is bounded too: its look, its claim, its judgement and its two answers.
      #expect(sums[3] < 60 * 750, "\(sums[3] / 750) calls a file: \(costs[3])")
      #expect(costs[3][.fdatasync, default: 0] <= 12, "two for a group of 256, and those of full segments")
    }
  }
}

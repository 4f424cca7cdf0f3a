import Files
import Intake
import Orders
import Testing

@Suite("The order in which files are taken")
struct ProcessingOrderTests {
  private func waiting(_ partner: String, _ name: String, at arrival: Int64 = 0, size: Int64 = 100) -> Waiting
  {
    Waiting(partner: partner, name: FileName(bytes(name)), status: FileStatus(size: size, changed: arrival))
  }

  private func names(_ waiting: [Waiting]) -> [String] {
    ProcessingOrder.sorted(waiting).map { $0.partner + "/" + legible($0.name.bytes) }
  }

  @Test("The steps of the sequence come first, whatever arrived when")
  func steps() {
    let kinds: [Kind] = [
      .products, .carriers, .orders, .assignments, .confirmations, .documents, .manifests, .cancellations,
      .tracking,
      .inventory, .returns, .reconcile,
    ]
    let files = kinds.enumerated().map { waiting("dtdc", $1.name + ".csv", at: Int64(100 - $0)) }
    #expect(names(files.reversed()) == kinds.map { "dtdc/" + $0.name + ".csv" })
  }

  @Test("Within a step it is arrival, then name, then partner; tracking and scans are one step")
  func arrival() {
    let files = [
      waiting("b", "orders-2.csv", at: 5), waiting("a", "orders-3.csv", at: 5),
      waiting("a", "orders-2.csv", at: 5),
      waiting("c", "orders-9.csv", at: 4), waiting("a", "export.csv", at: 3),
      waiting("a", "scans.csv", at: 2),
      waiting("b", "tracking.csv", at: 1),
    ]
    #expect(
      names(files) == [
        "a/export.csv", "c/orders-9.csv", "a/orders-2.csv", "b/orders-2.csv", "a/orders-3.csv",
        "b/tracking.csv",
        "a/scans.csv",
      ])
  }

  @Test("A small file overtakes another partner's large one, never its own partner's, and never a step")
  func smallOvertakes() {
    let large = ProcessingOrder.smallBytesMax + 1
    let files = [
      waiting("a", "scans-1.csv", at: 1, size: large), waiting("a", "scans-2.csv", at: 2),
      waiting("b", "scans-3.csv", at: 3), waiting("b", "inventory.csv", at: 0),
      waiting("c", "scans-4.csv", at: 4, size: ProcessingOrder.smallBytesMax),
      waiting("c", "orders.csv", at: 9, size: large),
    ]
    #expect(
      names(files) == [
        "c/orders.csv", "b/scans-3.csv", "c/scans-4.csv", "a/scans-1.csv", "a/scans-2.csv", "b/inventory.csv",
      ])
  }

  @Test("A partner's flood makes another wait for one share of it, not for all")
  func fair() throws {
    var files = (0..<2_500).map { waiting("a", "orders-\($0).csv", at: Int64($0)) }
    files.append(waiting("b", "orders-late.csv", at: 1_000_000))
    let order = names(files)
    #expect(order.firstIndex(of: "b/orders-late.csv") == ProcessingOrder.shareFiles)
    #expect(order.filter { $0.hasPrefix("a/") } == (0..<2_500).map { "a/orders-\($0).csv" })
  }

  @Test("The order depends on the files alone, not on how they were listed", arguments: UInt64(1)...8)
  func deterministic(seed: UInt64) {
    var state = seed
    func number(below bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    let kinds = ["orders", "scans", "tracking", "export"]
    let files = (0..<60).map { ordinal in
      waiting(
        ["a", "b", "c"][Int(number(below: 3))], "\(kinds[Int(number(below: 4))])-\(ordinal).csv",
        at: Int64(number(below: 5)), size: number(below: 4) == 0 ? ProcessingOrder.smallBytesMax + 1 : 10)
    }
    var shuffled = files
    for index in shuffled.indices.reversed() {
      shuffled.swapAt(index, Int(number(below: UInt64(index + 1))))
    }
    #expect(names(shuffled) == names(files), "seed \(seed)")
    for partner in ["a", "b", "c"] {
      let own = ProcessingOrder.sorted(files).filter { $0.partner == partner }
      for (earlier, later) in zip(own, own.dropFirst()) where earlier.name.step == later.name.step {
        #expect(earlier.arrival <= later.arrival, "seed \(seed)")
      }
    }
  }
}

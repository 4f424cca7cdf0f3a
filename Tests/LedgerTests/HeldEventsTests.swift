// What a shipment holds, found without looking behind its manifest where nothing held can stand there.

import Orders
import Testing

@testable import Ledger

@Suite("The events a shipment holds")
struct HeldEventsTests {
  private static let shipment = ShipmentIndex(4)

  /// What came before the manifest, and what the manifest made of it.
  enum Before: CaseIterable { case nothing, parked, parkedThenRefused, stillParked, cancelRequest }

  @Test("are the same where what stands before the manifest is not looked at", arguments: Before.allCases)
  func same(before: Before) throws {
    let chain = try Chain(before)
    let whole = try chain.history.heldEvents(of: Self.shipment, from: chain.head)
    let looksForAll = chain.looks()
    let short = try chain.history.heldEvents(
      of: Self.shipment, from: chain.head, isCancelRequested: before == .cancelRequest)
    let looks = chain.looks()
    #expect(short == whole)
    let numbers = whole.map { Int($0.scanNumber) }
    switch before {
    case .nothing, .stillParked, .parkedThenRefused: #expect(numbers == [12, 11])
    case .parked: #expect(numbers == [12, 11, 7])
    case .cancelRequest: #expect(numbers == [12, 11, 0] && whole.last?.event == .cancel)
    }
    // A look a record: all seven, or the two scans and the manifest.
    let mustLookBehind = before == .parked || before == .parkedThenRefused || before == .cancelRequest
    #expect(looksForAll == 7 && looks == (mustLookBehind ? 7 : 3))
  }

  /// Seven records about one shipment: two that any has, one of what came before the manifest, one more, the manifest, two scans.
  private final class Chain {
    private(set) var head = Position.none
    private var writer = RowWriter()
    private let frame: UInt64 = 4096
    private var lookCount = 0
    private lazy var payload = writer.payload

    init(_ before: Before) throws {
      writer.start(claim: ClaimNumber(2), firstRow: 1, arrival: Timestamp(milliseconds: 1_000))
      add([.confirm(shipment, invoiceNumber: .absent, invoiceDate: nil)])
      add([.document(shipment, which: 1)])
      let fold = Effect.FoldResult(
        after: .shipped, onReturn: false, setBy: nil, since: Timestamp(milliseconds: 5))
      var parked = Position.none
      switch before {
      case .nothing: add([.document(shipment, which: 2)])
      case .cancelRequest: add([.cancel(shipment, fold)])
      case .parked, .parkedThenRefused, .stillParked: parked = add([scan(7, .parked, fold)])
      }
      add([.document(shipment, which: 3)])
      var manifest = [Effect.manifest(shipment, number: .absent)]
      if before == .parked || before == .parkedThenRefused {
        let outcome: Outcome = before == .parked ? .applied : .rejected
        manifest.append(
          .settle(
            shipment, parked: parked,
            Effect.Settlement(
              outcome: outcome, before: .shipped, code: outcome == .rejected ? .shipmentClosed : nil,
              time: Timestamp(milliseconds: 7), fold: fold)))
      }
      add(manifest)
      add([scan(11, .applied, fold)])
      add([scan(12, .recorded, fold)])
    }

    /// Each look at a record, and at nothing else, asks for its bytes.
    var history: History {
      let marks = FrameMarks()
      marks.note(writer.page, frame: frame)
      return History(
        parts: { [self] _, _, _ in
          lookCount += 1
          return FramePart(whole: payload)
        }, marks: marks)
    }

    /// How often was looked since this was asked last?
    func looks() -> Int {
      defer { lookCount = 0 }
      return lookCount
    }

    private var shipment: ShipmentIndex { HeldEventsTests.shipment }

    private func scan(_ number: ScanNumber, _ outcome: Outcome, _ fold: Effect.FoldResult) -> Effect {
      .carrier(
        shipment,
        Effect.CarrierEntry(
          outcome: outcome, isSecondVersion: false, code: 3, codeText: .absent, event: .inTransit,
          endsReturn: false, isOnReturnAWB: false, time: Timestamp(milliseconds: Int64(number)),
          scanNumber: number, scanText: .absent, location: .absent, line: 1, orderNumber: .absent, fold: fold)
      )
    }

    @discardableResult
    private func add(_ effects: [Effect]) -> Position {
      let position = Position(frame: frame, record: writer.payload.count)
      // The second effect of a record about the shipment names the record itself.
      let heads = effects.indices.map { $0 == 0 ? head : position }
      writer.append(Verdict(.applied), effects, bytes: [], heads: heads, at: position)
      head = position
      return position
    }
  }
}

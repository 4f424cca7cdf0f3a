import Testing

@testable import Orders

@Suite("The words of partners' exports")
struct ExportWordsTests {
  private func states(_ word: String, _ profile: PartnerProfile = .easyEcom) -> Set<ShipmentState>? {
    ExportWords.states(Array(word.utf8)[...], from: profile)
  }

  @Test(
    "Every state of ours is known by its own name, and the name stands for it",
    arguments: ShipmentState.allCases)
  func ownNames(state: ShipmentState) { #expect(states(state.name)?.contains(state) == true) }

  @Test("Case, blanks, _ and - make no difference")
  func folded() {
    for word in ["Out For Delivery", "out_for_delivery", "OUT-FOR-DELIVERY", "outfordelivery"] {
      #expect(states(word) == [.outForDelivery])
    }
  }

  @Test("Shipped stands for everything between manifest and delivery, and for nothing else")
  func shipped() {
    let shipped = states("Shipped") ?? []
    for state in ShipmentState.allCases {
      #expect(shipped.contains(state) == (state.isMoving && !state.isOnReturnLeg), "\(state)")
    }
  }

  @Test("A carrier's own code stands for the state that its scan leads to; anybody else's is unknown")
  func codes() {
    #expect(states("999", .ecomExpress) == [.delivered])
    #expect(states("pickup_complete", .ekart) == [.pickedUp])
    #expect(states("999") == nil)
    #expect(states("sideways") == nil)
    #expect(states("") == nil)
  }

  @Test("An export is ahead, behind, or on another way")
  func direction() {
    #expect(ExportWords.direction(from: .inTransit, to: [.delivered]) == 1)
    #expect(ExportWords.direction(from: .delivered, to: [.inTransit]) == -1)
    #expect(ExportWords.direction(from: .delivered, to: [.returned]) == 0)
  }
}

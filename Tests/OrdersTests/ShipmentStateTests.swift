/// States as the packed books hold them: by their place in the list.

import Orders
import Testing

@Suite("A state by its place")
struct ShipmentStateTests {
  @Test("Every state is found at its own place", arguments: ShipmentState.allCases)
  func isAtItsPlace(_ state: ShipmentState) {
    #expect(ShipmentState(place: Int(state.rawValue)) == state)
    #expect(ShipmentState.allCases[Int(state.rawValue)] == state)
  }

  @Test("Beyond the list a shipment is open", arguments: [-1, ShipmentState.allCases.count, 31, .max])
  func isOpenBeyond(_ place: Int) { #expect(ShipmentState(place: place) == .open) }
}

internal import Files
internal import Orders

/// The parts of rows, spelled as `RecordReader` reads them; of what makes no sense the walk is told.
extension ReplayReader {
  /// The shipment that an effect is on.
  @inline(__always)
  static func shipment(_ walk: inout FieldWalk) -> UInt32 {
    let shipment = UInt32(truncatingIfNeeded: walk.shortNumber())
    // The way back to the record before is for walks along a shipment's history.
    if walk.number() > 1 { walk.passNumber() }
    return shipment
  }

  @inline(__always)
  static func slice(_ walk: inout FieldWalk) -> Slice {
    let (place, count) = walk.text()
    return Slice(offset: place, length: count)
  }

  /// The state that a byte stands for.
  @inline(__always)
  static func state(_ walk: inout FieldWalk, _ raw: UInt8) -> ShipmentState {
    let state = ShipmentState(place: Int(raw))
    if state.rawValue != raw { walk.fail() }
    return state
  }

  @inline(__always)
  static func time(_ walk: inout FieldWalk) -> Timestamp {
    let value = walk.longSigned()
    if value & 1 == 1 { return Timestamp(milliseconds: value >> 1) }
    let (milliseconds, isTooLarge) = (value >> 1).multipliedReportingOverflow(by: 1000)
    if isTooLarge { walk.fail() }
    return Timestamp(milliseconds: milliseconds)
  }

  static func fold(_ walk: inout FieldWalk) -> ReplayStep.Fold {
    let head = walk.byte()
    let state = state(&walk, head & 0x3F)
    if head & 0x80 == 0 { return ReplayStep.Fold(state: state, onReturn: head & 0x40 != 0) }
    let record = Position(raw: walk.longNumber())
    return ReplayStep.Fold(state: state, onReturn: head & 0x40 != 0, setBy: record, since: time(&walk))
  }

  /// Goes over a rejection; gives the code of its first fault.
  @inline(never)
  static func rejection(_ walk: inout FieldWalk) -> RejectionCode? {
    var first: RejectionCode?
    let faults = walk.number()
    var left = faults
    while left > 0, !walk.isBroken {
      guard let code = RejectionCode(rawValue: UInt16(truncatingIfNeeded: walk.number())) else {
        walk.fail()
        return nil
      }
      if left == faults { first = code }
      walk.pass(1)
      walk.passNumber()
      walk.passNumber()
      if code == .quantityOutOfBalance {
        var balance = walk.number()
        while balance > 0, !walk.isBroken {
          walk.passNumber()
          balance -= 1
        }
      }
      left -= 1
    }
    if walk.byte() == 0 { return first }
    walk.pass(1)
    if walk.byte() != 0 { walk.passNumber() }
    let source = walk.byte()
    if source > 0 {
      walk.passText()
      if source == 2 { walk.passText() }
      walk.passNumber()
    }
    walk.pass(Int(truncatingIfNeeded: min(walk.number(), 1 << 32)))
    return first
  }
}

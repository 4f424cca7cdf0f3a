// Parts of frames: what a look at one row reads of the journal.

internal import Orders

/// A part of a rows frame's payload: at least what was asked for, as far as the payload goes.
public struct FramePart: Sendable {
  public let bytes: [UInt8]
  /// The place in the payload of the first of these bytes.
  public let start: Int
  /// How long the whole payload is.
  public let payloadBytes: Int

  public init(bytes: [UInt8], start: Int, payloadBytes: Int) {
    self.bytes = bytes
    self.start = start
    self.payloadBytes = payloadBytes
  }

  public init(whole payload: [UInt8]) {
    self.init(bytes: payload, start: 0, payloadBytes: payload.count)
  }

  var reachesEnd: Bool { start + bytes.count >= payloadBytes }
}

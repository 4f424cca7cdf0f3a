// Answer names are what the files in a partner's outbox are called, derived from the name of the file they answer.

public import Orders

/// The names of everything that answers one input file.
///
/// The first file of a name answers as `NAME.ext.…`, a later one as `NAME.ext~SEQUENCE.…`. Names are bytes, as the disk
/// holds them; Intake refuses an input whose answers would bear names too long for the file system.
public struct AnswerNames: Sendable, Equatable {
  /// The name of the input itself.
  public let inputName: [UInt8]
  private let base: [UInt8]

  /// A longer name is cut in the names of its answers, for a file system takes no more than 255 bytes.
  public static let inputBytesMax = 255 - "~00000000000000000000.settled-999999.csv".utf8.count

  /// - Parameter tilde: the decision's number when an earlier file bore the same name, or the name is cut; nil for the first one.
  public init(inputName: [UInt8], tilde: DecisionNumber?) {
    self.inputName = inputName
    var base = inputName.prefix(AnswerNames.inputBytesMax)
    // A character is not cut in two.
    if base.count < inputName.count {
      while let last = base.last, last & 0xC0 == 0x80 { base.removeLast() }
      if let last = base.last, last & 0xC0 == 0xC0 { base.removeLast() }
    }
    precondition(tilde != nil || base.count == inputName.count, "two names that are cut must not become one")
    if let tilde {
      base.append(UInt8(ascii: "~"))
      base.append(contentsOf: String(tilde.raw).utf8)
    }
    self.base = Array(base)
  }

  public var ack: [UInt8] { base + ".ack.json".utf8 }
  public var result: [UInt8] { base + ".result.csv".utf8 }
  public var errorsCSV: [UInt8] { base + ".errors.csv".utf8 }
  public var errorsJSONL: [UInt8] { base + ".errors.jsonl".utf8 }
  /// What of the sender's own an export does not name.
  public var missing: [UInt8] { base + ".missing.csv".utf8 }
  public var reply: [UInt8] { base + ".reply.jsonl".utf8 }

  /// The name of the `number`-th answer to rows of the input that were parked; counted from 1.
  public func settled(_ number: Int) -> [UInt8] {
    precondition(number >= 1)
    return base + ".settled-\(number).csv".utf8
  }
}

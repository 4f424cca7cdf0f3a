/// Why a file could not be read to its end.
public import Orders

/// A file that is refused whole, or that has not arrived whole.
///
/// The faults carry no values, for they outlive the batch. Their numbers mean what `Fault.sentence` says. An offset counts the
/// bytes behind a UTF-8 mark; in a UTF-16 file those of its UTF-8 text. For W152 `number` is the line that looks like the
/// header where the first line has no name we know (a preamble; 0 where none does), and `second` is then 1.
public struct FileFault: Error, Equatable, Sendable {
  /// In order of precedence.
  public let faults: [Fault]
  /// The physical line on which it was found, from 1.
  public let line: UInt32
  /// The file ends too early: it may still be arriving, and is held instead of refused.
  public let isIncomplete: Bool

  init(_ faults: [Fault], line: UInt32, isIncomplete: Bool = false) {
    precondition(!faults.isEmpty)
    self.faults = faults.sorted { $0.code.rawValue < $1.code.rawValue }
    self.line = line
    self.isIncomplete = isIncomplete
  }

  init(_ fault: Fault, line: UInt32, isIncomplete: Bool = false) {
    self.init([fault], line: line, isIncomplete: isIncomplete)
  }
}

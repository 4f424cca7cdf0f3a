/// A watch over one file after the other: how long each stage of its way took.
///
/// It has one hand. Work that is handed to it with a stage's name is counted there until the next turn; turning costs two looks at a
/// clock for each batch of rows, so it may hang on the program as it is. Only the benchmark hangs one there, and with one core per
/// file: with more, stages run beside each other, and their times are no shares of the whole.
public final class StageWatch {
  public enum Stage: Int, CaseIterable, Sendable {
    /// Claims, looks at the inbox, archive: what belongs to no row.
    case around
    /// Reading, its digest, cutting into rows, binding cells to values.
    case parse
    case judge
    /// Finished pages of verdicts on their way into the journal.
    case journal
    /// Lines of result, errors and reply.
    case answers
    /// What other partners are told of the file, and the answers to rows that it released.
    case feeds
    /// The end of the transaction.
    case commit
    /// The journal's sync.
    case sync
    /// Into outbox and archive.
    case deliver
  }

  public struct File: Sendable {
    public let partner: String
    public let name: [UInt8]
    public let bytes: Int64
    /// Nanoseconds by stage.
    public var spent = [Int64](repeating: 0, count: Stage.allCases.count)
  }

  /// In the order in which they were taken.
  public private(set) var files: [File] = []
  /// What was spent between files, by stage.
  public private(set) var between = [Int64](repeating: 0, count: Stage.allCases.count)
  private var hand = Stage.around
  private var isInFile = false
  private var last = ContinuousClock.now

  public init() {}

  /// What is done from now on belongs to this stage.
  public func turn(to stage: Stage) {
    let now = ContinuousClock.now
    let (seconds, attoseconds) = (now - last).components
    let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    last = now
    if isInFile {
      files[files.count - 1].spent[hand.rawValue] += nanoseconds
    } else {
      between[hand.rawValue] += nanoseconds
    }
    hand = stage
  }

  func open(_ name: [UInt8], of partner: String, bytes: Int64) {
    turn(to: .around)
    files.append(File(partner: partner, name: name, bytes: bytes))
    isInFile = true
  }

  func close() {
    turn(to: .around)
    isInFile = false
  }
}

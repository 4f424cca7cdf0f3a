/// How far long work has come, told to whoever shows it.
///
/// The work tells it file by file and batch by batch; how often that is shown is not its concern.
public final class WorkPace {
  private let show: (_ done: Int64, _ total: Int64, _ unit: String, _ subject: [UInt8]) -> Void
  private var done: Int64 = 0
  private var total: Int64 = 0
  private var inHand: [UInt8] = []

  public init(_ show: @escaping (_ done: Int64, _ total: Int64, _ unit: String, _ subject: [UInt8]) -> Void)
  {
    self.show = show
  }

  /// So much lies before the work now.
  func begin(bytes: Int64) { total = done + bytes }

  func take(_ name: [UInt8]) {
    inHand = name
    tell(0)
  }

  /// So much of the file in hand is judged.
  func noteRead(_ bytes: Int64) { tell(bytes) }

  func finish(bytes: Int64) {
    done += bytes
    tell(0)
  }

  /// Other work than files.
  func show(done: Int64, of total: Int64, _ unit: String) { show(done, total, unit, []) }

  private func tell(_ bytes: Int64) { show(min(done + bytes, total), total, "bytes", inHand) }
}

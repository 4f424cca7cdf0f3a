/// Everything the program says on the terminal goes through here: text escaped, errors in one line, a bar while it works.
///
/// What is printed as text is made harmless character by character (`SafeText`), so that no name a partner chose can move
/// the cursor, colour the screen or turn the line round. What is printed as data (CSV, JSON, Graphviz) is written as it is.

import Foundation

/// The way to stdout and stderr.
final class Console {
  /// Writes bytes to stdout (1) or stderr (2) and gives 0 or an errno.
  typealias Writer = (_ bytes: [UInt8], _ descriptor: Int32) -> Int32

  private let write: Writer
  /// The columns of stderr's terminal; nil: it is none, and no bar is shown.
  private let barColumns: Int?
  private var waiting: [UInt8] = []
  /// Why stdout stopped taking bytes; 0: it has not.
  private var outputError: Int32 = 0
  private var barShown: ContinuousClock.Instant?
  /// Since when the work in hand is shown, what it counts, and how far it had come.
  private var barBegun: ContinuousClock.Instant?
  private var barUnit = ""
  private var barDone = 0

  /// How much is gathered before it is written.
  private static let waitingBytesMax = 65_536
  private static let barPause = Duration.milliseconds(100)

  init(barColumns: Int? = nil, write: @escaping Writer) {
    self.barColumns = barColumns
    self.write = write
  }

  /// The console of the process itself.
  static func terminal() -> Console {
    Console(barColumns: StandardStreams.terminalColumns(2), write: StandardStreams.send)
  }

  /// Can stdout still be written to? Long output stops early when its reader went away.
  var takesOutput: Bool { outputError == 0 }

  /// Prints one line of text.
  func line(_ text: String = "") {
    hideBar()
    put(Array(SafeText.of(text).utf8) + [10])
  }

  /// Prints lines of text.
  func lines(_ texts: [String]) { for text in texts { line(text) } }

  /// Prints our own text of several lines.
  func print(_ page: String) {
    for text in page.split(separator: "\n", omittingEmptySubsequences: false) { line(String(text)) }
  }

  func table(_ table: TextTable, indent: Int = 0) { lines(table.lines(indent: indent)) }

  /// Prints data as it is.
  func data(_ bytes: some Sequence<UInt8>) {
    hideBar()
    put(bytes)
  }

  /// One line on stderr: `waybill: ` and the sentence.
  func complain(_ sentence: String) {
    hideBar()
    flush()
    _ = write(Array("waybill: \(SafeText.of(sentence))\n".utf8), 2)
  }

  /// One line of a log on stderr, as it is: whoever made it has made it harmless.
  func log(_ line: String) {
    hideBar()
    _ = write(Array("\(line)\n".utf8), 2)
  }

  /// Shows how far long work has come: on stderr, only on a terminal, at most ten times a second.
  func show(_ progress: Headway) {
    guard let barColumns else { return }
    let now = ContinuousClock.now
    if let last = barShown, now - last < Self.barPause, progress.done < progress.total { return }
    barShown = now
    // Other work than before has a pace of its own.
    if barBegun == nil || barUnit != progress.unit || progress.done < barDone { barBegun = now }
    (barUnit, barDone) = (progress.unit, progress.done)
    let seconds = barBegun.map { (now - $0) / .seconds(1) }
    flush()
    let bar = ProgressBar.text(progress, columns: barColumns, after: seconds)
    _ = write(Array("\r\(bar)\u{1B}[K".utf8), 2)
  }

  /// Writes what waits and says how the program ends: output that was lost is a failure, a reader that left is none.
  func finish(_ status: ExitCode) -> ExitCode {
    hideBar()
    flush()
    if outputError == 0 || outputError == EPIPE { return status }
    complain(Sentences.of(Failure.system(action: .writeOutput, path: nil, number: outputError)))
    return .couldNot
  }

  func flush() {
    if waiting.isEmpty { return }
    let bytes = waiting
    waiting.removeAll(keepingCapacity: true)
    if outputError == 0 { outputError = write(bytes, 1) }
  }

  private func put(_ bytes: some Sequence<UInt8>) {
    if outputError != 0 { return }
    waiting += bytes
    if waiting.count >= Self.waitingBytesMax { flush() }
  }

  private func hideBar() {
    if barShown == nil { return }
    barShown = nil
    _ = write(Array("\r\u{1B}[K".utf8), 2)
  }
}

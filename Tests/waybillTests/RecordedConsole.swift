/// A console that keeps what it would have written, so that a test reads exactly what a terminal would show.

@testable import waybill

final class RecordedConsole {
  private(set) var output: [UInt8] = []
  private(set) var errors: [UInt8] = []
  /// What every write to stdout gives from now on: 0, or an errno.
  var outputError: Int32 = 0

  private(set) lazy var console = make(barColumns: nil)

  func make(barColumns: Int?) -> Console {
    Console(barColumns: barColumns) { [unowned self] bytes, descriptor in
      if descriptor == 2 {
        self.errors += bytes
        return 0
      }
      if self.outputError == 0 { self.output += bytes }
      return self.outputError
    }
  }

  var outputText: String { String(decoding: output, as: UTF8.self) }
  var errorsText: String { String(decoding: errors, as: UTF8.self) }

  /// Runs a command line against an engine and gives the status the program would end with.
  func run(_ words: String..., engine: any Engine = SampleEngine()) -> ExitCode {
    let status = Waybill.run(words.map { Array($0.utf8) }, console, connect: { _ in engine })
    return console.finish(status)
  }
}

/// The program: words from the shell in, an exit status out, and never an error thrown out of `main`.

import Foundation

@main
enum Waybill {
  static func main() {
    StandardStreams.secure()
    let console = Console.terminal()
    let status = run(StandardStreams.words(), console)
    exit(console.finish(status).rawValue)
  }

  /// Runs one command line and says how it ended.
  ///
  /// - Parameter connect: how a verb reaches the exchange in ROOT.
  static func run(
    _ words: [[UInt8]], _ console: Console,
    connect: @escaping (Arguments) throws(Failure) -> any Engine = Connection.open
  ) -> ExitCode {
    do {
      switch try Request(words) {
      case .overview:
        console.print(Help.overview)
        return .done
      case .help(let verb):
        console.print(Help.page(verb))
        return .done
      case .run(let verb, let arguments):
        return try verb.run(Call(verb: verb, arguments: arguments, console: console, connect: connect))
      }
    } catch {
      switch error {
      case .usage(let error):
        console.complain(Sentences.of(error))
        return .wrongUsage
      case .failure(let failure):
        console.complain(Sentences.of(failure))
        return .couldNot
      }
    }
  }
}

/// One use of a verb: what was asked, where its words go, and the way to the exchange.
struct Call {
  let verb: Verb
  let arguments: Arguments
  let console: Console
  let connect: (Arguments) throws(Failure) -> any Engine

  /// Opens the exchange in ROOT.
  func engine() throws(Stop) -> any Engine {
    do { return try connect(arguments) } catch { throw .failure(error) }
  }

  /// Runs something that asks the exchange, so that its failure ends the verb.
  func ask<Answer>(_ body: () throws(Failure) -> Answer) throws(Stop) -> Answer {
    do { return try body() } catch { throw .failure(error) }
  }
}

/// What the benchmark was asked for.

import Foundation

struct Options {
  var folder: String?
  var orders = 20_000
  var scans = 100_000
  var badShare = 0.02
  var seed: UInt64 = 7
  var rounds = 5
  var cores = ProcessInfo.processInfo.activeProcessorCount
  var json: String?
  var comparison: (before: String, after: String)?
  var peers: String?
  var python = "python3"
  var scratch: String?
  /// The file of bounds, and whether it is written or held against.
  var bounds: String?
  var recordsBounds = false
  /// Each scan file by itself, on a ledger that knows its orders.
  var isOneByOne = false
  /// Only what a start and a verification of the ledger cost.
  var isStartAlone = false
  /// So many small files dropped one after the other before a daemon, and as many at once.
  var drops: Int?
  /// So many at once; nil: as many as one after the other.
  var burst: Int?
  /// Only files whose name begins so, and nothing but the stages in front of the judge.
  var parsed: String?

  static let help = """
    swift run -c release Benchmarks [options]

    Takes files with known answers, passes them through each stage alone and through the whole program, and prints ns a row,
    GB/s, rows a second, peak memory, journal bytes a row and syncs. A run whose acks do not show the known counts gives no
    figures.

      --in DIR             files with an expected.json beside them (those of the generator of the peers too); without it they are made:
      --orders N           so many orders (20000)
      --scans N            so many scans (100000)
      --bad SHARE          so many bad rows among them (0.02)
      --seed N             another trade (7)
      --rounds N           medians of so many runs (5)
      --jobs N             cores for the whole run beside the run on one (all)
      --parse NAME         only the stages in front of the judge, of files whose name begins so
      --one-by-one         each scan file by itself on a ledger that knows its orders, beside wc, cat and sync; what a start costs
      --start              only what a start and a verification cost, on a ledger of all but the scans
      --drops N            only how long N small files (at least 100) wait for their answers, one after the other and all at once
      --burst N            with --drops: so many all at once instead
      --peers DIR          run the peers of this folder in turn with the program; but for --drops it needs --in with the files of the peers' generator
      --python PROGRAM     the Python that runs them (python3)
      --scratch DIR        where exchanges are made (the system's folder for temporary files)
      --instructions FILE  counts instructions a row with callgrind and holds them against the bounds in FILE (exit status 1: over)
      --record-instructions FILE  writes the bounds
      --json FILE          keep the figures
      --compare A B        two kept files side by side

    """

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    func value(_ option: String) throws -> String {
      guard let value = rest.popFirst() else { throw BenchmarkFault("\(option) wants a value") }
      return value
    }
    func number<Number: LosslessStringConvertible>(_ option: String) throws -> Number {
      let text = try value(option)
      guard let number = Number(text) else { throw BenchmarkFault("\(option) wants a number, not \(text)") }
      return number
    }
    while let option = rest.popFirst() {
      switch option {
      case "--in": folder = try value(option)
      case "--orders": orders = try number(option)
      case "--scans": scans = try number(option)
      case "--bad": badShare = try number(option)
      case "--seed": seed = try number(option)
      case "--rounds": rounds = max(1, try number(option))
      case "--jobs": cores = max(1, try number(option))
      case "--parse": parsed = try value(option)
      case "--one-by-one": isOneByOne = true
      case "--start": isStartAlone = true
      case "--drops": drops = max(100, try number(option))
      case "--burst": burst = max(100, try number(option))
      case "--peers": peers = try value(option)
      case "--python": python = try value(option)
      case "--scratch": scratch = try value(option)
      case "--instructions": bounds = try value(option)
      case "--record-instructions":
        bounds = try value(option)
        recordsBounds = true
      case "--json": json = try value(option)
      case "--compare": comparison = (try value(option), try value(option))
      default: throw BenchmarkFault("there is no option \(option)\n\n" + Options.help)
      }
    }
  }
}

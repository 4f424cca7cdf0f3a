/// What the program tells the shell that started it (product.md section 2).

/// The status a run of `waybill` ends with; scripts depend on the numbers.
enum ExitCode: Int32, CaseIterable {
  case done = 0
  /// Finished, with something rejected, held or differing: `check`, `ledger prove`, and `once --strict`.
  case findings = 1
  case wrongUsage = 2
  /// It could not be done; the reason stands in one line on stderr.
  case couldNot = 3

  /// The sentence that every verb's help shows.
  var sentence: String {
    switch self {
    case .done: "done"
    case .findings: "finished, with something rejected, held or differing"
    case .wrongUsage: "wrong usage"
    case .couldNot: "could not, with the reason in one line on stderr"
    }
  }
}

/// Why a verb stopped before its end.
enum Stop: Error {
  case usage(UsageError)
  case failure(Failure)
}

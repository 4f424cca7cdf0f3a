internal import Files
internal import Ledger

/// Requests, carried out between the transactions of files.
extension OpenLedger {
  /// Carries out what waits in `ledger/requests`, oldest first, and sweeps what dead verbs left.
  func answerRequests() throws {
    guard mayHoldRequests else { return }
    if try requests.isEmpty() {
      mayHoldRequests = requestsWatch == nil
      return
    }
    // What is asked for may be what is being published.
    try finishDelivery()
    for name in try requests.waiting() {
      guard let request = try requests.read(name) else {
        try requests.answer(name, .refused(.notUnderstood))
        continue
      }
      // What is being made beside the work is answered at a later look.
      guard let answer = try carryOut(request) else { continue }
      try requests.answer(name, answer)
      if isDaemon { notice(.event(.served(request, answer))) }
    }
    try requests.sweep()
  }

  /// Takes down what the watch tells of the requests' folder: it is listed then, and when nothing was told for long.
  func noteRequests(_ wake: Wake) {
    if wake.overflowed || wake.timedOut || wake.events.contains(where: { $0.watch == requestsWatch }) {
      mayHoldRequests = true
    }
  }

  /// Does what is asked, unless it was done before a crash; either way the answer is the same. Nil: it is under way.
  func carryOut(_ request: LedgerRequest) throws -> RequestAnswer? {
    switch request.what {
    case .reconcile:
      try expire(at: request.at, for: request.number)
      return .reconciled(Expired(of: request.number, in: docket.books))
    case .reissue(let partner, let name, let reason):
      return try reissue(name, of: partner, reason: reason, for: request)
    case .pause(let partner, let reason): return try pause(partner, reason: reason, for: request)
    case .resume(let partner, let reason): return try resume(partner, reason: reason, for: request)
    case .release(let name, let reason): return try release(name, reason: reason, for: request)
    case .checkpoint: return try checkpointOnDemand()
    }
  }
}

/// How much like a page is still to come, as far as whoever reads ahead can tell.
struct ReplayOutlook: Sendable {
  /// How long the rest of the page's transaction is, from the page on, measured by the page: a file's rows are alike.
  var transaction = 1.0
  /// How long the journal is, measured by what was read of it up to here.
  var journal = 1.0

  /// What follows a transaction is believed to be like what came before it, but never more than this.
  private static let timesMax = 2.0

  /// How many there will be where there are so many and a page adds so many.
  func expected(_ count: Int, adding added: Int) -> Int {
    let behindTransaction = Double(count) + Double(added) * max(1, transaction)
    let behindJournal = Double(count + added) * min(max(1, journal), Self.timesMax)
    return Int(max(behindTransaction, behindJournal))
  }
}

/// How many keys and records a page's steps may add to the books.
struct ReplayCounts: Sendable {
  var orders = 0
  var shipments = 0
  var invoices = 0
  var awbs = 0
  var lines = 0
}

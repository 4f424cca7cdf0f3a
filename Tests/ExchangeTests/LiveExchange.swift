/// A live exchange is the program's own machinery in the test's process: its books can be looked at between two files.

import Files
import Foundation
import Ledger
import Orders
import TestSupport

@testable import Exchange

/// An exchange in a temporary folder whose ledger is open.
final class LiveExchange {
  let root: TemporaryFolder
  let configuration: Configuration
  private var open: OpenLedger?
  private let told = Told()

  private final class Told { var notices: [String] = [] }

  /// - Parameter ledgerBounds: small ones let a few files go through many segments and checkpoints.
  init(
    _ root: TemporaryFolder, _ settings: String = "{}", ledgerBounds: LedgerBounds = LedgerBounds()
  ) throws {
    self.root = root
    var configuration = try Configuration.load(text: Array(settings.utf8), path: "exchange.json")
    configuration.ledgerBounds = ledgerBounds
    self.configuration = configuration
    for partner in configuration.profiles { try root.makeFolder("inbox/\(partner.folder)") }
    try reopen()
  }

  /// The same exchange after another has ended, with other bounds.
  convenience init(_ root: TemporaryFolder, after other: LiveExchange, ledgerBounds: LedgerBounds) throws {
    try other.ledger.close()
    other.open = nil
    try self.init(root, ledgerBounds: ledgerBounds)
  }

  /// Leaves the ledger as a kill would, and opens it again.
  func reopen() throws {
    // A kill ends the thread that makes a checkpoint; here it is waited for.
    open?.checkpointRun?.wait()
    // The kernel's lock goes with the ledger, which must be gone before the next one asks for it.
    open = nil
    let told = told
    told.notices = []
    open = try OpenLedger(
      root: root.path, configuration: configuration, clock: .fixed(instant("2026-11-21 12:00:00"))
    ) {
      // What every day is made of is no reason to look.
      if case .event = $0 { return }
      told.notices.append("\($0)")
    }
  }

  /// Ends in peace, and opens the ledger again.
  func restart() throws {
    try ledger.close()
    try reopen()
  }

  var ledger: OpenLedger {
    guard let open else { preconditionFailure("a reopening failed, and the test went on") }
    return open
  }

  /// What was said since the ledger was opened.
  var said: [String] { told.notices }

  /// Drops files and takes them; gives what each came to, in the order of the decisions.
  @discardableResult
  func take(_ uploads: Drill.Upload...) throws -> [FileReport] { try take(uploads) }

  @discardableResult
  func take(_ uploads: [Drill.Upload]) throws -> [FileReport] {
    for upload in uploads { try root.write(upload.bytes, to: upload.path) }
    var reports: [FileReport] = []
    var intake = try IntakeRun(
      ledger, isDaemon: false, answered: { reports.append($0) }, mustStop: { false })
    try intake.finishClaims()
    _ = try intake.takeAll()
    return reports
  }

  /// The sums of the live books, the tables of files left out: a refused file is a decision like any other.
  var digests: [String: String] { ledger.docket.books.digests }

  var digestsBesideFiles: [String: String] { digests.filter { !$0.key.hasPrefix("file") } }

  /// In which tables the live books are not what the whole journal makes of them, or not what a reader sees; with them all else
  /// that a checkpoint at a stop takes from memory.
  func tablesNotInTheJournal() throws -> [String] {
    var whole = Replay()
    for profile in configuration.profiles { _ = whole.books.partnerNumber(Array(profile.folder.utf8)) }
    _ = try JournalScan(try Folder(path: root.path("ledger"))).run { try whole.take($0) }
    let view = try LedgerView(root: root.path, configuration: configuration)
    let (live, replayed, seen) = (digests, whole.books.digests, view.books.digests)
    var different = live.keys.filter { live[$0] != replayed[$0] || live[$0] != seen[$0] }.sorted()
    if ledger.docket.tally != whole.tally { different.append("tally") }
    // What is written off, and marks, reach the file with the next sync.
    let isWritten = ledger.journal.synced == ledger.journal.last
    if isWritten && ledger.writtenClaims != whole.openClaims { different.append("claims") }
    if ledger.lastClaim != whole.lastClaim { different.append("last claim") }
    if ledger.published < whole.published { different.append("published") }
    return different
  }
}

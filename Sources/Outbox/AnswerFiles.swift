// The answer files of one input grow row by row while it is judged, beside it and aside from the outbox.

public import Files
public import Orders

/// The answers of one input: result, errors where there are any, the carrier's reply where one is due.
///
/// Batches are appended in order; what comes out is a pure function of rows, verdicts, names and zone, and does not
/// depend on how the rows were cut into batches. Memory is bounded by 256 KiB an answer and one row. Staged files carry
/// `stagingPrefix` before their kind. They are published by rename, so the staging folder must lie on the outbox's file
/// system; to bear the outbox's group as well (a set-group-id folder gives it at creation) it must be the outbox, with a
/// prefix that starts with a dot, or a folder inside it.
public final class AnswerFiles {
  private let partner: PartnerProfile
  private let kind: Kind
  private let names: AnswerNames
  private let staging: Folder
  private let stagingPrefix: [UInt8]
  private var result: ResultFile?
  private var errors: ErrorsFile?
  private var errorsFormat = FileFormat.csv
  private var reply: CarrierReply?
  /// One for each code that came, in the order in which they came first.
  private var groups: [RejectionGroup] = []

  /// How many rows came to each outcome so far.
  public private(set) var counts = RowCounts()
  public private(set) var totals = ControlTotals()

  public init(
    partner: PartnerProfile, kind: Kind, names: AnswerNames, staging: Folder, stagingPrefix: String
  ) {
    self.partner = partner
    self.kind = kind
    self.names = names
    self.staging = staging
    self.stagingPrefix = Array(stagingPrefix.utf8)
    result = ResultFile(
      kind: kind, zone: partner.zone, staging: staging, stagedName: self.stagingPrefix + Staged.result.utf8)
    if partner.repliesInCarrierShape, kind == .scans {
      reply = CarrierReply(staging: staging, stagedName: self.stagingPrefix + Staged.reply.utf8)
    }
  }

  /// What a staged file's name ends in.
  private enum Staged {
    static let result = "result"
    static let errors = "errors"
    static let reply = "reply"
  }

  /// Appends all rows of a batch, one verdict for each, in order.
  public func append(_ batch: RowBatch, _ verdicts: [Verdict], layout: FileLayout) throws(FileError) {
    precondition(batch.kind == kind && verdicts.count == batch.rows.count, "one verdict for every row")
    let texts = note(batch, verdicts)
    try result?.append(batch, verdicts, texts)
    try reply?.append(batch, verdicts, texts)
    if texts.isEmpty { return }
    if errors == nil {
      errorsFormat = layout.format
      errors = ErrorsFile(
        kind: kind, layout: layout, inputName: names.inputName, zone: partner.zone, staging: staging,
        stagedName: stagingPrefix + Staged.errors.utf8)
    }
    try errors?.append(batch, verdicts, texts)
  }

  /// Ends the answers: the result always, errors and reply where there are any.
  public func finish() throws(FileError) -> [StagedAnswer] {
    precondition(counts.isConserved, "rows read are the sum of their outcomes")
    guard let result = result.take() else { preconditionFailure("answers are finished once") }
    var answers = [try result.finish(as: names.result)]
    if let errors = errors.take() {
      let name = errorsFormat == .csv ? names.errorsCSV : names.errorsJSONL
      answers.append(try errors.finish(as: name))
    }
    if let reply = reply.take() { answers.append(try reply.finish(as: names.reply)) }
    return answers
  }

  /// Takes back everything that was staged, finished or not; answers that were published stay.
  public func discard() {
    result = nil
    errors = nil
    reply = nil
    for ending in [Staged.result, Staged.errors, Staged.reply] {
      // A file that cannot be removed is written over by the next run of this claim.
      try? staging.remove(stagingPrefix + ending.utf8)
    }
  }

  /// The rejected rows by code, in order of precedence.
  public var rejections: [RejectionGroup] {
    groups.sorted { $0.code.rawValue < $1.code.rawValue }
  }

  /// Counts the batch and returns the words of its rejected rows.
  private func note(_ batch: borrowing RowBatch, _ verdicts: [Verdict]) -> [RejectionText] {
    var texts: [RejectionText] = []
    var outcomes = InlineArray<5, Int>(repeating: 0)
    var (awbNumbers, quantity) = (0, 0)
    let width = batch.width
    let awbPlace = Int(batch.places[Int(Column.awbNumber.rawValue)])
    let (rows, cells, verdictsInOrder) = (batch.rows.span, batch.cells.span, verdicts.span)
    let hasAWBs = awbPlace != RowBatch.noPlace && !cells.isEmpty
    for index in rows.indices {
      outcomes[Int(verdictsInOrder[index].outcome.rawValue)] += 1
      if hasAWBs, cells[index * width + awbPlace].length != 0 { awbNumbers += 1 }
      if rows[index].quantity > 0 { quantity += Int(rows[index].quantity) }
      if verdictsInOrder[index].outcome.isRejected {
        guard let rejection = verdictsInOrder[index].rejection else {
          preconditionFailure("a rejected row has its rejection")
        }
        let text = RejectionText(rejection, in: batch, zone: partner.zone)
        note(text.code, row: rows[index].number)
        texts.append(text)
      }
    }
    totals.awbNumbers += awbNumbers
    totals.quantity += quantity
    counts.read += rows.count
    for outcome in Outcome.allCases { counts[outcome] += outcomes[Int(outcome.rawValue)] }
    return texts
  }

  private func note(_ code: RejectionCode, row: UInt32) {
    // A file has a handful of codes.
    if let known = groups.firstIndex(where: { $0.code == code }) { return groups[known].add(row: row) }
    var group = RejectionGroup(code: code)
    group.add(row: row)
    groups.append(group)
  }
}

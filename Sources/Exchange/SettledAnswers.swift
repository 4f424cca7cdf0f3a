internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// The answers to parked rows that one transaction brought to their end: one file for each input that they came in.
struct SettledAnswers {
  /// Each answer with the input (by claim) that it belongs to and the partner that reads it.
  private(set) var answers: [(claim: ClaimNumber, partner: UInt8, answer: StagedAnswer)] = []
  /// What the rows came to.
  private(set) var counts = RowCounts()

  /// - Parameters:
  ///   - rows: in the order in which the transaction settled them, which is the order of the lines.
  ///   - decided: the file in hand, whose own rows may be among them; nil in a deed.
  ///   - staging: where answers lie that outgrow the transaction; their names begin with the prefix.
  init(
    _ rows: [Docket.ReleasedRow], _ docket: borrowing Docket, deciding decided: FileRecord? = nil,
    staging: Folder,
    prefix: String
  ) throws {
    var places: [ClaimNumber: Int] = [:]
    var groups: [(claim: ClaimNumber, rows: [Int])] = []
    for (index, row) in rows.enumerated() {
      counts.read += 1
      counts[row.verdict.outcome] += 1
      if let place = places[row.claim] {
        groups[place].rows.append(index)
      } else {
        places[row.claim] = groups.count
        groups.append((row.claim, [index]))
      }
    }
    for group in groups {
      let own = decided?.claim == group.claim ? decided : nil
      guard let file = own ?? docket.books.file(of: group.claim), let kind = file.kind else { continue }
      let names = AnswerNames(inputName: file.name, tilde: file.tilde)
      var settled = SettledFile(
        name: names.settled(Int(file.settledFiles) + 1), kind: kind,
        zone: docket.profiles[Int(file.partner)].zone, staging: staging,
        stagedName: Array("\(prefix)settled-\(group.claim.raw)".utf8))
      for index in group.rows {
        let row = rows[index]
        try settled.append(
          SettledFile.Row(
            number: row.row, line: row.line, orderNumber: row.orderNumber, invoiceID: row.invoiceID,
            awbNumber: row.awb,
            verdict: row.verdict, value: row.value))
      }
      answers.append((group.claim, file.partner, try settled.finish()))
    }
  }
}

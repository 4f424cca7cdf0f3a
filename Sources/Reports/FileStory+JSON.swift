public import Orders

/// A file's story for machines.
extension FileStory {
  /// - Parameter zone: whose offset the times carry.
  public static func json(_ stories: [FileStory], in zone: Zone) -> [UInt8] {
    Array((StoryJSON.list(stories.map { $0.json(zone) }).spelled(indent: 0) + "\n").utf8)
  }

  private func json(_ zone: Zone) -> StoryJSON {
    .object([
      ("partner", .text(partner)), ("file", .text(name)), ("kind", .optional(kind?.name)),
      ("ledger_sequence", decision.map { .number(Int64($0.raw)) } ?? .null),
      ("received_at", .time(receivedAt, zone)), ("bytes", .number(sizeBytes)),
      ("sha256", sha256.isEmpty ? .null : .text(sha256)), ("outcome", .optional(outcome?.rawValue)),
      ("code", .optional(refusal?.name)), ("rows", StoryJSON.counts(counts)),
      (
        "rejections",
        .list(
          rejections.map {
            .object([
              ("code", .text($0.code.name)), ("count", .number(Int64($0.count))),
              ("sentence", .text($0.code.meaning.sentence)), ("who", .text($0.code.meaning.who.rawValue)),
              ("rows", .list($0.rows.map { .number(Int64($0)) })),
            ])
          })
      ),
      ("corrects", .optional(corrects)),
      (
        "corrections",
        .list(
          corrections.map {
            .object([
              ("file", .text($0.name)), ("ledger_sequence", .number(Int64($0.decision.raw))),
              ("read", .number(Int64($0.read))), ("rejected", .number(Int64($0.rejected))),
            ])
          })
      ), ("rejected_open", .number(Int64(rejectedOpen))),
      ("parked_now", .number(Int64(parkedNow))), ("settled", StoryJSON.counts(settled)),
      (
        "states_now",
        .object(
          ShipmentState.allCases.filter { statesNow[Int($0.rawValue)] > 0 }.map {
            ($0.name, .number(Int64(statesNow[Int($0.rawValue)])))
          })
      ),
      (
        "answers",
        .list(answers.map { .object([("partner", .text($0.partner)), ("file", .text($0.name))]) })
      ),
      ("settled_files", .number(Int64(settledFiles))),
      ("row_details", .list(rows.map { json($0, zone) })), ("rows_left_out", .number(Int64(rowsLeftOut))),
    ])
  }

  private func json(_ row: Row, _ zone: Zone) -> StoryJSON {
    .object([
      ("row", .number(Int64(row.row))), ("outcome", .text(row.outcome.name)),
      ("code", .optional(row.code?.name)), ("field", .optional(row.column)),
      ("event_time", .time(row.eventTime, zone)), ("state_before", .optional(row.before?.name)),
      ("state_after", .optional(row.after?.name)),
      ("order_number", row.orderNumber.isEmpty ? .null : .text(row.orderNumber)),
      ("awb_number", row.awb.isEmpty ? .null : .text(row.awb)), ("state_now", .optional(row.now?.name)),
      (
        "settled",
        row.settlement.map {
          .object([
            ("outcome", .text($0.outcome.name)), ("code", .optional($0.code?.name)), ("by", .text($0.by)),
            ("ledger_sequence", $0.decision.map { .number(Int64($0.raw)) } ?? .null),
          ])
        } ?? .null
      ),
    ])
  }
}

extension StoryJSON {
  static func counts(_ rows: RowCounts) -> StoryJSON {
    .object(
      [("read", .number(Int64(rows.read)))] + Outcome.allCases.map { ($0.name, .number(Int64(rows[$0]))) })
  }
}

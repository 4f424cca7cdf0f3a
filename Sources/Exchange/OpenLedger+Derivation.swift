internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// Large answers whose bytes are asked for again: repeated for the same file, or published once more.
extension OpenLedger {
  /// Puts a large answer aside once more, under a name of its own; nil where nobody has it any more and it does not follow either.
  ///
  /// It is kept under a second name; decided a moment ago it still lies aside; and where a partner who may write to it changed it, or
  /// room was made, it is derived from the archived original as `ledger prove` does, at the price of reading the journal up to there.
  func stageAgain(_ answer: PublishedAnswer, staged aside: [UInt8]) throws -> Bool {
    if try kept.copy(answer.sha256, to: asides, as: aside) { return true }
    if case .staged(let name) = answer.bytes, try asides.status(name) != nil,
      try copyAnswer(name, in: asides, to: asides, as: aside, sha256: answer.sha256)
    {
      return true
    }
    guard let decision = firstDecision(publishing: answer.sha256) else { return false }
    // The derivation is a reader's, and readers take their end from there.
    try position.write(journal.synced)
    guard decision <= journal.synced.decision else { return false }
    let scratch = try ScratchFolder()
    var isDerived = false
    _ = try LedgerProof.render(
      decision, root: root.path, configuration: configuration, scratch: scratch.folder
    ) { derived, bytes in
      guard derived.sha256 == answer.sha256, !isDerived, case .file(let name) = bytes else { return }
      isDerived = try copyAnswer(name, in: scratch.folder, to: asides, as: aside, sha256: answer.sha256)
    }
    // What is published next is kept in its place.
    if isDerived { try kept.forget(answer.sha256) }
    return isDerived
  }

  /// The decision that made an answer; one that only repeated it derives nothing.
  private func firstDecision(publishing sha256: [UInt8]) -> DecisionNumber? {
    func holds(_ answer: PublishedAnswer) -> Bool { answer.sha256 == sha256 }
    let file = docket.books.files.first { $0.outcome != .duplicateFile && $0.answers.contains(where: holds) }
    let deed = docket.books.deeds.first { $0.kind != .reissue && $0.answers.contains(where: holds) }
    return [file?.decision, deed?.decision].compactMap(\.self).min()
  }
}

/// Copies an answer durably into a staging folder; false, and nothing is left, when it is not what its digest says.
func copyAnswer(
  _ name: [UInt8], in folder: Folder, to staging: Folder, as staged: [UInt8], sha256: [UInt8]
) throws(FileError) -> Bool {
  // A file of this name can only be the leftover of a run that was killed before its commit.
  if try staging.status(staged) != nil { try staging.remove(staged) }
  var source = FileContents(try folder.openForReading(name))
  var copy = try AppendFile(in: staging, name: staged, existing: false)
  var digest = SHA256()
  var chunk: [UInt8] = []
  while true {
    chunk.removeAll(keepingCapacity: true)
    if try source.read(into: &chunk, upTo: 1 << 20) == 0 { break }
    digest.update(chunk)
    try copy.append(chunk)
  }
  try copy.finish(sync: true)
  if digest.finish() == sha256 { return true }
  try staging.remove(staged)
  return false
}

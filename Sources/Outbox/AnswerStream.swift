// An answer stream is an answer file while it grows: a buffer in memory that spills into a file aside.

import Files

/// The bytes of one answer on their way into a staged file.
///
/// Rows are appended to `text`; `spillIfFull` is called between rows, so that memory stays at `spillBytes` and one row.
/// The digest covers exactly what was written. The bytes do not depend on where the spills fall.
struct AnswerStream: ~Copyable {
  /// What was appended since the last spill.
  var text = AnswerText()
  private let staging: Folder
  private let stagedName: [UInt8]
  private var file: AppendFile?
  private var digest = SHA256()
  private var spilledBytes = 0

  /// A buffer this full is handed on.
  static let spillBytes = 256 * 1024

  init(staging: Folder, stagedName: [UInt8]) {
    self.staging = staging
    self.stagedName = stagedName
  }

  mutating func spillIfFull() throws(FileError) {
    if text.count >= AnswerStream.spillBytes { try spill() }
  }

  /// Appends what was put together beside it, from a place on, and spills; what would fill the buffer is handed on where it lies.
  mutating func append(_ piece: borrowing AnswerText, from start: Int) throws(FileError) {
    if piece.count - start < AnswerStream.spillBytes {
      text.append(piece, from: start)
      return try spillIfFull()
    }
    if !text.isEmpty { try spill() }
    if file == nil { file = try openAnew() }
    digest.update(piece.room, from: start)
    try file!.append(piece.room, from: start)
    spilledBytes += piece.count - start
  }

  private mutating func spill() throws(FileError) {
    if file == nil { file = try openAnew() }
    digest.update(text.room)
    try file!.append(text.room)
    spilledBytes += text.count
    text.truncate(to: 0)
  }

  /// A file of this name can only be the leftover of a run that was killed before its commit.
  private func openAnew() throws(FileError) -> AppendFile {
    if try staging.status(stagedName) != nil { try staging.remove(stagedName) }
    return try AppendFile(in: staging, name: stagedName, existing: false)
  }

  /// Ends the answer: short ones stay in memory, others are a file in the staging folder.
  ///
  /// The file is not synced here: whoever commits it syncs it first, together with what else the transaction put aside.
  consuming func finish(as name: [UInt8]) throws(FileError) -> StagedAnswer {
    if file == nil, text.count <= StagedAnswer.inlineBytesMax {
      return StagedAnswer(name: name, bytes: text.bytes)
    }
    try spill()
    let answer = StagedAnswer(
      name: name, content: .file(stagedName), sha256: digest.finish(), byteCount: spilledBytes)
    try file.take()!.finish(sync: false)
    return answer
  }
}

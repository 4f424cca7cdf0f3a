internal import Files

/// A CSV that may be longer than memory: written beside under a temporary name, and put in its place at the end.
struct LongCSV: ~Copyable {
  private let folder: Folder
  private let name: [UInt8]
  private let file: Descriptor
  private var waiting: [UInt8] = []
  private var written: Int64 = 0
  private(set) var rows = 0
  private var isFinished = false

  private static let waitingBytesMax = 1 << 18

  init(_ name: String, columns: [String], in folder: Folder) throws(FileError) {
    let temporary = AtomicFile.temporaryName(for: Array(name.utf8))
    if try folder.status(temporary) != nil { try folder.remove(temporary) }
    let file = try folder.create(temporary, exclusive: true, mode: 0o640)
    self.file = file
    self.folder = folder
    self.name = Array(name.utf8)
    waiting += Array((columns.joined(separator: ",") + "\n").utf8)
  }

  /// Appends a row; what a partner wrote never becomes a formula.
  mutating func add(_ cells: [String]) throws(FileError) {
    for (place, cell) in cells.enumerated() {
      if place > 0 { waiting.append(UInt8(ascii: ",")) }
      waiting.putCell(cell)
    }
    try endRow()
  }

  /// Appends a row that is spelled where it is to lie: cells, with commas between.
  mutating func add(_ spell: (inout [UInt8]) -> Void) throws(FileError) {
    spell(&waiting)
    try endRow()
  }

  private mutating func endRow() throws(FileError) {
    waiting.append(UInt8(ascii: "\n"))
    rows += 1
    if waiting.count >= LongCSV.waitingBytesMax { try flush() }
  }

  deinit {
    // What was not finished is worthless; that it cannot be removed either adds nothing.
    if !isFinished { try? folder.remove(AtomicFile.temporaryName(for: name)) }
  }

  private mutating func flush() throws(FileError) {
    try file.write(waiting, at: written)
    written += Int64(waiting.count)
    waiting.removeAll(keepingCapacity: true)
  }

  /// Puts the file in its place; an older one of the name gives way.
  mutating func finish() throws(FileError) {
    try flush()
    try folder.rename(AtomicFile.temporaryName(for: name), to: folder, as: name)
    isFinished = true
  }
}

/// The structure of a file and nothing else: what reading it costs before a cell is looked at.
public import Orders

/// Passes over chunk after chunk and counts: the marks of CSV (quotes, delimiters, line ends), the records of JSON, whose grammar is
/// checked. That the bytes are UTF-8 is checked for both. The benchmark sets its time beside that of the readers.
public struct StructureScan {
  private let format: FileFormat
  private let delimiter: UInt8
  private let syntax: JSONSyntax
  private var marks: [UInt32] = []
  /// Marks of CSV, records of JSON.
  public private(set) var count = 0
  public private(set) var unsoundBytes = 0

  public init(_ format: FileFormat, delimiter: UInt8 = UInt8(ascii: ",")) {
    self.format = format
    self.delimiter = delimiter
    syntax = JSONSyntax(depthMax: Bounds().depthMax, endsAtLineFeed: false)
  }

  /// Passes over the complete records of a chunk; the place behind the last of them.
  public mutating func take(_ bytes: Span<UInt8>) -> Int {
    if format == .csv {
      var unsound = bytes.count
      count += ByteScanner.indexCells(bytes, from: 0, delimiter: delimiter, into: &marks, unsound: &unsound)
      if unsound < bytes.count { unsoundBytes += 1 }
      return bytes.count
    }
    if ByteScanner.firstUnsound(bytes, from: 0) < bytes.count { unsoundBytes += 1 }
    var behind = 0
    var place = 0
    while true {
      while place < bytes.count, bytes[place] != UInt8(ascii: "{") { place += 1 }
      if place == bytes.count { return place }
      do throws(JSONStop) {
        try syntax.skipValue(bytes, &place, depth: 0)
        count += 1
      } catch .runsOut {
        return behind
      } catch {
        // A broken record ends with its line.
        place = ByteScanner.first(ByteScanner.lineFeed, in: bytes, from: place)
      }
      behind = place
    }
  }
}

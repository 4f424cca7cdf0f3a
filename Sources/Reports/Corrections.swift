internal import Ledger
internal import Orders

/// Which file a file corrects, as its acknowledgement says it.
///
/// The decision itself does not carry it, but an acknowledgement is small and stands in the journal inside the transaction that it
/// answers. One that was too long for that links nothing: what it corrected then counts as open.
struct CorrectionLinks {
  /// What the acknowledgements of the transaction that is being read correct, by the frames that they stand in.
  private var corrected: [UInt64: String] = [:]

  mutating func take(_ frame: JournalFrame) {
    switch frame.kind {
    case .begin: corrected.removeAll(keepingCapacity: true)
    case .blob: if let name = CorrectionLinks.name(in: frame.payload) { corrected[frame.offset] = name }
    default: break
    }
  }

  /// The name of the file that the decided one corrects; nil: it corrects none.
  func target(of file: FileRecord) -> String? {
    if corrected.isEmpty { return nil }
    for answer in file.answers where answer.partner == file.partner {
      guard case .blob(let frame) = answer.bytes, answer.name.suffix(9) == ArraySlice(".ack.json".utf8)
      else { continue }
      return corrected[frame]
    }
    return nil
  }

  private static let opening = Array("{\"file\": ".utf8)
  private static let member = Array("\n \"corrects\": \"".utf8)

  /// The name behind `"corrects"` in an acknowledgement, whose members stand one on a line.
  private static func name(in bytes: [UInt8]) -> String? {
    guard bytes.starts(with: opening), bytes.count > member.count else { return nil }
    let last = bytes.count - member.count
    guard let start = (0...last).first(where: { bytes[$0] == member[0] && bytes[$0...].starts(with: member) })
    else { return nil }
    return unescaped(bytes[(start + member.count)...])
  }

  /// The text up to its closing quote; nil where it has an escape that our names do not need.
  private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String? {
    var text: [UInt8] = []
    var place = bytes.startIndex
    while place < bytes.endIndex {
      switch bytes[place] {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        place += 1
        guard place < bytes.endIndex, "\"\\/".utf8.contains(bytes[place]) else { return nil }
      default: break
      }
      text.append(bytes[place])
      place += 1
    }
    return nil
  }
}

/// Rejected rows counted down by the files that correct them: what is open of each, from one generation to the next.
struct OpenRejections {
  private var openByFile: [String: Int] = [:]

  /// Rejected rows that nobody sent again.
  var open: Int { openByFile.values.reduce(0, +) }

  func knows(_ name: String) -> Bool { openByFile[name] != nil }

  /// Enters a decided file.
  /// - Parameter target: the file that it corrects, where it is one of these.
  mutating func enter(_ name: String, _ rows: RowCounts, correcting target: String?) {
    if let target, let open = openByFile[target] { openByFile[target] = max(0, open - rows.read) }
    openByFile[name, default: 0] += rows[.rejected]
  }
}

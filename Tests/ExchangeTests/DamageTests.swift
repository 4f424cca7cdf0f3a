/// A real ledger damaged byte by byte: what was synced is never taken for an outage, and nothing ends in a trap.

import Exchange
import Files
import Ledger
import Orders
import TestSupport
import Testing

@Suite("A damaged ledger is refused, never believed")
struct DamageTests {
  /// One bit of every byte, or of a sample.
  @Test("Every byte of its journal flipped", arguments: 0..<4)
  func flipped(_ part: Int) throws {
    try withDamage { journal, numbers in
      let step = isLongRun ? 4 : 64
      return stride(from: part * step / 4, to: journal.count, by: step).map { place in
        var changed = journal
        changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
        return ("byte \(place) flipped", changed)
      }
    }
  }

  @Test("Every truncation of its journal")
  func truncated() throws {
    try withDamage { journal, _ in
      stride(from: 0, to: journal.count, by: isLongRun ? 1 : 41).map {
        ("cut to \($0) bytes", Array(journal[..<$0]))
      }
    }
  }

  @Test("Pages of its journal zeroed, doubled, swapped", arguments: [512, 4096])
  func pages(_ size: Int) throws {
    try withDamage { journal, _ in
      var all: [(what: String, journal: [UInt8])] = []
      let starts = Array(stride(from: 0, to: journal.count, by: size))
      for start in starts {
        let page = start..<min(start + size, journal.count)
        var zeroed = journal
        for place in page { zeroed[place] = 0 }
        var doubled = journal
        doubled.insert(contentsOf: journal[page], at: page.upperBound)
        all += [("page at \(start) zeroed", zeroed), ("page at \(start) doubled", doubled)]
        if page.upperBound + size <= journal.count {
          var swapped = journal
          let next = page.upperBound..<page.upperBound + size
          swapped.replaceSubrange(
            page.lowerBound..<next.upperBound, with: Array(journal[next]) + Array(journal[page]))
          all.append(("pages at \(start) swapped", swapped))
        }
      }
      return all
    }
  }

  @Test("A ledger that would cut at any bad frame is found out")
  func plant() throws {
    #if DEBUG
      let accepted = try Plant.during(.cutAtAnyBadFrame) {
        try tryDamage { journal, _ in
          stride(from: 0, to: journal.count, by: 97).map { place in
            var changed = journal
            changed[place] ^= 1
            return ("byte \(place) flipped", changed)
          }
        }
      }
      #expect(!accepted.isEmpty, "the plant went unnoticed")
    #endif
  }

  /// Damages the journal of a lived-through exchange in every way that `ways` gives; nothing may be lost by any.
  private func withDamage(
    _ ways: ([UInt8], inout SeededDraws) -> [(what: String, journal: [UInt8])]
  ) throws {
    let accepted = try tryDamage(ways)
    #expect(accepted.isEmpty, "\(accepted.first ?? "")")
  }

  /// - Returns: what was wrongly believed, in words.
  private func tryDamage(
    _ ways: ([UInt8], inout SeededDraws) -> [(what: String, journal: [UInt8])]
  ) throws -> [String] {
    try withTemporaryFolder { root in
      let drill = Drill.few
      try drill.prepare(root)
      try drill.liveOn(from: 0, in: root)
      let name = try #require(try root.names(in: "ledger/journal").first)
      let path = "ledger/journal/" + name
      let journal = try root.read(path)
      let ledger = try Folder(path: root.path("ledger"))
      let position = try #require(try LedgerPosition.read(in: ledger))
      var numbers = SeededDraws(seed: 3)
      var wrong: [String] = []
      var tried = 0
      for (what, changed) in ways(journal, &numbers) where changed != journal {
        try root.write(changed, to: path)
        tried += 1
        // What a start does first, and what every reader does.
        let start = { () throws -> LedgerPosition in
          try JournalScan(ledger, evidence: JournalEvidence(position: position)).run { _ in }.last
        }
        let reader = { () throws -> LedgerPosition in
          try JournalScan(ledger, upTo: position).run { _ in }.last
        }
        for reads in [start, reader] {
          do {
            let last = try reads()
            if last != position { wrong.append("\(what): believed up to decision \(last.decision.raw)") }
          } catch let damage as JournalDamage {
            if damage.byteOffset > UInt64(max(changed.count, journal.count)) {
              wrong.append("\(what): \(damage)")
            }
          }
        }
      }
      if isLongRun { print("DAMAGE \(tried) journals, of one of \(journal.count) bytes") }
      return wrong
    }
  }
}

import Foundation
import TestSupport
import Testing

/// The README's table of uploads that go wrong names tests that are there.
@Suite("The table of faults")
struct FaultTableTests {
  @Test("Each line of the table names tests that exist")
  func proofs() throws {
    let readme = try String(contentsOfFile: packageRoot + "/README.md", encoding: .utf8)
    let table = readme.components(separatedBy: "<!-- faults -->\n").last?
      .components(separatedBy: "<!-- end of faults -->").first
    let lines = try #require(table).split(separator: "\n").dropFirst(2)
    #expect(lines.count >= 15)
    let tests = try FolderTree(at: packageRoot + "/Tests")
    for line in lines {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      try #require(cells.count == 3, "\(line)")
      for proof in cells[2].components(separatedBy: "; ") {
        let cut = try #require(proof.range(of: ": "), "\(proof)")
        let path = tests.files.first { $0.hasSuffix("/\(proof[..<cut.lowerBound]).swift") }
        guard case .file(let bytes)? = path.flatMap({ tests.entries[$0] }) else {
          Issue.record("no such file: \(proof)")
          continue
        }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("\"\(proof[cut.upperBound...])\""), "\(proof)")
      }
    }
  }
}

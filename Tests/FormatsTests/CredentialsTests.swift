/// Passwords are shown to nobody and leave no trace in what a batch holds.
import Formats
import Orders
import Testing

@Suite struct CredentialsTests {
  private func terms(_ format: FileFormat) -> ReadingTerms {
    ReadingTerms(kind: .carriers, format: format, credentialDigest: { Array("#\($0.count)".utf8) })
  }

  /// All bytes that any batch of the file holds, and what was seen.
  private func readAll(_ file: String, _ terms: ReadingTerms) throws -> (held: String, seen: SeenFile) {
    let bytes = Array(file.utf8)
    var held = ""
    for chunk in [40, 1000] {
      var terms = terms
      terms.chunkBytes = chunk
      var place = 0
      var reader = RowReader(terms) { buffer, count in
        let taken = min(count, bytes.count - place)
        buffer.append(contentsOf: bytes[place..<place + taken])
        place += taken
        return taken
      }
      var batch = RowBatch(kind: .carriers)
      while try reader.next(into: &batch) { held += String(decoding: batch.bytes, as: UTF8.self) }
    }
    return (held, try read(file, terms))
  }

  @Test("In CSV the record shows three stars, the cell holds the digest")
  func csv() throws {
    let file = """
      location_key,carrier,username,password,extra_credential_1,note
      WH1,ekart,asha,s3cret,,"x, y"
      WH2,ekart,ravi,"s3""cret","a,s3cret",
      WH3,ekart,uma,s3cret

      """
    let (held, seen) = try readAll(file, terms(.csv))
    #expect(!held.contains("3cret") && !held.contains("s3\"\"cret"))
    #expect(seen.rows[0].record == ["WH1", "ekart", "asha", "***", "", "x, y"])
    #expect(seen.rows[0].raw == "WH1,ekart,asha,***,,\"x, y\"")
    #expect(seen.cell(0, .password, .carriers) == "#6")
    #expect(seen.cell(0, .extraCredential1, .carriers) == nil)
    #expect(seen.cell(0, .locationKey, .carriers) == "WH1")
    #expect(seen.rows[1].record == ["WH2", "ekart", "ravi", "***", "***", ""])
    #expect(seen.cell(1, .password, .carriers) == "#7")
    #expect(seen.rows[2].faults == ["W105 6 4"])
    #expect(seen.rows[2].raw == "***")
    #expect(seen.rows[2].record.allSatisfy { $0 == "***" })
  }

  @Test("In JSON the record shows three stars, escapes and all")
  func json() throws {
    let file = #"""
      [{"location_key":"WH1","carrier":"ekart","username":"asha","password":"s3\u0063ret","note":"n"},
       {"location_key":"WH1","carrier":"ekart","username":"","pass\u0077ord":"s3cret", "extra_credential_1":7733},
       {"location_key":"WH1","location_key":"WH2","password":"s3cret"}]
      """#
    let (held, seen) = try readAll(file, terms(.json))
    #expect(!held.contains("3cret") && !held.contains("u0063ret") && !held.contains("7733"))
    #expect(
      seen.rows[0].raw
        == #"{"location_key":"WH1","carrier":"ekart","username":"asha","password":"***","note":"n"}"#)
    #expect(seen.cell(0, .password, .carriers) == "#6")
    #expect(seen.rows[1].faults == ["W201 username"])
    #expect(seen.rows[1].raw.hasSuffix(#""pass\u0077ord":"***", "extra_credential_1":"***"}"#))
    #expect(seen.rows[2].raw == "***")
  }

  @Test("Without a digest the cell shows three stars too")
  func withoutDigest() throws {
    let seen = try read(
      "location_key,carrier,username,password\nWH1,ekart,asha,s3cret\n",
      ReadingTerms(kind: .carriers, format: .csv))
    #expect(seen.cell(0, .password, .carriers) == "***")
  }
}

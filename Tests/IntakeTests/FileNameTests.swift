import Intake
import Orders
import Testing

@Suite("A file name")
struct FileNameTests {
  static let told: [(String, Kind?, FileFormat?, Bool)] = [
    ("orders.csv", .orders, .csv, false),
    ("orders-0711.json", .orders, .json, false),
    ("manifests_2026-11-21 (2).jsonl", .manifests, .jsonLines, false),
    ("scans1.ndjson.gz", .scans, .jsonLines, true),
    ("Orders_A.CSV.GZ", .orders, .csv, true),
    ("ORDERS.CSV", .orders, .csv, false),
    ("orders.csv.errors.csv", .orders, .csv, false),
    ("orders.csv~48213.errors.csv", .orders, .csv, false),
    ("orders", .orders, nil, false),
    ("orders.txt", .orders, nil, false),
    ("products.json.gz", .products, .json, true),
    ("ordersheet.csv", nil, .csv, false),
    ("orders\u{E9}t\u{E9}.csv", nil, .csv, false),
    ("orders注文.csv", nil, .csv, false),
    ("orders…1.csv", .orders, .csv, false),
    ("order.csv", nil, .csv, false),
    ("my-orders.csv", nil, .csv, false),
    ("csv", nil, nil, false),
    ("gz", nil, nil, false),
    ("a.gz", nil, nil, true),
    ("returns-1.csv", .returns, .csv, false),
    ("reconcile.csv", .reconcile, .csv, false),
  ]

  @Test("Kind, format and compression are told by opening word and endings", arguments: told)
  func tells(name: String, kind: Kind?, format: FileFormat?, isGzip: Bool) {
    let read = FileName(bytes(name))
    #expect(read.kind == kind)
    #expect(read.format == format)
    #expect(read.isGzip == isGzip)
    #expect(read.refusal == nil)
    #expect(read.bytes == bytes(name))
  }

  @Test("Every kind's own word opens a file of that kind", arguments: Kind.allCases)
  func everyKind(kind: Kind) {
    #expect(FileName(bytes(kind.name + "-1.csv")).kind == kind)
    #expect(FileName(bytes(kind.name + "x.csv")).kind == nil)
    #expect(FileName(bytes(kind.name + "-1.csv")).step == kind.step)
  }

  @Test("A file whose kind is not told waits with the orders")
  func untold() {
    #expect(FileName(bytes("export.csv")).step == Kind.orders.step)
  }

  @Test(
    "Names under way and hidden names are left alone",
    arguments: [
      "orders.csv.part", "orders.csv.filepart", "orders.csv.tmp", "orders.csv.partial", "orders.csv.PART",
      ".orders.csv",
      "orders.csv~", ".gitkeep", ".part",
    ])
  func temporary(name: String) {
    #expect(NameStanding(bytes(name)) == .temporary)
  }

  @Test(
    "Names that only resemble those are uploads",
    arguments: ["orders.csv~2", "parts.csv", "orders.part.csv", "tmp", "orders.tmp.gz", "ok", "done"])
  func uploads(name: String) {
    #expect(NameStanding(bytes(name)) == .upload(FileName(bytes(name))))
  }

  @Test("A companion names its upload", arguments: Companion.allCases)
  func companions(companion: Companion) {
    let name = bytes("orders.csv.gz." + companion.rawValue)
    #expect(NameStanding(name) == .companion(companion, of: bytes("orders.csv.gz")))
  }

  static let refused: [([UInt8], NameRefusal)] = [
    ([0x6F, 0xE9, 0x2E], .notUTF8(offset: 1)),
    ([0x6F, 0xC0, 0x80], .notUTF8(offset: 1)),
    ([0xED, 0xA0, 0x80, 0x2E], .notUTF8(offset: 0)),
    (bytes("orders\n.csv"), .controlCharacter(offset: 6)),
    (bytes("é\u{1B}[2J.csv"), .controlCharacter(offset: 2)),
    (bytes("a\u{7F}"), .controlCharacter(offset: 1)),
    (bytes("a\u{85}"), .controlCharacter(offset: 1)),
    ([UInt8](repeating: 0x61, count: 216), .tooLong(bytes: 216)),
    ([UInt8](repeating: 0x61, count: 255), .tooLong(bytes: 255)),
  ]

  @Test("A name that no answer could bear is refused, and says where", arguments: refused)
  func refusals(name: [UInt8], refusal: NameRefusal) {
    let read = FileName(name)
    #expect(read.refusal == refusal)
    #expect(read.kind == nil)
  }

  @Test("The longest name still leaves room for the longest answer's")
  func longest() {
    let name =
      bytes("orders-") + [UInt8](repeating: 0x78, count: NameRefusal.nameBytesMax - 11) + bytes(".csv")
    #expect(FileName(name).refusal == nil)
    #expect(FileName(name).kind == .orders)
    #expect((name + bytes("~\(UInt64.max).settled-999999.csv")).count == 255)
  }
}

import Files
import Glibc
import Testing

@Suite("A file error")
struct FileErrorTests {
  @Test("It is one sentence with call, place, reason and symbol")
  func sentence() {
    let error = FileError(call: "fsync", path: "ledger/journal/1", errno: ENOSPC)
    #expect("\(error)" == "could not fsync ledger/journal/1: No space left on device (ENOSPC)")
    #expect(FileError.symbol(of: 4_000) == "errno 4000")
    #expect(FileError.number(of: "EIO") == EIO)
    #expect(FileError.number(of: "EGAL") == nil)
  }

  static let names: [([UInt8], String)] = [
    (bytes("orders-0711.csv"), "orders-0711.csv"),
    (bytes("Füße 注文.csv"), "Füße 注文.csv"),
    ([0x63, 0xE9, 0x2E], "c\\xE9."),
    ([0xC0, 0x80], "\\xC0\\x80"),
    ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"),
    ([0xE2, 0x82], "\\xE2\\x82"),
    (bytes("a\nb\u{1B}[2J\u{7F}\u{85}"), "a\\u{A}b\\u{1B}[2J\\u{7F}\\u{85}"),
    (bytes("a\u{202E}vsc\u{2028}\u{FEFF}"), "a\\u{202E}vsc\\u{2028}\\u{FEFF}"),
    (bytes("a\\xE9"), "a\\\\xE9"),
  ]

  @Test("A name is shown so that it can neither break a line nor steer a terminal", arguments: names)
  func legibleNames(name: [UInt8], shown: String) {
    #expect(legible(name) == shown)
  }
}

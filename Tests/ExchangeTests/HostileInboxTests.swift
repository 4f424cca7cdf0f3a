/// What no partner should put into an inbox, and what becomes of it: nothing outside is read, nothing blocks, nothing traps, good
/// files go on, and no name does anything to whoever reads of it.

import Foundation
import Glibc
import TestSupport
import Testing

/// A thing in an inbox, and what the program does with it.
struct HostileEntry: Sendable, CustomTestStringConvertible {
  enum Fate: Sendable {
    /// It stays where it is, and the log says why, once.
    case left(because: String)
    /// It stays where it is, and nothing is said: its name says that it is not meant for us yet.
    case ignored
    /// The ack has this outcome and, where it is refused, this code.
    case answered(String, code: String?)
  }

  let title: String
  let name: [UInt8]
  let fate: Fate
  /// Makes it, at the path given; the folder holds `secret.csv` beside the exchange.
  let plant: @Sendable (_ path: [UInt8], _ root: TemporaryFolder) throws -> Void

  init(
    _ title: String, _ name: String, _ fate: Fate,
    plant: @escaping @Sendable (_ path: [UInt8], _ root: TemporaryFolder) throws -> Void
  ) {
    self.init(title, Array(name.utf8), fate, plant: plant)
  }

  init(
    _ title: String, _ name: [UInt8], _ fate: Fate,
    plant: @escaping @Sendable (_ path: [UInt8], _ root: TemporaryFolder) throws -> Void
  ) {
    self.title = title
    self.name = name
    self.fate = fate
    self.plant = plant
  }

  var testDescription: String { title }

  static let secret = "SECRET-4711"

  static let all: [HostileEntry] = links + things + names + contents

  private static let links = [
    HostileEntry("a link to a file outside", "orders-outside.csv", .left(because: "a link")) { path, root in
      try symbolicLink(path, to: root.path("secret.csv"))
    },
    HostileEntry("a link to another partner's file", "orders-other.csv", .left(because: "a link")) {
      path, _ in
      try symbolicLink(path, to: "../dtdc/other-secret.csv")
    },
    HostileEntry("a link to nothing", "orders-dangling.csv", .left(because: "a link")) { path, _ in
      try symbolicLink(path, to: "/no/such/file")
    },
    HostileEntry("a link to itself", "orders-loop.csv", .left(because: "a link")) { path, _ in
      try symbolicLink(path, to: "orders-loop.csv")
    },
    HostileEntry("a link to a folder", "orders-folder-link.csv", .left(because: "a link")) { path, _ in
      try symbolicLink(path, to: "/etc")
    },
    HostileEntry("a second name of a file outside", "orders-hard.csv", .left(because: "another name")) {
      path, root in
      try succeeded(link(root.path("secret.csv"), terminated(path)), "link")
    },
  ]

  private static let things =
    [
      HostileEntry("a FIFO", "orders-fifo.csv", .left(because: "a fifo")) { path, _ in
        try succeeded(mkfifo(terminated(path), 0o666), "mkfifo")
      },
      HostileEntry("a socket", "orders-socket.csv", .left(because: "a socket")) { path, _ in
        try succeeded(mknod(terminated(path), S_IFSOCK | 0o666, 0), "mknod")
      },
      HostileEntry("a folder with files in it", "orders-folder.csv", .left(because: "a folder")) {
        path, root in
        try succeeded(mkdir(terminated(path), 0o777), "mkdir")
        try put("order_number\n\(secret)\n", path + Array("/orders.csv".utf8))
      },
    ]
    + (geteuid() == 0
      ? [
        HostileEntry("a device that never ends", "orders-device.csv", .left(because: "a device")) { path, _ in
          try succeeded(mknod(terminated(path), S_IFCHR | 0o666, dev_t(1 << 8 | 5)), "mknod")
        }
      ] : [])

  /// Sound orders under names that are not.
  private static let names: [HostileEntry] =
    ([
      ("a line end in the name", Array("orders-a\nwaybill: all is well.csv".utf8), "W156"),
      ("escape sequences in the name", Array("orders-\u{1B}[2J\u{1B}]0;mine\u{7}.csv".utf8), "W156"),
      ("a carriage return in the name", Array("orders-a\rb.csv".utf8), "W156"),
      ("DEL and C1 in the name", Array("orders-\u{7F}\u{9B}31m.csv".utf8), "W156"),
      ("bytes that are not UTF-8", Array("orders-caf".utf8) + [0xE9] + Array(".csv".utf8), "W156"),
      ("half of a surrogate pair", Array("orders-".utf8) + [0xED, 0xA0, 0x80] + Array(".csv".utf8), "W156"),
      ("an overlong slash", Array("orders-".utf8) + [0xC0, 0xAF] + Array(".csv".utf8), "W156"),
      ("a name of 255 bytes", Array(("orders-" + String(repeating: "x", count: 244) + ".csv").utf8), "W156"),
      (
        "a name of 255 bytes of letters in two bytes",
        Array(("orders-" + String(repeating: "é", count: 122) + ".csv").utf8), "W156"
      ),
      ("a name that is read backwards", Array("orders-\u{202E}vsc.exe.csv".utf8), nil),
      ("a name that begins with dashes", Array("--root=.csv".utf8), nil),
      ("a name like options of a shell", Array("-rf *;$(reboot)`reboot`.csv".utf8), nil),
      ("a formula", Array("=cmd|' &C calc'!A0,\"x\".csv".utf8), nil),
      ("a name like markup", Array("orders-<img src=x onerror=alert(1)>.csv".utf8), nil),
      ("a name like a path", Array("orders-..\\..\\ledger.csv".utf8), nil),
      ("decomposed letters", Array("orders-cafe\u{301}.csv".utf8), nil),
      ("composed letters", Array("orders-caf\u{E9}.csv".utf8), nil),
    ] as [(String, [UInt8], String?)]).enumerated().map { number, example in
      HostileEntry(
        example.0, example.1, .answered(example.2 == nil ? "accepted" : "rejected", code: example.2)
      ) { path, _ in try put(orders("N-\(number)"), path) }
    } + [
      HostileEntry("a hidden name", "..csv", .ignored) { path, _ in try put(orders("H-1"), path) },
      HostileEntry("three dots", "...", .ignored) { path, _ in try put(orders("H-2"), path) },
    ]

  private static let contents = [
    HostileEntry("no byte", "orders-empty.csv", .answered("rejected", code: "W151")) { path, _ in
      try put("", path)
    },
    HostileEntry("a zero byte", "orders-zero.csv", .answered("held", code: "W106")) { path, _ in
      try put("\0", path)
    },
    HostileEntry("a mark alone", "orders-mark.csv", .answered("rejected", code: "W151")) { path, _ in
      try put("\u{FEFF}", path)
    },
    HostileEntry("a header alone", "orders-header.csv", .answered("accepted", code: nil)) { path, _ in
      try put(orders(), path)
    },
    HostileEntry("an empty packed file", "orders-empty.csv.gz", .answered("rejected", code: "W108")) {
      path, _ in
      try put("", path)
    },
    HostileEntry("a packed file that broke off", "orders-cut.csv.gz", .answered("held", code: "W106")) {
      path, root in
      try put(Array(try packed(root).dropLast(20)), path)
    },
    HostileEntry("a packed file with damage in it", "orders-bent.csv.gz", .answered("rejected", code: "W108"))
    {
      path, root in
      var bytes = try packed(root)
      bytes[bytes.count / 2] ^= 0x5A
      try put(bytes, path)
    },
    HostileEntry("a packed file of two members", "orders-twice.csv.gz", .answered("accepted", code: nil)) {
      path, root in
      let whole = try packed(root)
      try root.write(Array(orders("G-301").split(separator: "\n")[1].utf8), to: "more")
      try put(whole + (try packed(root, "more")), path)
    },
    HostileEntry("a terabyte of nothing", "orders-sparse.csv", .answered("rejected", code: "W109")) {
      path, _ in
      try sparse(path, bytes: 1 << 40)
    },
    HostileEntry(
      "a header, sixty gigabytes of nothing, and a line end", "orders-hole.csv",
      .answered("held", code: "W106")
    ) { path, _ in
      try put(orders(), path)
      try sparse(path, bytes: 60 << 30, end: "\n")
    },
    HostileEntry(
      "a terabyte that says it is packed", "orders-sparse.csv.gz", .answered("rejected", code: "W109")
    ) {
      path, _ in try sparse(path, bytes: 1 << 40)
    },
    HostileEntry(
      "a document that has begun and goes on for ever", "orders-sparse.json",
      .answered("rejected", code: "W109")
    ) {
      path, _ in
      try put("[", path)
      try sparse(path, bytes: 1 << 40)
    },
  ]

  // MARK: Making them

  static func orders(_ numbers: String...) -> String {
    numbers.reduce("order_number,invoice_id,suborder_id,sku,quantity,price,location_key\n") {
      $0 + "\($1),INV-\($1),1,TEA-250,1,229.00,WH-1\n"
    }
  }

  static func terminated(_ path: [UInt8]) -> [CChar] { path.map { CChar(bitPattern: $0) } + [0] }

  private static func symbolicLink(_ path: [UInt8], to target: String) throws {
    try succeeded(symlink(target, terminated(path)), "symlink")
  }

  /// Three hundred orders, packed by the system's gzip.
  private static func packed(_ root: TemporaryFolder, _ name: String? = nil) throws -> [UInt8] {
    let plain = name ?? "plain"
    if name == nil {
      let rows = (1...300).map { orders("G-\($0)").split(separator: "\n")[1] + "\n" }
      try root.write(orders() + rows.joined(), to: plain)
    }
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", "-nf", root.path(plain)]
    try gzip.run()
    gzip.waitUntilExit()
    return try root.read(plain + ".gz")
  }

  static func put(_ bytes: [UInt8], _ path: [UInt8]) throws {
    try put(String(), path)
    let descriptor = open(terminated(path), O_WRONLY | O_TRUNC | O_CLOEXEC)
    defer { close(descriptor) }
    try succeeded(write(descriptor, bytes, bytes.count) == bytes.count ? 0 : -1, "write")
  }

  static func put(_ text: String, _ path: [UInt8]) throws {
    let descriptor = open(terminated(path), O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    try succeeded(descriptor, "open")
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    try succeeded(write(descriptor, bytes, bytes.count) == bytes.count ? 0 : -1, "write")
  }

  private static func sparse(_ path: [UInt8], bytes: Int, end: String = "") throws {
    let descriptor = open(terminated(path), O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    try succeeded(descriptor, "open")
    defer { close(descriptor) }
    try succeeded(ftruncate(descriptor, bytes), "ftruncate")
    let tail = Array(end.utf8)
    try succeeded(pwrite(descriptor, tail, tail.count, bytes) == tail.count ? 0 : -1, "pwrite")
  }

  private static func succeeded(_ answer: Int32, _ call: String) throws {
    if answer < 0 { throw TestFailure("\(call): errno \(errno)") }
  }
}

@Suite("A hostile inbox", .timeLimit(.minutes(15)))
struct HostileInboxTests {
  @Test(
    "Each thing alone: left or answered, while the file beside it is answered", arguments: HostileEntry.all)
  func alone(entry: HostileEntry) async throws {
    try await withTemporaryFolder { root in
      try Self.prepare(root, [entry])
      let finished = try await WaybillProgram.run(["once", "--root", root.path], timeoutSeconds: 30)
      #expect(finished.status == .exited(0), "\(finished.errors)")
      try Self.expectFates([entry], in: root, said: finished.errors)
      try Self.expectSafe(finished.outputBytes, finished.errorsBytes)
      try await Self.expectReadersSafe(root)
    }
  }

  @Test("All of it at once, under the daemon: it stays alive, quiet and quick")
  func together() async throws {
    try await withTemporaryFolder { root in
      try Self.prepare(root, HostileEntry.all)
      let daemon = try WaybillProgram(["run", "--root", root.path]).start()
      let isAnswered = try await daemon.waitUntil {
        try HostileEntry.all.allSatisfy { entry in
          guard case .answered = entry.fate else { return true }
          return try Self.ack(of: entry.name, in: root) != nil
        } && root.has("outbox/ekart/tracking-good.csv.ack.json")
      }
      #expect(isAnswered, "\(daemon.errorsSoFar)")
      let isAllSaid = try await daemon.waitUntil { daemon.errorsSoFar.contains("another name") }
      #expect(isAllSaid)
      // What is answered is an event of its own; what is strange is said once.
      func strange() -> [Substring] {
        daemon.errorsSoFar.split(separator: "\n").filter { $0.contains(" set_aside: ") }
      }
      let before = strange()
      #expect(!before.isEmpty)
      // A file that comes later is answered at once, and nothing strange is said a second time.
      try root.drop("dtdc", "documents-late.csv", "invoice_id,document\n901,label\n")
      let isLate = try await daemon.waitUntil(timeoutSeconds: 10) {
        root.has("outbox/dtdc/documents-late.csv.ack.json")
      }
      #expect(isLate)
      #expect(strange() == before)
      daemon.send(SIGTERM)
      let finished = try await daemon.finish(timeoutSeconds: 10)
      #expect(finished.status == .exited(0))
      try Self.expectFates(HostileEntry.all, in: root, said: finished.errors)
      try Self.expectSafe(finished.outputBytes, finished.errorsBytes)
      try await Self.expectReadersSafe(root)
    }
  }

  @Test("A file that is swapped for a link again and again is never read through the link")
  func swapped() async throws {
    try await withTemporaryFolder { root in
      try Self.prepare(root, [])
      let daemon = try WaybillProgram(["run", "--root", root.path]).start()
      let isWatching = try await daemon.waitUntil { daemon.errorsSoFar.contains("watching") }
      #expect(isWatching)
      let place = root.path("inbox/easyecom/orders-swap.csv")
      let end = ContinuousClock.now + .seconds(2)
      var number = 0
      while ContinuousClock.now < end {
        number += 1
        try root.write(HostileEntry.orders("S-\(number)"), to: "upload/file")
        symlink(root.path("secret.csv"), root.path("upload/link"))
        rename(root.path("upload/file"), place)
        if number.isMultiple(of: 3) { usleep(UInt32(number % 7) * 400) }
        rename(root.path("upload/link"), place)
        if number.isMultiple(of: 5) { usleep(UInt32(number % 11) * 300) }
      }
      unlink(place)
      try root.drop("easyecom", "orders-after.csv", HostileEntry.orders("S-after"))
      let isAfter = try await daemon.waitUntil { root.has("outbox/easyecom/orders-after.csv.ack.json") }
      #expect(isAfter, "\(daemon.errorsSoFar)")
      daemon.send(SIGTERM)
      let finished = try await daemon.finish(timeoutSeconds: 10)
      #expect(finished.status == .exited(0))
      #expect(number > 50)
      try Self.expectNoSecret(in: root)
      let proof = try await WaybillProgram.run(["ledger", "verify", "--root", root.path])
      #expect(proof.status == .exited(0), "\(proof.errors)")
    }
  }

  @Test(
    "A file that nobody but its sender may read is said once, and others go on",
    .disabled(if: geteuid() != 0, "root is needed to become somebody else"))
  func unreadable() async throws {
    try await withTemporaryFolder { root in
      try Self.prepare(root, [])
      try root.write(HostileEntry.orders("U-1"), to: "inbox/easyecom/orders-closed.csv")
      chmod(root.path("inbox/easyecom/orders-closed.csv"), 0)
      try root.makeFolder("inbox/booon/closed")
      chmod(root.path("inbox/nexar"), 0)
      for path in [""] + (try FolderTree(at: root.path)).entries.keys.sorted()
      where !path.hasSuffix("secret.csv") {
        if path == "inbox/easyecom/orders-closed.csv" || path == "inbox/nexar" { continue }
        #expect(lchown(root.path(path), 65_534, 65_534) == 0)
      }
      // The program itself lies where somebody else may not be able to go.
      #expect(
        link(WaybillProgram.path, root.path("waybill")) == 0 || Self.copyProgram(to: root.path("waybill")))
      var program = WaybillProgram([
        "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", "--ambient-caps=-all",
        root.path("waybill"), "once", "--root", root.path,
      ])
      program.program = "/usr/bin/setpriv"
      let finished = try await program.run(timeoutSeconds: 30)
      #expect(finished.status == .exited(3))
      #expect(finished.errors.contains("cannot be taken: Permission denied, nor can 1 other file"))
      #expect(root.has("outbox/ekart/tracking-good.csv.ack.json"))
      #expect(root.has("inbox/easyecom/orders-closed.csv"))
      chmod(root.path("inbox/nexar"), 0o700)
    }
  }
}

// MARK: What the tests do again and again

extension HostileInboxTests {
  private static func prepare(_ root: TemporaryFolder, _ entries: [HostileEntry]) throws {
    chmod(root.path, 0o755)
    try Drill(name: "hostile", drops: [], configuration: DaemonTests.settings).prepare(root)
    try root.write("order_number,invoice_id\n\(HostileEntry.secret),1\n", to: "secret.csv")
    try root.write(
      "order_number,invoice_id\n\(HostileEntry.secret)-2,1\n", to: "inbox/dtdc/other-secret.csv.part")
    try root.write(
      "tracking_id,status,event_date\n500999BN000001,in_transit,2026-11-20 21:05:00\n",
      to: "inbox/ekart/tracking-good.csv")
    for entry in entries { try entry.plant(path(of: entry.name, in: root), root) }
  }

  private static func path(of name: [UInt8], in root: TemporaryFolder) -> [UInt8] {
    Array(root.path("inbox/easyecom/").utf8) + name
  }

  private static func copyProgram(to path: String) -> Bool {
    (try? FileManager.default.copyItem(atPath: WaybillProgram.path, toPath: path)) != nil
  }

  struct Ack: Decodable {
    struct Group: Decodable { let code: String }
    let file: String
    let outcome: String
    let rejections: [Group]
  }

  /// The ack that answers the file of a name: the one whose own name begins as the file's does.
  private static func ack(of name: [UInt8], in root: TemporaryFolder) throws -> Ack? {
    let names = try listed(root.path("outbox/easyecom")).filter {
      $0.suffix(9).elementsEqual(".ack.json".utf8) && $0.first != UInt8(ascii: ".")
    }
    let own = names.filter { candidate in
      // NAME.ack.json, or NAME~NUMBER.ack.json where NAME may be cut.
      let stem = Array(candidate.dropLast(9))
      if stem == name { return true }
      guard let tilde = stem.lastIndex(of: UInt8(ascii: "~")) else { return false }
      return stem[..<tilde].elementsEqual(name) || (name.count > 200 && name.starts(with: stem[..<tilde]))
    }
    guard let first = own.first else { return nil }
    let place = Array(root.path("outbox/easyecom/").utf8) + first
    return try JSONDecoder().decode(Ack.self, from: Data(bytes(at: place)))
  }

  private static func expectFates(_ entries: [HostileEntry], in root: TemporaryFolder, said: String) throws {
    for entry in entries {
      var status = stat()
      let isThere = lstat(HostileEntry.terminated(path(of: entry.name, in: root)), &status) == 0
      switch entry.fate {
      case .left(let because):
        #expect(isThere, "\(entry.title)")
        let lines = said.split(separator: "\n").filter {
          $0.contains("easyecom/" + String(decoding: entry.name, as: UTF8.self))
        }
        #expect(lines.count == 1 && lines.allSatisfy { $0.contains(because) }, "\(entry.title): \(said)")
      case .ignored:
        #expect(isThere, "\(entry.title)")
      case .answered(let outcome, let code):
        let ack = try ack(of: entry.name, in: root)
        #expect(ack?.outcome == outcome, "\(entry.title)")
        #expect(ack?.rejections.first?.code == code, "\(entry.title)")
        #expect(isThere == (outcome == "held"), "\(entry.title)")
      }
    }
    #expect(root.has("outbox/ekart/tracking-good.csv.ack.json"))
    try expectNoSecret(in: root)
  }

  /// Nothing that lies outside the inbox, or in another partner's, is in any answer or in the ledger.
  private static func expectNoSecret(in root: TemporaryFolder) throws {
    for folder in ["outbox", "ledger"] {
      for (name, entry) in try FolderTree(at: root.path(folder), leavingOut: ["quarantine"]).entries {
        guard case .file(let bytes) = entry else { continue }
        #expect(!String(decoding: bytes, as: UTF8.self).contains(HostileEntry.secret), "\(folder)/\(name)")
      }
    }
  }

  /// Whole lines of printable UTF-8: nothing that moves a cursor, ends a line early or turns it round.
  private static func expectSafe(_ outputs: [UInt8]...) throws {
    for output in outputs {
      let text = try #require(String(validating: output, as: UTF8.self))
      let bad = text.unicodeScalars.filter {
        $0 != "\n"
          && ($0.value < 0x20 || (0x7F...0x9F).contains($0.value) || (0x2028...0x202E).contains($0.value))
      }
      #expect(bad.isEmpty, "\(bad)")
      #expect(!text.split(separator: "\n").contains { $0.hasPrefix("waybill: all is well") })
    }
  }

  /// The verbs that read show every name harmlessly, and the files that people open hold no formula.
  private static func expectReadersSafe(_ root: TemporaryFolder) async throws {
    for words in [["status"], ["status", "--json"], ["ledger", "verify"]] {
      let finished = try await WaybillProgram.run(words + ["--root", root.path])
      #expect(finished.status == .exited(0), "\(words): \(finished.errors)")
      try expectSafe(finished.outputBytes, finished.errorsBytes)
      if words.count == 2, words[1] == "--json" {
        _ = try JSONSerialization.jsonObject(with: Data(finished.outputBytes))
      }
    }
    for name in try listed(root.path("outbox/easyecom")) where name.suffix(4).elementsEqual(".csv".utf8) {
      let place = Array(root.path("outbox/easyecom/").utf8) + name
      let text = try #require(String(validating: bytes(at: place), as: UTF8.self))
      #expect(!text.contains(",=") && !text.contains("\n="))
    }
  }

  /// The names in a folder, as bytes; none where there is no folder.
  private static func listed(_ folder: String) throws -> [[UInt8]] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while let entry = readdir(stream) {
      names.append(withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) })
    }
    return names
  }

  private static func bytes(at path: [UInt8]) throws -> [UInt8] {
    let descriptor = open(HostileEntry.terminated(path), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw TestFailure("open: errno \(errno)") }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4 << 20)
    let count = read(descriptor, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
  }
}

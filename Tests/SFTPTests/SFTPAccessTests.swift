/// What a partner can reach: its inbox for writing, its outbox for reading, and nothing else.

import Foundation
import Glibc
import TestSupport
import Testing

@Suite(
  "A partner's login",
  .disabled(if: SFTPSite.missing != nil, Comment(rawValue: SFTPSite.missing ?? "")),
  .timeLimit(.minutes(15)))
struct SFTPAccessTests {
  /// What is asked for, what the server says to it.
  static let refusals: [(line: String, words: String)] = [
    ("put LOCAL /outbox/x.csv", "dest open \"/outbox/x.csv\": "),
    ("put LOCAL /x.csv", "Permission denied"),
    ("mkdir /x", "Permission denied"),
    ("rmdir /inbox", "remote rmdir \"/inbox\": "),
    ("rename /inbox /elsewhere", "remote rename \"/inbox\" to \"/elsewhere\": "),
    ("mkdir /outbox/x", "remote mkdir \"/outbox/x\": Failure"),
    ("chmod 0777 /inbox", "remote setstat \"/inbox\": Permission denied"),
    ("chmod 0777 /outbox", "remote setstat \"/outbox\": "),
    ("chgrp 0 /inbox", "remote setstat \"/inbox\": "),
    ("symlink /outbox /inbox/orders.csv", "Permission denied"),
    ("ln /inbox/a.csv /inbox/b.csv", "Server does not support hardlink"),
    ("ls /etc", "\"/etc\" not found"),
    ("ls /srv/exchange", "not found"),
    ("ls /../ledger", "not found"),
    ("ls /inbox/../../dtdc", "not found"),
    ("cd /srv", "No such file or directory"),
    ("get /proc/self/environ LOCAL.taken", "not found"),
    ("ls /dev", "\"/dev\" not found"),
  ]

  @Test("What is none of its business is refused, or is not there", arguments: 0..<refusals.count)
  func refused(number: Int) async throws {
    let site = try await SharedSite.site()
    let local = site.path("refused-\(number).csv")
    try "x".write(toFile: local, atomically: false, encoding: .utf8)
    let (line, words) = Self.refusals[number]
    let asked = line.replacingOccurrences(of: "LOCAL", with: local)
    let finished = try await SFTPClient.openSSH.run([.refused(asked)], as: "nexar", on: site)
    #expect((finished.output + finished.errors).contains(words), "\(finished.output)\(finished.errors)")
  }

  @Test("It sees two folders, and what is answered to it alone")
  func view() async throws {
    let site = try await SharedSite.site()
    let listing = try await SFTPClient.openSSH.run(
      [.refused("ls -a /"), .refused("ls -a /.."), .refused("ls -a /outbox")], as: "nexar", on: site)
    let shown = listing.output.split(separator: "\n").filter { !$0.hasPrefix("sftp>") }
      .flatMap { $0.split(separator: " ") }.map { $0.split(separator: "/").last.map(String.init) ?? "/" }
    #expect(Set(shown) == [".", "..", "inbox", "outbox"], "\(shown)")
  }

  @Test("A login without its key, or with another program than SFTP, is not let in")
  func noShell() async throws {
    let site = try await SharedSite.site()
    let common = [
      "-F", "/dev/null", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR",
      "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes", "-p", String(site.port),
    ]
    var shell = WaybillProgram(common + ["-i", site.path("key"), "nexar@127.0.0.1", "id"])
    shell.program = "/usr/bin/ssh"
    // The forced server gets no packet that it understands, and no shell is there to say who it is.
    let ran = try await shell.run()
    #expect(!ran.output.contains("uid="))
    var stranger = WaybillProgram(common + ["-i", "/dev/null", "nexar@127.0.0.1", "id"])
    stranger.program = "/usr/bin/ssh"
    let refused = try await stranger.run()
    #expect(refused.status == .exited(255))
    #expect(refused.errors.contains("Permission denied"))
  }

  @Test("Its answers reach it whole, the long ones too, and nobody else", arguments: [1, 400])
  func answers(rows: Int) async throws {
    let site = try await SharedSite.site()
    let name = "documents-\(rows).csv"
    let local = site.path(name)
    var text = "invoice_id,document\n"
    for number in 1...rows { text += "no-such-invoice-\(number),label\n" }
    try text.write(toFile: local, atomically: false, encoding: .utf8)
    try await SFTPClient.openSSH.run([.put(local, as: "/inbox/\(name)")], as: "dtdc", on: site)
    let drop = Drop(site, "dtdc", name)
    #expect(try await drop.answer().rows.rejected == rows)
    for answer in [".ack.json", ".result.csv", ".errors.csv"] {
      let taken = site.path("taken" + name + answer)
      try await SFTPClient.openSSH.run([.get("/outbox/\(name)\(answer)", as: taken)], as: "dtdc", on: site)
      let published = "\(site.root)/outbox/dtdc/\(name)\(answer)"
      #expect(FileManager.default.contents(atPath: taken) == FileManager.default.contents(atPath: published))
      var status = stat()
      #expect(lstat(published, &status) == 0 && status.st_mode & 0o777 == 0o640, "\(answer)")
    }
  }

  @Test(
    "A file that its sender made readable to nobody else is read all the same", arguments: ["0600", "0000"])
  func closedFile(mode: String) async throws {
    let site = try await SharedSite.site()
    let name = "documents-mode-\(mode).csv"
    let local = site.path(name)
    try "invoice_id,document\nno-such-invoice,label\n".write(
      toFile: local, atomically: false, encoding: .utf8)
    try await SFTPClient.openSSH.run(
      [
        .put(local, as: "/inbox/\(name).part"), .refused("chmod \(mode) /inbox/\(name).part"),
        .rename("/inbox/\(name).part", to: "/inbox/\(name)"),
      ], as: "dtdc", on: site)
    #expect(try await Drop(site, "dtdc", name).answer().completedBy == "rename")
  }
}

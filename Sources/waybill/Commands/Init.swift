/// `waybill init`: an exchange's folders, and a configuration that explains itself by example.

import Exchange
import Foundation
import Orders

enum InitCommand {
  static let verb = Verb(
    name: "init",
    summary: "makes an exchange's folders and an example of its configuration",
    description: [
      "Makes inbox/PARTNER and outbox/PARTNER for every partner, outbox/reports, and an exchange.json that",
      "shows each of its keys in use and says what it means. What exists already is left as it is. The ledger's",
      "own folder is made when the first file is processed.",
      "With --sshd it makes nothing and prints a script instead, to be read and then run as root: a login and a",
      "chroot for each partner, who can write its inbox, read its outbox and see nothing else, sshd's",
      "configuration, and a unit for systemd. With --systemd it prints the script of the units alone: the daemon,",
      "and a nightly look at what should have happened, with its timer.",
    ],
    options: [.root, .config, .sshd, .systemd],
    examples: [
      .init(line: "waybill init --root /srv/exchange", meaning: "a new exchange in /srv/exchange"),
      .init(
        line: "waybill init --root /srv/exchange --sshd",
        meaning: "what an SFTP server for it needs, as a script"),
      .init(
        line: "waybill init --root /srv/exchange --systemd", meaning: "what systemd needs, as a script"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    if call.arguments.wantsServer { return try printServer(call) }
    if call.arguments.wantsUnits { return try printUnits(call) }
    let root = call.arguments.root
    let file = call.arguments.configuration
    var made: [String] = []
    do {
      // A configuration that lies there already may name partners of its own.
      let profiles = try Connection.configuration(file, isRequired: false).profiles
      for folder in folders(profiles) where try makeFolders(RootPath.of(root, folder)) { made.append(folder) }
      let isNew = try writeNew(Configuration.example(), at: file)
      call.console.lines(report(root: root, file: file, made: made, isNew: isNew))
    } catch { throw .failure(error) }
    return .done
  }

  /// The folders of an exchange, relative to ROOT.
  static func folders(_ profiles: [PartnerProfile]) -> [String] {
    profiles.map { "inbox/" + $0.folder } + profiles.map { "outbox/" + $0.folder } + ["outbox/reports"]
  }

  static func report(root: String, file: String, made: [String], isNew: Bool) -> [String] {
    var lines =
      made.isEmpty
      ? ["All folders of the exchange in \(root) were there already."]
      : ["Made in \(root):"] + made.map { "  " + $0 }
    lines +=
      isNew
      ? ["Wrote \(file), an example that explains its keys; its locations are those of the sample day."]
      : ["Left \(file) as it is."]
    lines.append(
      "`waybill config check` says whether it is sound, `waybill config show` what is in force and why.")
    return lines
  }

  /// - Returns: was anything made?
  private static func makeFolders(_ path: String) throws(Failure) -> Bool {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
      return false
    }
    var prefix = path.hasPrefix("/") ? "/" : ""
    for name in path.split(separator: "/") {
      prefix += name + "/"
      if mkdir(prefix, 0o777) == 0 || errno == EEXIST { continue }
      throw .system(action: .make, path: Array(prefix.utf8), number: errno)
    }
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue
    else {
      throw .system(action: .make, path: Array(path.utf8), number: ENOTDIR)
    }
    return true
  }

  /// Writes a file that must not exist yet.
  ///
  /// - Returns: was it written? No: something lies there already.
  private static func writeNew(_ text: String, at path: String) throws(Failure) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    if descriptor < 0, errno == EEXIST { return false }
    guard descriptor >= 0 else { throw .system(action: .make, path: Array(path.utf8), number: errno) }
    let failure = StandardStreams.send(Array(text.utf8), to: descriptor)
    let closing = close(descriptor) == 0 ? 0 : errno
    guard failure == 0, closing == 0 else {
      throw .system(action: .write, path: Array(path.utf8), number: failure == 0 ? closing : failure)
    }
    return true
  }
}

/// An exchange with a real SFTP server before it: set up by the script that `waybill init --sshd` prints, served by Debian's own
/// sshd, answered by the daemon as its unit describes it.
///
/// All of it lives in namespaces of its own: `/etc` is a copy, `/srv` and `/run` are empty, and nothing that the script makes (logins,
/// mounts, lines in fstab) is ever seen by the machine. A shell inside takes commands from a pipe; when the test's process ends,
/// however it ends, the pipe closes, the shell removes what there was, and the kernel kills what still runs.

import Foundation
import Glibc
import TestSupport

actor SFTPSite {
  /// The folder that holds everything; removed by the shell inside.
  let folder: String
  let port: Int
  private let shell: RunningProgram
  private let commands: Int32
  private var commandCount = 0

  /// ROOT of the exchange, as it is seen from outside.
  nonisolated var root: String { folder + "/srv/exchange" }
  nonisolated func path(_ name: String) -> String { folder + "/" + name }

  static let partners = ["easyecom", "ekart", "nexar", "booon", "ecom-express", "dtdc"]
  /// booon's files rest long enough to be overwritten while they wait.
  static let settleSeconds = 0.4
  static let longSettleSeconds = 3.0

  // MARK: What must be there

  /// Why no such site can be made here; nil: it can.
  static let missing: String? = {
    // These tests stop uploads at moments of their own, for which a process that runs all other tests has no eyes.
    if ProcessInfo.processInfo.environment["WAYBILL_SFTP"] != "1" {
      return "uploads by SFTP are tested by themselves: WAYBILL_SFTP=1 swift test --filter SFTPTests"
    }
    if geteuid() != 0 { return "logins and mounts need root" }
    for program in ["/usr/sbin/sshd", "/usr/bin/sftp", "/usr/bin/unshare", "/usr/bin/setpriv"]
    where !FileManager.default.isExecutableFile(atPath: program) {
      return "\(program) is not installed (Debian: openssh-server, openssh-client, util-linux)"
    }
    let trial = Process()
    trial.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
    trial.arguments = ["--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "none", "/run"]
    trial.standardError = FileHandle.nullDevice
    guard (try? trial.run()) != nil else { return "unshare(1) cannot be started" }
    trial.waitUntilExit()
    return trial.terminationStatus == 0 ? nil : "this machine allows no namespaces of one's own"
  }()

  // MARK: Its life

  /// Sets up the exchange and its server; the daemon does not run yet.
  static func start() async throws -> SFTPSite {
    let site = try SFTPSite()
    let script = try await WaybillProgram.run(["init", "--root", "/srv/exchange", "--sshd"])
    guard script.status == .exited(0) else { throw TestFailure("init --sshd: \(script.errors)") }
    try script.output.write(toFile: site.path("setup.sh"), atomically: false, encoding: .utf8)
    let settings = partners.map {
      "\"\($0)\": {\"settleSeconds\": \($0 == "booon" ? longSettleSeconds : settleSeconds)}"
    }
    try "{\"partners\": {\(settings.joined(separator: ", "))}}"
      .write(toFile: site.path("exchange.json"), atomically: false, encoding: .utf8)
    try SFTPClient.script.write(toFile: site.path("client.py"), atomically: false, encoding: .utf8)
    try await site.run("build '\(WaybillProgram.path)'")
    try await site.run("serve \(site.port)")
    return site
  }

  private init() throws {
    var template = Array("/tmp/waybill-sftp-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp: errno \(errno)") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    port = try Self.freePort()
    chmod(folder, 0o755)
    let pipe = folder + "/commands"
    // Opened for both, so that opening does not wait for the shell; it is the only writer there is.
    guard mkfifo(pipe, 0o600) == 0 else { throw TestFailure("mkfifo: errno \(errno)") }
    commands = open(pipe, O_RDWR | O_CLOEXEC)
    try Self.shellScript.write(toFile: folder + "/shell.sh", atomically: false, encoding: .utf8)
    var program = WaybillProgram([
      "--mount", "--pid", "--fork", "--kill-child", "/bin/bash", folder + "/shell.sh", folder,
    ])
    program.program = "/usr/bin/unshare"
    shell = try program.start()
  }

  /// Closes the pipe: the shell removes what there was, and ends.
  ///
  /// The site that the tests share ends with their process, which closes the pipe as well.
  func end() { close(commands) }

  /// Runs a command inside, and waits for its end; what it said, when it ended well.
  @discardableResult
  func run(_ command: String, timeoutSeconds: Double = 60) async throws -> String {
    commandCount += 1
    let number = commandCount
    let line = Array("run \(number) \(command)\n".utf8)
    guard write(commands, line, line.count) == line.count else {
      throw TestFailure("the site's shell is gone")
    }
    let ended = path("\(number).status")
    guard
      try await eventually(timeoutSeconds: timeoutSeconds, { FileManager.default.fileExists(atPath: ended) })
    else {
      throw TestFailure("`\(command)` did not end; \(shell.errorsSoFar)")
    }
    let said = (try? String(contentsOfFile: path("\(number).said"), encoding: .utf8)) ?? ""
    let status = try String(contentsOfFile: ended, encoding: .utf8)
    guard status == "0\n" else { throw TestFailure("`\(command)`: status \(status)\(said)") }
    return said
  }

  /// Starts the daemon as its unit says, and waits until it watches; it is to die at a moment, if one is named (`CrashPoint`).
  func startDaemon(toDieAt moment: String = "") async throws {
    try await run("start_daemon \(moment)")
    let said = path("daemon.errors")
    let watches = try await eventually {
      (try? String(contentsOfFile: said, encoding: .utf8))?.contains("watching") == true
    }
    guard watches else { throw TestFailure("the daemon does not watch: \(daemonSaid)") }
  }

  func stopDaemon(_ signal: String = "TERM") async throws { try await run("stop_daemon \(signal)") }

  /// What the daemon has said so far, on both streams.
  nonisolated var daemonSaid: String {
    ["daemon.lines", "daemon.errors"]
      .map { (try? String(contentsOfFile: path($0), encoding: .utf8)) ?? "" }.joined()
  }

  /// A port that nobody listens on.
  private static func freePort() throws -> Int {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let answer = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 ? getsockname(listener, $0, &length) : -1
      }
    }
    guard answer == 0 else { throw TestFailure("no port on the loopback: errno \(errno)") }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// The shell inside: it hides the machine, then does as it is told until the pipe closes.
  private static let shellScript = #"""
    W=$1
    exec 3<"$W/commands" </dev/null
    rm "$W/commands"

    build() (
      set -e
      mount -t tmpfs none /run && mkdir /run/sshd
      cp -a /etc "$W/etc" && mount --bind "$W/etc" /etc
      mkdir "$W/srv" && mount --bind "$W/srv" /srv
      mount -t tmpfs -o mode=755 none /usr/local/bin && cp "$1" /usr/local/bin/waybill
      sh "$W/setup.sh"
      sh "$W/setup.sh"
      ssh-keygen -A
      cp "$W/exchange.json" /srv/exchange/
      ssh-keygen -q -t ed25519 -N '' -f "$W/key"
      for partner in /srv/sftp/*; do cp "$W/key.pub" "/etc/ssh/waybill-keys/${partner##*/}"; done
    )

    serve() {
      /usr/sbin/sshd -D -E "$W/sshd.log" -o ListenAddress=127.0.0.1 -o Port="$1" -o MaxStartups=200 3<&- &
      for _ in $(seq 100); do
        if grep -q 'Server listening' "$W/sshd.log" 2>/dev/null; then return 0; fi
        sleep 0.05
      done
      cat "$W/sshd.log"
      return 1
    }

    # of KEY: what the unit says.
    of() { sed -n "s/^$1=//p" /etc/systemd/system/waybill.service; }

    # start_daemon [MOMENT]: as its unit says; to be killed at a crash point, where one is named.
    start_daemon() {
      : >"$W/daemon.errors"
      capabilities=$(of AmbientCapabilities | tr 'A-Z ' 'a-z,' | sed 's/cap_/+/g')
      (
        umask "$(of UMask)"
        exec env ${1:+"WAYBILL_CRASH=$1"} setpriv --reuid "$(of User)" --regid "$(of User)" --init-groups --no-new-privs \
          --bounding-set "-all,$capabilities" --inh-caps "-all,$capabilities" --ambient-caps "-all,$capabilities" \
          $(of ExecStart) >>"$W/daemon.lines" 2>>"$W/daemon.errors" 3<&-
      ) &
      echo $! >"$W/daemon.pid"
    }

    stop_daemon() {
      kill "-$1" "$(cat "$W/daemon.pid")"
      wait "$(cat "$W/daemon.pid")" || [ "$1" = KILL ]
    }

    # await_crash FILE…: the daemon dies at its crash point, at the latest while it stops once these files are there.
    await_crash() {
      for _ in $(seq 600); do
        kill -0 "$(cat "$W/daemon.pid")" 2>/dev/null || break
        for file; do [ -e "$file" ] || { sleep 0.05; continue 2; }; done
        break
      done
      kill -TERM "$(cat "$W/daemon.pid")" 2>/dev/null
      wait "$(cat "$W/daemon.pid")"
      [ $? = 137 ]
    }

    # as_waybill COMMAND…: what an operator's shell would do under the exchange's login.
    as_waybill() { setpriv --reuid waybill --regid waybill --init-groups --inh-caps=-all --ambient-caps=-all "$@"; }

    run() {
      number=$1
      shift
      "$@" >"$W/$number.said" 2>&1
      echo $? >"$W/$number.new"
      mv "$W/$number.new" "$W/$number.status"
    }

    while IFS= read -r line <&3; do eval "$line"; done
    kill -KILL -1 2>/dev/null
    umount -l /srv/sftp/*/* /srv /etc 2>/dev/null
    rm -rf "$W"
    """#
}

/// Waits until something is true of the world; false: it did not come to be in time.
func eventually(
  timeoutSeconds: Double = 30, isolation: isolated (any Actor)? = #isolation, _ condition: () throws -> Bool
) async throws -> Bool {
  let end = ContinuousClock.now + .seconds(timeoutSeconds)
  while true {
    if try condition() { return true }
    if ContinuousClock.now >= end { return false }
    try await Task.sleep(for: .milliseconds(20))
  }
}

/// The partners' clients: OpenSSH's `sftp` and Python's paramiko, each as a program of its own.

import Foundation
import TestSupport

/// A program that a partner uploads with.
enum SFTPClient: String, CaseIterable, Sendable {
  case openSSH, paramiko

  /// One thing that the client is told to do; local names are paths, remote ones begin at the chroot.
  enum Step: Sendable {
    case put(String, as: String)
    /// With the time of change that the local file has.
    case putPreserving(String, as: String)
    /// OpenSSH's own rename, which replaces in one step.
    case rename(String, to: String)
    /// The rename of the standard, which WinSCP sends: the server makes it of link and unlink.
    case plainRename(String, to: String)
    /// Goes on where an earlier upload broke off.
    case resume(String, as: String)
    case get(String, as: String)
    /// Asked for, and expected to be refused.
    case refused(String)
  }

  /// A Python that has paramiko; nil: none is known.
  static let python: String? = {
    let named = ProcessInfo.processInfo.environment["WAYBILL_PYTHON"]
    return ([named].compactMap { $0 } + ["/usr/bin/python3"]).first { python in
      let trial = Process()
      trial.executableURL = URL(fileURLWithPath: python)
      trial.arguments = ["-c", "import paramiko"]
      trial.standardError = FileHandle.nullDevice
      guard (try? trial.run()) != nil else { return false }
      trial.waitUntilExit()
      return trial.terminationStatus == 0
    }
  }()

  /// Why the client cannot be used here; nil: it can.
  var missing: String? {
    self == .paramiko && Self.python == nil
      ? "no Python with paramiko is known (WAYBILL_PYTHON names one)" : nil
  }

  // MARK: Sessions

  /// One session from login to goodbye.
  @discardableResult
  func run(
    _ steps: [Step], as partner: String, on site: SFTPSite, timeoutSeconds: Double = 60
  ) async throws -> FinishedProgram {
    let finished = try await start(steps, as: partner, on: site).finish(timeoutSeconds: timeoutSeconds)
    guard finished.status == .exited(0) else {
      throw TestFailure("\(rawValue) as \(partner): \(finished.status) \(finished.output)\(finished.errors)")
    }
    return finished
  }

  func start(_ steps: [Step], as partner: String, on site: SFTPSite) throws -> RunningProgram {
    switch self {
    case .openSSH:
      var program = WaybillProgram(Self.words(partner, on: site))
      program.program = "/usr/bin/sftp"
      program.input = Array(steps.map { Self.line($0) + "\n" }.joined().utf8)
      return try program.start()
    case .paramiko:
      return try python(steps.map { $0.words }, as: partner, on: site)
    }
  }

  /// An upload that can be caught half-way: 3 KB a second, in pieces of 1 KB, or with a pause after each.
  func startSlowly(_ upload: Step, after before: [Step] = [], as partner: String, on site: SFTPSite) throws
    -> RunningProgram
  {
    switch self {
    case .openSSH:
      var program = WaybillProgram(["-l", "24", "-B", "1024", "-R", "1"] + Self.words(partner, on: site))
      program.program = "/usr/bin/sftp"
      program.input = Array((before + [upload]).map { Self.line($0) + "\n" }.joined().utf8)
      return try program.start()
    case .paramiko:
      return try python(before.map { $0.words } + [["slowly", "", ""], upload.words], as: partner, on: site)
    }
  }

  private func python(_ steps: [[String]], as partner: String, on site: SFTPSite) throws -> RunningProgram {
    let told = String(decoding: try JSONEncoder().encode(steps), as: UTF8.self)
    var program = WaybillProgram([
      site.path("client.py"), String(site.port), site.path("key"), partner, told,
    ])
    program.program = Self.python ?? "/usr/bin/python3"
    return try program.start()
  }

  // MARK: OpenSSH

  private static func words(_ partner: String, on site: SFTPSite) -> [String] {
    [
      "-F", "/dev/null", "-b", "-", "-P", String(site.port), "-i", site.path("key"),
      "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
      "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=20", "\(partner)@127.0.0.1",
    ]
  }

  private static func line(_ step: Step) -> String {
    switch step {
    case .put(let local, let remote): "put \(local) \(remote)"
    case .putPreserving(let local, let remote): "put -p \(local) \(remote)"
    case .rename(let from, let to): "rename \(from) \(to)"
    case .plainRename(let from, let to): "rename -l \(from) \(to)"
    case .resume(let local, let remote): "reput \(local) \(remote)"
    case .get(let remote, let local): "get \(remote) \(local)"
    case .refused(let line): "-" + line
    }
  }

  // MARK: paramiko

  /// The Python program: port, key, login, and the steps as JSON.
  static let script = """
    import json, os, sys, time
    import paramiko

    port, key, partner, steps = int(sys.argv[1]), sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    client.connect("127.0.0.1", port, partner, key_filename=key, allow_agent=False, look_for_keys=False, timeout=20,
                   banner_timeout=20, auth_timeout=20)
    sftp = client.open_sftp()
    is_slow = False

    def put(one, other):
        if not is_slow:
            return sftp.put(one, other)
        with open(one, "rb") as source, sftp.open(other, "wb") as target:
            while piece := source.read(1024):
                target.write(piece)
                target.flush()
                time.sleep(0.1)

    for step, one, other in steps:
        if step == "slowly":
            is_slow = True
        elif step == "put":
            put(one, other)
        elif step == "putPreserving":
            put(one, other)
            status = os.stat(one)
            sftp.utime(other, (status.st_atime, status.st_mtime))
        elif step == "rename":
            sftp.posix_rename(one, other)
        elif step == "plainRename":
            sftp.rename(one, other)
        elif step == "resume":
            done = sftp.stat(other).st_size
            with open(one, "rb") as source, sftp.open(other, "r+b") as target:
                source.seek(done)
                target.seek(done)
                target.write(source.read())
        elif step == "get":
            sftp.get(one, other)
        else:
            raise SystemExit("no such step: " + step)
    client.close()
    """
}

extension SFTPClient.Step {
  /// The step as the Python program is told it.
  fileprivate var words: [String] {
    switch self {
    case .put(let local, let remote): ["put", local, remote]
    case .putPreserving(let local, let remote): ["putPreserving", local, remote]
    case .rename(let from, let to): ["rename", from, to]
    case .plainRename(let from, let to): ["plainRename", from, to]
    case .resume(let local, let remote): ["resume", local, remote]
    case .get(let remote, let local): ["get", remote, local]
    case .refused(let line): ["refused", line, ""]
    }
  }
}

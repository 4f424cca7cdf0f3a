/// A headless Chromium, spoken to through its own protocol: what it loads, draws, asks for and complains about.
///
/// The protocol's messages are JSON, each ended by a zero byte, on descriptors 3 (to the browser) and 4 (from it).

import Foundation
import Glibc

package final class Browser {
  /// Where Debian's package puts it; nil: this machine has none.
  package static let path: String? = [
    "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
  ]
  .first { access($0, X_OK) == 0 }

  /// What the page did that the test must know of.
  package struct Events {
    /// Every address that was asked for.
    package var requests: [String] = []
    /// What the console said, and exceptions nobody caught.
    package var complaints: [String] = []
  }

  package private(set) var events = Events()
  private let child: pid_t
  private let toBrowser: Int32
  private let fromBrowser: Int32
  private let profile: String
  private var waiting: [UInt8] = []
  private var lastID = 0
  private var session: String?

  package init() throws {
    guard let program = Browser.path else { throw TestFailure("no chromium") }
    var template = Array("/tmp/waybill-browser-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp: \(reason(errno))") }
    let profile = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    self.profile = profile
    var down: [Int32] = [-1, -1]
    var up: [Int32] = [-1, -1]
    guard pipe(&down) == 0, pipe(&up) == 0 else {
      throw TestFailure("pipe: \(reason(errno))")
    }
    for end in down + up { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // Numbers well above three and four, so that neither is written over before it is copied.
    let childReads = fcntl(down[0], F_DUPFD_CLOEXEC, 100)
    let childWrites = fcntl(up[1], F_DUPFD_CLOEXEC, 100)
    (toBrowser, fromBrowser) = (down[1], up[0])
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, childReads, 3)
    posix_spawn_file_actions_adddup2(&actions, childWrites, 4)
    // A process group of its own, so that its own children end with it.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let command: [String] = [
      program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
      "--disable-background-networking", "--disable-component-update", "--no-first-run", "--hide-scrollbars",
      "--user-data-dir=\(profile)", "about:blank",
    ]
    let words = command.map { strdup($0) }
    let variables = ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") }
    defer { for copy in words + variables { free(copy) } }
    var started: pid_t = 0
    let failure = posix_spawn(&started, program, &actions, &attributes, words + [nil], variables + [nil])
    child = started
    for end in [down[0], up[1], childReads, childWrites] { close(end) }
    guard failure == 0 else { throw TestFailure("\(program): \(reason(failure))") }
    try attach()
  }

  deinit {
    kill(-child, SIGKILL)
    var ignored: Int32 = 0
    waitpid(child, &ignored, 0)
    close(toBrowser)
    close(fromBrowser)
    try? FileManager.default.removeItem(atPath: profile)
  }

  private func attach() throws {
    let target = try ask("Target.createTarget", ["url": "about:blank"])["targetId"] as? String ?? ""
    session = try ask("Target.attachToTarget", ["targetId": target, "flatten": true])["sessionId"] as? String
    for domain in ["Page", "Runtime", "Network", "Log"] { _ = try ask("\(domain).enable") }
  }

  // MARK: What a test asks for

  /// Shows a file of the disk on a screen so many points wide.
  package func load(_ file: String, width: Int, isDark: Bool = false) throws {
    _ = try ask(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600])
    _ = try ask(
      "Emulation.setEmulatedMedia",
      ["features": [["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]]])
    events = Events()
    loaded = false
    _ = try ask("Page.navigate", ["url": "file://" + file])
    while !loaded { _ = try next() }
  }

  /// The value of an expression in the page.
  package func value<Value>(_ expression: String, as type: Value.Type = Value.self) throws -> Value {
    let answer = try ask("Runtime.evaluate", ["expression": expression, "returnByValue": true])
    if let exception = answer["exceptionDetails"] { throw TestFailure("\(expression): \(exception)") }
    guard let value = (answer["result"] as? [String: Any])?["value"] as? Value else {
      throw TestFailure("\(expression) gives no \(type): \(answer)")
    }
    return value
  }

  /// The whole page as a picture (PNG).
  package func picture() throws -> [UInt8] {
    try bytes(of: ask("Page.captureScreenshot", ["format": "png", "captureBeyondViewport": true]))
  }

  /// The page as it is printed on A4.
  package func print() throws -> [UInt8] {
    try bytes(
      of: ask("Page.printToPDF", ["preferCSSPageSize": true, "printBackground": true]))
  }

  private func bytes(of answer: [String: Any]) throws -> [UInt8] {
    guard let text = answer["data"] as? String, let data = Data(base64Encoded: text) else {
      throw TestFailure("the browser gave no bytes")
    }
    return [UInt8](data)
  }

  // MARK: The protocol

  private var loaded = false

  private func ask(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
    lastID += 1
    var message: [String: Any] = ["id": lastID, "method": method, "params": parameters]
    if let session { message["sessionId"] = session }
    var bytes = [UInt8](try JSONSerialization.data(withJSONObject: message)) + [0]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { write(toBrowser, $0.baseAddress, $0.count) }
      guard written > 0 else { throw TestFailure("the browser takes nothing: \(reason(errno))") }
      bytes.removeFirst(written)
    }
    while true {
      let answer = try next()
      guard answer["id"] as? Int == lastID else { continue }
      if let error = answer["error"] { throw TestFailure("\(method): \(error)") }
      return answer["result"] as? [String: Any] ?? [:]
    }
  }

  /// The browser's next message; events are noted on the way.
  private func next() throws -> [String: Any] {
    while true {
      if let end = waiting.firstIndex(of: 0) {
        let message = Data(waiting[..<end])
        waiting.removeSubrange(...end)
        let read = try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
        note(read)
        return read
      }
      var ready = pollfd(fd: fromBrowser, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, 60_000) == 1 else { throw TestFailure("the browser says nothing") }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = read(fromBrowser, &chunk, chunk.count)
      guard count > 0 else { throw TestFailure("the browser went away") }
      waiting += chunk[..<count]
    }
  }

  private func note(_ message: [String: Any]) {
    guard let method = message["method"] as? String else { return }
    let parameters = message["params"] as? [String: Any] ?? [:]
    switch method {
    case "Page.loadEventFired": loaded = true
    case "Network.requestWillBeSent":
      let request = parameters["request"] as? [String: Any]
      events.requests.append(request?["url"] as? String ?? "")
    case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded":
      events.complaints.append("\(parameters)")
    default: break
    }
  }
}

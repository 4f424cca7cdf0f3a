/// What the service manager hears, over a real socket; and the units, held against systemd's own checker.

import Foundation
import Glibc
import TestSupport
import Testing

@testable import Files

@Suite("The service manager is told what it asks for")
struct ServiceTests {
  @Test(
    "Ready when it watches, alive while it works or rests, stopping before the end", arguments: [false, true])
  func daemon(isAbstract: Bool) async throws {
    try await withTemporaryFolder { root in
      try Drill(name: "service", drops: [], configuration: DaemonTests.settings).prepare(root)
      let manager = try Manager(in: root, isAbstract: isAbstract)
      var program = WaybillProgram(["run", "--root", root.path])
      program.environment = ["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "400000"]
      let daemon = try program.start()
      #expect(try await daemon.waitUntil { manager.heard.contains { $0.contains("READY=1") } })
      #expect(daemon.errorsSoFar.contains("watching"))
      let before = manager.heard.count { $0 == "WATCHDOG=1" }
      #expect(try await daemon.waitUntil { manager.heard.count { $0 == "WATCHDOG=1" } > before + 3 })
      try root.drop("easyecom", "orders-1.csv", DaemonTests.orders("E-1"))
      #expect(
        try await daemon.waitUntil { manager.heard.contains { $0.contains("1 files and 1 rows answered") } })
      daemon.send(SIGTERM)
      #expect(try await daemon.finish().status == .exited(0))
      let heard = manager.heard.filter { $0 != "WATCHDOG=1" }
      #expect(heard.first == "STATUS=reading the ledger")
      #expect(heard.last?.hasPrefix("STOPPING=1\n") == true)
      #expect(heard.count { $0.contains("READY=1") } == 1)
    }
  }

  @Test("A daemon that is stopped gives no sign of life, and goes on when it is woken")
  func stopped() async throws {
    try await withTemporaryFolder { root in
      try Drill(name: "service", drops: [], configuration: DaemonTests.settings).prepare(root)
      let manager = try Manager(in: root, isAbstract: false)
      var program = WaybillProgram(["run", "--root", root.path])
      program.environment = ["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "400000"]
      let daemon = try program.start()
      #expect(try await daemon.waitUntil { manager.heard.contains { $0.contains("READY=1") } })
      daemon.send(SIGSTOP)
      try await Task.sleep(for: .milliseconds(300))
      let before = manager.heard.count
      try await Task.sleep(for: .seconds(1))
      #expect(manager.heard.count == before)
      daemon.send(SIGCONT)
      #expect(try await daemon.waitUntil { manager.heard.count > before })
      daemon.send(SIGTERM)
      #expect(try await daemon.finish().status == .exited(0))
    }
  }

  @Test("Without a manager nothing is said, and a name that is no socket's is none")
  func without() {
    #expect(ServiceSocket(environment: { _ in nil }) == nil)
    for name in ["", "relative/socket", "/" + String(repeating: "x", count: 200)] {
      #expect(ServiceSocket(environment: { $0 == "NOTIFY_SOCKET" ? name : nil }) == nil)
    }
    let foreign = ServiceSocket(environment: {
      ["NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"][$0]
    })
    #expect(foreign != nil && foreign?.watchdogMilliseconds == nil)
    // Nobody listens there; saying something is no error.
    foreign?.say("READY=1")
  }

  @Test("The pulse is silent only while work goes on without a sign")
  func pulse() async throws {
    // Other tests of this process may be at work with the same pulse meanwhile.
    func comes(_ isMeant: () -> Bool) async throws -> Bool {
      for _ in 0..<2_000 {
        Pulse.beat()
        try await Task.sleep(for: .milliseconds(60))
        if isMeant() { return true }
      }
      return false
    }
    #expect(try await comes { Pulse.silenceMilliseconds() >= 50 })
    #expect(
      try await comes {
        Pulse.rest()
        return Pulse.silenceMilliseconds() == 0
      })
  }
}

/// The manager's end of the socket.
private final class Manager {
  let name: String
  private let descriptor: Int32
  private var messages: [String] = []

  init(in root: TemporaryFolder, isAbstract: Bool) throws {
    let path = root.path("notify")
    name = isAbstract ? "@waybill-\(getpid())-\(UInt32.random(in: 0 ... .max))" : path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    if isAbstract { bytes[0] = 0 }
    guard bytes.count < 108 else { throw TestFailure("the path of the socket is too long") }
    withUnsafeMutableBytes(of: &address) { $0[2...].copyBytes(from: bytes) }
    let length = socklen_t(2 + bytes.count)
    let answer = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard answer == 0 else { throw TestFailure("bind: \(errno)") }
  }

  deinit { close(descriptor) }

  /// Every datagram so far.
  var heard: [String] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
      if count <= 0 { return messages }
      messages.append(String(decoding: bytes[..<count], as: UTF8.self))
    }
  }
}

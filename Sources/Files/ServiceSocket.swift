// The service socket leads to the service manager that started us: systemd, or whatever speaks as it does.

import Glibc

/// What sd_notify(3) speaks through: datagrams of lines `KEY=value` to the socket that `NOTIFY_SOCKET` names.
///
/// Nobody answers, and what cannot be said is not said: the work never waits for the manager.
public struct ServiceSocket: Sendable {
  /// How long the manager waits for a sign of life before it ends us; nil: it does not.
  public let watchdogMilliseconds: Int64?
  private let descriptor: Int32
  private let path: [UInt8]

  /// A variable of the process's own environment.
  public static func ownEnvironment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// Nil where no manager asked to be told.
  ///
  /// - Parameter environment: a variable's value; the process's own where nothing else is given.
  public init?(environment: (String) -> String? = ServiceSocket.ownEnvironment) {
    guard let named = environment("NOTIFY_SOCKET"), let first = named.utf8.first else { return nil }
    var path = Array(named.utf8)
    // A name in the kernel's own space, which lies in no folder, is written with an @ for its zero byte.
    if first == UInt8(ascii: "@") {
      path[0] = 0
    } else if first != UInt8(ascii: "/") {
      return nil
    }
    guard path.count < ServiceSocket.pathBytesMax else { return nil }
    let raw = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    if raw < 0 { return nil }
    descriptor = raw
    self.path = path
    let isOurs = environment("WATCHDOG_PID").map { $0 == String(getpid()) } ?? true
    let limit = environment("WATCHDOG_USEC").flatMap { Int64($0) } ?? 0
    watchdogMilliseconds = isOurs && limit > 0 ? max(1, limit / 1_000) : nil
  }

  /// Says something; lines are `KEY=value`.
  public func say(_ lines: String...) {
    let text = Array(lines.joined(separator: "\n").utf8)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
    // Sound: the path is shorter than the room for it, which `init` has checked.
    withUnsafeMutableBytes(of: &address) { $0[start...].copyBytes(from: path) }
    let length = socklen_t(start + path.count)
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(
          descriptor, text, text.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0,
          length)
      }
    }
  }

  /// What sun_path holds.
  private static let pathBytesMax = 108
}

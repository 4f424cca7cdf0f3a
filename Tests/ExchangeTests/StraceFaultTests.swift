/// The real program under strace, which refuses calls for it: no switch of ours is between the program and the kernel.

import Foundation
import TestSupport
import Testing

/// Where the system's strace is.
private let strace: String? = ["/usr/bin/strace", "/usr/local/bin/strace"].first {
  FileManager.default.isExecutableFile(atPath: $0)
}

@Suite(
  "The real program, its calls refused by strace",
  .enabled(if: strace != nil, "strace is not installed"))
struct StraceFaultTests {
  /// A kernel's call, how it is refused, and at which passages.
  struct Refusal: Sendable, CustomStringConvertible {
    var call: String
    var error: String
    var passages: Range<Int>
    var description: String { "\(call) \(error)" }
  }

  /// openat comes after some fifty of the loader's own.
  static let refusals = [
    Refusal(call: "fsync", error: "EIO", passages: 1..<8),
    Refusal(call: "fdatasync", error: "EIO", passages: 1..<4),
    Refusal(call: "pwrite64", error: "ENOSPC", passages: 1..<8),
    Refusal(call: "renameat", error: "EIO", passages: 1..<4),
    Refusal(call: "renameat2", error: "EDQUOT", passages: 1..<4),
    Refusal(call: "unlinkat", error: "EIO", passages: 1..<4),
    Refusal(call: "mkdirat", error: "ENOSPC", passages: 1..<5),
    Refusal(call: "ftruncate", error: "EIO", passages: 1..<3),
  ]

  @Test("It stops with one line, and the restart makes it good", arguments: refusals)
  func refused(_ refusal: Refusal) async throws {
    let drill = Drill.few
    var met = 0
    for passage in isLongRun ? 1..<60 : refusal.passages {
      let what = "\(refusal) at \(passage)"
      try await withTemporaryFolder { root in
        try drill.prepare(root)
        try drill.drop(0, in: root)
        var program = WaybillProgram([
          "once", "--root", root.path, "--at", "2026-11-21T12:00:00+05:30", "--quiet",
        ])
        program.starter = [
          strace ?? "", "-f", "-qq", "-o", root.path("trace"), "-e", "trace=\(refusal.call)", "-e",
          "inject=\(refusal.call):error=\(refusal.error):when=\(passage)",
        ]
        // The crash helper would wait for a process that strace holds.
        program.environment = ["SWIFT_BACKTRACE": "enable=no"]
        let finished = try await program.run()
        #expect(
          [.exited(0), .exited(3)].contains(finished.status), "\(what): \(finished.status) \(finished.errors)"
        )
        if finished.status == .exited(3) {
          met += 1
          #expect(finished.errorLines.count == 1, "\(what): \(finished.errors)")
        }
        try FileManager.default.removeItem(atPath: root.path("trace"))
        for number in drill.drops.indices {
          if number > 0 { try drill.drop(number, in: root) }
          try await Drill.succeed(root, drop: number)
        }
        let difference = try await DrillResult(root).difference(from: try await drill.undisturbed())
        #expect(difference == nil, "\(what): \(difference ?? "")")
      }
    }
    #expect(met > 0, "\(refusal) was never met")
  }
}

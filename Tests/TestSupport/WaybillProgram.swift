/// The built program, started as a process the way an operator starts it, with everything it says kept.
///
/// The child gets descriptors 0, 1 and 2 and nothing else of the test's, so that a lock or a pipe of one test never
/// lives on in another test's child.

import Foundation
import Glibc

/// How to start `waybill` once.
package struct WaybillProgram: Sendable {
  /// Where one of the program's outputs leads.
  package enum Output: Sendable {
    case captured
    /// The descriptor is closed before the program starts.
    case closed
    /// Every write fails for want of space.
    case full
    /// A pipe that nobody reads.
    case brokenPipe
    /// A terminal of 80 columns; what is shown there is captured.
    case terminal
  }

  /// What is started; a test that needs a partner's program puts that program's path here.
  package var program = WaybillProgram.path
  package var arguments: [String]
  /// The folder it is started in; nil: the test's own.
  package var folder: String?
  /// A program that starts it, with its own words: `["/usr/bin/strace", "-f"]`.
  package var starter: [String] = []
  /// Added to, or put in place of, what the test's own environment holds.
  package var environment: [String: String] = [:]
  /// The number of the user, and the group, that it runs as; nil: the test's own.
  package var user: Int?
  package var input: [UInt8] = []
  package var output = Output.captured
  package var errors = Output.captured

  package init(_ arguments: [String], in folder: String? = nil) {
    self.arguments = arguments
    self.folder = folder
  }

  /// The fault that is planted in every program that the task at hand starts.
  @TaskLocal package static var plant: String?

  /// The program beside the bundle of tests that is running.
  package static let path: String = {
    let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
      + "/waybill"
  }()

  /// Starts the program, waits for its end, and hands back what it said.
  ///
  /// - Throws: `TestFailure` when it does not end in time (it is killed then) or cannot be started.
  package static func run(
    _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
    timeoutSeconds: Double = 300
  ) async throws -> FinishedProgram {
    var program = WaybillProgram(arguments, in: folder)
    program.environment = environment
    return try await program.run(timeoutSeconds: timeoutSeconds)
  }

  package func run(timeoutSeconds: Double = 300) async throws -> FinishedProgram {
    try await start().finish(timeoutSeconds: timeoutSeconds)
  }

  /// Starts the program and returns at once.
  package func start() throws -> RunningProgram {
    let captured = [try Capture(output), try Capture(errors)]
    let inputFile = try Capture(.captured)
    try inputFile.fill(input)

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, inputFile.childEnd, 0)
    for (place, capture) in captured.enumerated() {
      if capture.childEnd < 0 {
        posix_spawn_file_actions_addclose(&actions, Int32(place + 1))
      } else {
        posix_spawn_file_actions_adddup2(&actions, capture.childEnd, Int32(place + 1))
      }
    }
    // Nothing but the three outlives the start; a descriptor that is not open is no error here.
    for descriptor in 3..<Int32(256) { posix_spawn_file_actions_addclose(&actions, descriptor) }

    // The child starts with the signals as a shell would hand them on, whatever the test process ignores.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGXFSZ] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    var variables = ProcessInfo.processInfo.environment.merging(environment) { _, own in own }
    if let plant = Self.plant { variables["WAYBILL_PLANT"] = plant }
    var child: Int32 = 0
    // The Glibc module has no way to spawn in another folder; env(1) becomes the program and keeps its process id.
    let asUser = user.map { ["/usr/bin/setpriv", "--reuid=\($0)", "--regid=\($0)", "--clear-groups"] } ?? []
    let inFolder = folder.map { ["/usr/bin/env", "-C", $0] } ?? []
    let command = inFolder + asUser + starter + [program] + arguments
    // The copies live until posix_spawn has returned, which is as long as the kernel reads them.
    let words = command.map { strdup($0) }
    let pairs = variables.map { strdup("\($0.key)=\($0.value)") }
    defer { for copy in words + pairs { free(copy) } }
    let failure = posix_spawn(&child, command[0], &actions, &attributes, words + [nil], pairs + [nil])
    guard failure == 0 else { throw TestFailure("\(program): \(reason(failure))") }
    for capture in captured { capture.closeChildEnd() }
    inputFile.closeChildEnd()
    return RunningProgram(child: child, output: captured[0], errors: captured[1])
  }
}

/// A `waybill` that was started; it is killed when the test forgets it.
package final class RunningProgram {
  package let child: Int32
  private let output: Capture
  private let errors: Capture
  private var status: FinishedProgram.Status?

  fileprivate init(child: Int32, output: Capture, errors: Capture) {
    self.child = child
    self.output = output
    self.errors = errors
  }

  deinit {
    if status == nil {
      kill(child, SIGKILL)
      var ignored: Int32 = 0
      waitpid(child, &ignored, 0)
    }
  }

  package func send(_ signal: Int32) { if !hasEnded { kill(child, signal) } }

  /// Has the program ended?
  package var hasEnded: Bool {
    output.drain()
    errors.drain()
    if status != nil { return true }
    var word: Int32 = 0
    guard waitpid(child, &word, WNOHANG) == child else { return false }
    // The layout of wait(2): the low seven bits name the signal, the next byte holds the exit status.
    status = word & 0x7F == 0 ? .exited(word >> 8 & 0xFF) : .killed(by: word & 0x7F)
    output.drain()
    errors.drain()
    return true
  }

  package var outputSoFar: String { String(decoding: output.bytes, as: UTF8.self) }
  package var errorsSoFar: String { String(decoding: errors.bytes, as: UTF8.self) }

  /// Waits until the program ends.
  package func finish(timeoutSeconds: Double = 300) async throws -> FinishedProgram {
    let inTime = try await wait(timeoutSeconds: timeoutSeconds) { hasEnded }
    guard inTime, let status else {
      kill(child, SIGKILL)
      throw TestFailure(
        "the program did not end within \(timeoutSeconds) s; stdout: \(outputSoFar); stderr: \(errorsSoFar)")
    }
    return FinishedProgram(status: status, outputBytes: output.bytes, errorsBytes: errors.bytes)
  }

  /// Waits until something is true of the world, or the program ends; false: it ended, or the time ran out, before.
  package func waitUntil(timeoutSeconds: Double = 180, _ condition: () throws -> Bool) async throws -> Bool {
    var met = false
    _ = try await wait(timeoutSeconds: timeoutSeconds) {
      met = try condition()
      return met || hasEnded
    }
    return try met || condition()
  }

  private func wait(timeoutSeconds: Double, _ condition: () throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(timeoutSeconds)
    var pause = Duration.milliseconds(1)
    while true {
      if try condition() { return true }
      if ContinuousClock.now >= end { return false }
      try await Task.sleep(for: pause)
      pause = min(pause * 2, .milliseconds(16))
    }
  }
}

/// What a program that ended left.
package struct FinishedProgram: Sendable {
  package enum Status: Equatable, Sendable {
    case exited(Int32)
    case killed(by: Int32)
  }

  package let status: Status
  package let outputBytes: [UInt8]
  package let errorsBytes: [UInt8]

  package var output: String { String(decoding: outputBytes, as: UTF8.self) }
  package var errors: String { String(decoding: errorsBytes, as: UTF8.self) }
  /// The lines on stderr, the last end of line taken off.
  package var outputLines: [String] { output.split(separator: "\n").map(String.init) }
  package var errorLines: [String] {
    errors.isEmpty ? [] : errors.trimmingSuffix("\n").components(separatedBy: "\n")
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}

// A fault plan says at which call the kernel shall refuse, shorten or kill; it exists in debug builds only.
//
// One line describes it, in the environment variable WAYBILL_FAULT, read once:
//
//     fault  = rule *("," rule)
//     rule   = call ":" passage ["+"] ":" what
//     call   = one of `FaultPlan.Call`, or "sync" (fsync and fdatasync), "anywrite" (write and pwrite), "any"
//     what   = an errno name such as EIO | "short" (half of a write goes through) | "kill" (SIGKILL)
//
// An interrupted call is made again by the door itself, so a plan interrupts single calls, never all from some call on.
// `fsync:3:EIO` refuses the third fsync; `pwrite:5+:ENOSPC` the fifth positional write and all that follow.

import Glibc
import Synchronization

/// A plan of faults for tests: the n-th call of a class fails once, fails from then on, is cut short, or kills.
public final class FaultPlan: Sendable {
  /// The classes of calls that can be counted and refused.
  public enum Call: String, CaseIterable, Sendable {
    case open, read, pread, write, pwrite, fsync, fdatasync, rename, link, unlink, mkdir, ftruncate,
      fallocate, lock, stat, chown
  }

  /// What befalls a call.
  public enum Blow: Equatable, Sendable {
    case none
    case fail(Int32)
    case shorten

    /// The errno of a refusal.
    var code: Int32? { if case .fail(let code) = self { code } else { nil } }
  }

  private enum Effect: Equatable, Sendable {
    case blow(Blow)
    case kill
  }

  private struct Rule: Sendable {
    let calls: [Call]
    let passage: Int
    let fromThenOn: Bool
    let effect: Effect
    var passed = 0
  }

  private let rules: Mutex<[Rule]>
  private let counts = Mutex<[Call: Int]>([:])

  /// Reads a plan from its one-line description; nil when the line is not one.
  public init?(_ line: String) {
    var rules: [Rule] = []
    for part in line.split(separator: ",") {
      guard let rule = Self.rule(part) else { return nil }
      rules.append(rule)
    }
    guard !rules.isEmpty else { return nil }
    self.rules = Mutex(rules)
  }

  /// Runs `work` while the calls it makes meet these faults, for tests; tests running beside it do not meet them.
  public static func during<Result>(_ line: String, _ work: () throws -> Result) rethrows -> Result {
    let plan = FaultPlan(line)
    precondition(plan != nil, "the line does not read as a fault plan")
    return try $here.withValue(plan) { try work() }
  }

  /// Runs `work` and counts the calls it makes.
  public static func counting(_ work: () throws -> Void) rethrows -> [Call: Int] {
    let plan = FaultPlan(rules: [])
    try $here.withValue(plan) { try work() }
    return plan.counts.withLock { $0 }
  }

  private init(rules: [Rule]) { self.rules = Mutex(rules) }

  /// The plan of the task at hand.
  @TaskLocal static var here: FaultPlan?

  private static let ofEnvironment: FaultPlan? = {
    guard let line = getenv("WAYBILL_FAULT") else { return nil }
    let plan = FaultPlan(String(cString: line))
    precondition(plan != nil, "WAYBILL_FAULT does not read as a fault plan")
    return plan
  }()

  /// Does a plan count the calls of the work at hand?
  static var isInForce: Bool {
    #if DEBUG
      return here != nil || ofEnvironment != nil
    #else
      return false
    #endif
  }

  #if DEBUG
    /// Counts one call and says what befalls it; does not return when the plan kills here.
    static func strike(_ call: Call) -> Blow {
      guard let plan = here ?? ofEnvironment else { return .none }
      return plan.strike(call)
    }
  #endif

  private func strike(_ call: Call) -> Blow {
    counts.withLock { $0[call, default: 0] += 1 }
    let effect = rules.withLock { rules in
      var struck = Effect.blow(.none)
      for index in rules.indices where rules[index].calls.contains(call) {
        rules[index].passed += 1
        let passed = rules[index].passed
        let due = rules[index].fromThenOn ? passed >= rules[index].passage : passed == rules[index].passage
        if due { struck = rules[index].effect }
      }
      return struck
    }
    switch effect {
    case .blow(let blow):
      return blow
    case .kill:
      dieAtOnce()
    }
  }

  private static func rule(_ text: Substring) -> Rule? {
    let fields = text.split(separator: ":", omittingEmptySubsequences: false)
    guard fields.count == 3, let calls = calls(fields[0]), let effect = effect(fields[2]) else { return nil }
    let fromThenOn = fields[1].hasSuffix("+")
    guard let passage = Int(fromThenOn ? fields[1].dropLast() : fields[1]), passage > 0 else { return nil }
    if fromThenOn, effect == .blow(.fail(EINTR)) { return nil }
    return Rule(calls: calls, passage: passage, fromThenOn: fromThenOn, effect: effect)
  }

  private static func calls(_ word: Substring) -> [Call]? {
    switch word {
    case "any": Call.allCases
    case "sync": [.fsync, .fdatasync]
    case "anywrite": [.write, .pwrite]
    default: Call(rawValue: String(word)).map { [$0] }
    }
  }

  private static func effect(_ word: Substring) -> Effect? {
    switch word {
    case "kill": .kill
    case "short": .blow(.shorten)
    default: FileError.number(of: String(word)).map { .blow(.fail($0)) }
    }
  }
}

/// Ends this process the way a power button would: no handler, no flush, no deinit.
func dieAtOnce() -> Never {
  kill(getpid(), SIGKILL)
  // The signal is delivered before kill(2) returns to the thread that sent it to its own process, except while
  // another thread takes it; waiting covers that moment.
  while true { pause() }
}

// The program that libFuzzer drives: it mends its inputs by what each one reaches in the rooms. Built only where
// `WAYBILL_LIBFUZZER` is set, because every room is then compiled with counters in it:
//
//     WAYBILL_LIBFUZZER=1 swift build -c release --scratch-path .build/fuzz --product fuzz
//     WAYBILL_FUZZ_TARGET=json .build/fuzz/release/fuzz -max_total_time=600 NEW fixtures/fuzz/json

import Foundation
import Fuzzing
import Glibc

/// The target of this run.
private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["WAYBILL_FUZZ_TARGET"] ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    fatalError("WAYBILL_FUZZ_TARGET names one of \(FuzzTarget.allCases.map(\.rawValue))")
  }
  return target
}()

/// libFuzzer's alarm, by which it sees a hang, ends no call of the program under test with EINTR: Foundation does not go on after one.
private let isAlarmHarmless: Bool = {
  var action = sigaction()
  guard sigaction(SIGALRM, nil, &action) == 0 else { return false }
  action.sa_flags |= SA_RESTART
  return sigaction(SIGALRM, &action, nil) == 0
}()

/// Feeds one input; what must always be true and is not ends the program, and libFuzzer keeps the input.
///
/// Sound: libFuzzer lends the bytes for the length of the call; they are copied first.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  precondition(isAlarmHarmless)
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  do { try target.check(input) } catch { fatalError("\(error)") }
  return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// SwiftPM asks each program for its own beginning.
@_cdecl("fuzz_main")
public func begin(_ count: CInt, _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  var count = count
  var words = words
  return runDriver(&count, &words) { testOneInput($0, $1) }
}

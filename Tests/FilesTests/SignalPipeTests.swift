import Files
import Glibc
import Testing

@Suite("The signal pipe")
struct SignalPipeTests {
  @Test("A signal becomes a byte that ends a wait, and the program goes on")
  func delivers() async {
    await #expect(processExitsWith: .exitCode(9)) {
      let end = try SignalPipe.install([SIGTERM])
      #expect(try SignalPipe.install([SIGINT]) == end)
      kill(getpid(), SIGTERM)
      kill(getpid(), SIGINT)
      let wake = try DirectoryWatch().wait(timeoutMilliseconds: 5_000, also: end)
      var came: [Int32] = []
      for _ in 0..<100 where came.count < 2 {
        came += SignalPipe.drain()
        usleep(10_000)
      }
      exit(wake.interrupted && came.sorted() == [SIGINT, SIGTERM] && SignalPipe.drain().isEmpty ? 9 : 1)
    }
  }

  @Test("A broken pipe is an error of the call")
  func brokenPipe() async {
    await #expect(processExitsWith: .exitCode(9)) {
      SignalPipe.ignoreWriteSignals()
      var ends: [Int32] = [0, 0]
      pipe(&ends)
      close(ends[0])
      exit(write(ends[1], "x", 1) == -1 && errno == EPIPE ? 9 : 1)
    }
  }

  @Test("Closed standard descriptors are occupied before any file of ours can get their numbers")
  func standardDescriptors() async {
    await #expect(processExitsWith: .exitCode(9)) {
      close(0)
      close(2)
      try SignalPipe.occupyStandardDescriptors()
      let file = try Folder(path: "/proc/self").openForReading(Array("status".utf8))
      exit(fcntl(0, F_GETFD) != -1 && fcntl(2, F_GETFD) != -1 && file.raw > 2 ? 9 : 1)
    }
  }
}

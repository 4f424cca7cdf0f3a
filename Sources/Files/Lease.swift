// A lease, asked for and given back at once, tells whether anybody still writes to a file.

import Glibc

/// The question whether a file is still open for writing anywhere on this machine.
public enum Lease {
  /// Who holds the file open for writing.
  public enum Writers: Sendable, Equatable {
    case nobody
    case somebody
    /// The kernel would not say: the file is another user's and we may not take leases, or its file system has none.
    case unknown
  }

  /// Asks the kernel for a read lease, which it refuses with EAGAIN while any process can write to the file, and
  /// gives it back (fcntl F_SETLEASE, not named in Swift's Glibc module).
  public static func isOpenForWriting(_ descriptor: borrowing Descriptor) -> Writers {
    _ = ignoringBreaks
    let answer = SystemCalls.answer(Int(fcntl(descriptor.raw, setLease, Int32(F_RDLCK))))
    if answer == -Int(EAGAIN) { return .somebody }
    if answer < 0 { return .unknown }
    _ = fcntl(descriptor.raw, setLease, Int32(F_UNLCK))
    return .nobody
  }

  /// May this process ask about files of other users? (capabilities(7), CAP_LEASE; root has it.)
  public static func mayAskAboutOthers() throws(FileError) -> Bool {
    let own = FileContents(try Folder(path: "/proc/self").openForReading(Array("status".utf8)))
    let text = String(decoding: try own.read(at: 0, count: 16_384), as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    guard let line, let word = line.split(separator: "\t").last, let set = UInt64(word, radix: 16) else {
      return false
    }
    return set >> leaseCapability & 1 == 1
  }

  private static let leaseCapability: UInt64 = 28
  private static let setLease: Int32 = 1024

  /// Who opens the file for writing in the moment between asking and giving back makes the kernel send us SIGIO,
  /// which ends a process that does not expect it.
  private static let ignoringBreaks: Void = SignalPipe.ignore([SIGIO])
}

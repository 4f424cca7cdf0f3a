internal import Files
internal import Ledger
internal import Orders

/// Why the exchange could not do what was asked, for whoever must say it.
public enum StopReason: Sendable {
  case system(call: String, path: String, number: Int32)
  case notAnExchange(root: String)
  case noLedger(root: String)
  case alreadyRunning(processID: Int32?)
  case otherWork
  case sampleMissing(path: String)
  case damaged(file: String, offset: UInt64, sequence: UInt64, what: String)
  /// The ledger ends before a decision that was durable once.
  case behind(decision: UInt64)
  case configuration(path: String, sentence: String)
  case other(String)

  public init(_ error: any Error) {
    switch error {
    case let error as FileError: self = .system(call: error.call, path: error.path, number: error.errno)
    case ExchangeFault.notAnExchange(let root): self = .notAnExchange(root: root)
    case ExchangeFault.noLedger(let root): self = .noLedger(root: root)
    case ExchangeFault.alreadyRunning(let process): self = .alreadyRunning(processID: process)
    case let damage as JournalDamage:
      if case .formatVersion(let version) = damage.what {
        self = .other(
          "the ledger was written in version \(version) of the journal's format, and this program reads version "
            + "\(JournalFormat.version): use the newer waybill")
        return
      }
      if case .ended(let decision) = damage.what {
        self = .behind(decision: decision.raw)
        return
      }
      self = .damaged(
        file: damage.segment, offset: damage.byteOffset, sequence: damage.sequence.raw,
        what: damage.reason)
    case is SampleDay.OtherWork: self = .otherWork
    case let missing as SampleDay.Missing: self = .sampleMissing(path: missing.path)
    case let fault as ConfigurationFault: self = .configuration(path: fault.path, sentence: fault.sentence)
    case let fault as RecordFault:
      self = .other("the journal holds what this program cannot read: \(fault.what)")
    default: self = .other("\(error)")
    }
  }
}

// A listing is what a look at the inbox found: files that wait, and strange things that are left alone.

public import Files

/// Something in an inbox that is left where it is, and said once.
public struct Strange: Sendable, Equatable {
  public enum Reason: Sendable, Equatable {
    /// A folder, link, FIFO, socket or device where a partner's file should be, or anything but a folder in place of
    /// a partner.
    case notAFile(FileKind)
    /// A folder in the inbox that is no partner's.
    case unknownPartner
    case unreadable(FileError)
    /// Another name leads to the same file, so that it could be changed behind our back.
    case secondName
  }

  /// The partner in whose folder it lies; nil when it lies in the inbox itself.
  public let partner: String?
  public let name: [UInt8]
  public let reason: Reason

  public init(partner: String?, name: [UInt8], reason: Reason) {
    self.partner = partner
    self.name = name
    self.reason = reason
  }
}

/// What a look at the inbox found.
public struct Listing: Sendable {
  /// The files that wait, in the order in which they are to be taken.
  public let waiting: [Waiting]
  /// What was not there, or not said, at the look before.
  public let strange: [Strange]
}

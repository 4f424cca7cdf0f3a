internal import Ledger
internal import Orders

/// What is asked of the books for every file, small ones by the thousand.
///
/// Books taken out of a docket to be asked are a copy of all their tables' handles, some hundred counts up and down; asked here they
/// stay where they are.
extension Docket {
  /// The partners' folders, by number.
  var partnerFolders: [[UInt8]] { books.partners }

  func partnerName(_ number: UInt8) -> String { books.partnerName(number) }

  /// The newest file of a name.
  func file(partner: UInt8, name: [UInt8]) -> FileRecord? { books.file(partner: partner, name: name) }

  /// A file of which no row was rejected, by its content.
  func file(partner: UInt8, sha256: [UInt8]) -> FileRecord? { books.file(partner: partner, sha256: sha256) }

  func hasFile(partner: UInt8, byteCount: Int64) -> Bool {
    books.hasFile(partner: partner, byteCount: byteCount)
  }

  /// The number of a feed's next file.
  func nextNumber(of fed: FedPartner) -> Int { books.feedNumbers[fed, default: 0] + 1 }

  /// Has the operator stopped a partner's inbox? Asked for every waiting file; nearly always nobody is paused.
  func isPaused(_ partner: String) -> Bool {
    !books.pauses.isEmpty && books.pauses[Array(partner.utf8)] != nil
  }
}

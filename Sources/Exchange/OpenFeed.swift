internal import Ledger
internal import Outbox

/// One feed of the decision in hand; its file comes into being with its first record, as nearly no feed has any.
final class OpenFeed {
  let fed: FedPartner
  private let make: () -> FeedFile
  private var file: FeedFile?

  init(_ fed: FedPartner, make: @escaping () -> FeedFile) {
    self.fed = fed
    self.make = make
  }

  /// Writes a record with its fields.
  func add(_ operation: FeedFile.Operation, _ fields: (inout FeedFile) throws -> Void) throws {
    if file == nil { file = make() }
    file!.begin(operation)
    try fields(&file!)
    try file!.end()
  }

  /// Takes over a record that was written elsewhere.
  func add(record: [UInt8]) throws {
    if file == nil { file = make() }
    try file!.add(record: record)
  }

  /// The file, where there is one.
  func finish() throws -> StagedAnswer? {
    guard let file = file.take() else { return nil }
    return try file.finish()
  }
}

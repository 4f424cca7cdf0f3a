// Spare files are made while nothing is to be done, so that an answer somebody waits for need not wait for a file to be made.

public import Files

/// Empty files, made beforehand for the outboxes in use, each with the rights that its outbox gives.
///
/// Making a file is the dearest step of an answer, and dearer by far where partners took thousands of answers away a moment ago: the
/// file system looks through what they left. A spare lies in the staging folder, so no partner ever sees one; what is left there by
/// a kill is removed at the next start, as everything is that no decision names.
public final class SpareFiles {
  private let staging: Folder
  private var shelves: [ObjectIdentifier: Shelf] = [:]
  private var made: UInt64 = 0
  /// Spares that hold an answer and wait for its name.
  private var prepared: [Prepared] = []

  /// So many are kept for an outbox: the answers to one file, and a feed.
  public static let countMax = 4

  private struct Shelf {
    let outbox: Folder
    var spares: [Spare] = []
    /// The file system makes no files without names, or would not now: then each is made when it is needed, as ever.
    var isRefused = false
  }

  private struct Prepared {
    let outbox: ObjectIdentifier
    let name: [UInt8]
    let spare: Spare
  }

  /// One empty file. It is open, but not when it gets its name.
  private final class Spare {
    let name: [UInt8]
    private var descriptor: Descriptor?

    init(_ name: [UInt8], _ descriptor: consuming Descriptor) {
      self.name = name
      self.descriptor = consume descriptor
    }

    /// Writes the answer, unless that is done.
    func fill(_ bytes: [UInt8]) throws(FileError) {
      guard let descriptor = descriptor.take() else { return }
      try descriptor.write(bytes, at: 0)
    }
  }

  public init(staging: Folder) { self.staging = staging }

  /// Writes an answer into a spare while its decision is on its way to the disk, so that nothing but its name is left to be given.
  ///
  /// Where there is no spare, or it cannot be written, the answer is written when it is published.
  public func prepare(_ bytes: [UInt8], for outbox: Folder, as name: [UInt8]) {
    guard let spare = take(for: outbox) else { return }
    do throws(FileError) {
      try spare.fill(bytes)
      prepared.append(Prepared(outbox: ObjectIdentifier(outbox), name: name, spare: spare))
    } catch {
      try? staging.remove(spare.name)
    }
  }

  /// Removes what was prepared and not published.
  public func dropPrepared() {
    for answer in prepared { try? staging.remove(answer.spare.name) }
    prepared = []
  }

  /// Publishes an answer through a spare; nil where there is none, or no more; false where the name is taken.
  func publish(_ bytes: [UInt8], in outbox: Folder, as name: [UInt8]) throws(FileError) -> Bool? {
    guard let spare = takePrepared(for: outbox, name) ?? take(for: outbox) else { return nil }
    do throws(FileError) {
      try spare.fill(bytes)
      if try staging.publish(spare.name, to: outbox, as: name) { return true }
    } catch {
      // Somebody tidied the staging folder.
      if FileError.symbol(of: error.errno) == "ENOENT" { return nil }
      throw error
    }
    try staging.remove(spare.name)
    return false
  }

  private func takePrepared(for outbox: Folder, _ name: [UInt8]) -> Spare? {
    let place = prepared.firstIndex { $0.outbox == ObjectIdentifier(outbox) && $0.name == name }
    return place.map { prepared.remove(at: $0).spare }
  }

  private func take(for outbox: Folder) -> Spare? {
    // Whoever asks once will ask again.
    shelves[ObjectIdentifier(outbox), default: Shelf(outbox: outbox)].spares.popLast()
  }

  /// Makes what was used up, one file after the other, unless something calls.
  public func refill(unless isCalled: () -> Bool) {
    for (key, shelf) in shelves where !shelf.isRefused {
      for _ in shelf.spares.count..<SpareFiles.countMax {
        if isCalled() { return }
        made += 1
        let name = Array("spare-\(made)".utf8)
        guard let descriptor = shelf.outbox.createEmpty(named: name, in: staging) else {
          shelves[key]?.isRefused = true
          break
        }
        shelves[key]?.spares.append(Spare(name, descriptor))
      }
    }
  }

  /// Removes them all.
  public func clear() throws(FileError) {
    dropPrepared()
    for shelf in shelves.values {
      for spare in shelf.spares where try staging.status(spare.name) != nil { try staging.remove(spare.name) }
    }
    shelves = [:]
  }
}

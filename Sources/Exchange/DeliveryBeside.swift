internal import Dispatch
internal import Files
internal import Ledger
internal import Orders
internal import Outbox

/// Publishes the answers of a large group of small files on another core, while this one judges the next group.
///
/// One group is on its way at a time, its files in the order of their decisions, so what a partner sees comes in the same order as
/// from one core. Whatever comes next waits for its end before it touches an outbox, a mark, or a request.
final class DeliveryBeside: @unchecked Sendable {
  // Sound: `failure` and `differing` are the publisher's until it has ended, and the waiter's from then on.
  private let parcels: [Parcel]
  private let staging: Folder
  private var failure: (any Error)?
  private var differing: [Parcel] = []
  private let end = DispatchSemaphore(value: 0)

  /// One answer, and where it goes.
  struct Parcel: Sendable {
    let answer: StagedAnswer
    let outbox: Folder
    let partner: String
    /// The first of its file's answers.
    let isFirst: Bool
  }

  init(_ parcels: [Parcel], from staging: Folder) {
    self.parcels = parcels
    self.staging = staging
    DispatchQueue.global(qos: .userInitiated).async { [self] in
      do { try publish() } catch { failure = error }
      end.signal()
    }
  }

  /// Waits until everything is published; what was left alone because something else lies there.
  func finish() throws -> [Parcel] {
    end.wait()
    end.signal()
    if let failure { throw failure }
    return differing
  }

  private func publish() throws {
    for parcel in parcels {
      let result = try Delivery.publish(
        parcel.answer, from: staging, into: parcel.outbox, replacing: false, isFirst: true)
      if result == .differs { differing.append(parcel) }
      if parcel.isFirst { CrashPoint.reached(.halfDelivered) }
    }
  }
}

extension OpenLedger {
  /// So many files at the least are worth another core's waking.
  private static let filesBesideMin = 32

  /// A group whose answers are being published beside the work.
  struct DeliveryUnderWay {
    let delivery: DeliveryBeside
    let decided: [FileRecord]
    /// What follows when all is published.
    let conclude: (OpenLedger) throws -> Void
  }

  /// Lets the disk begin with the decisions of a few files, and meanwhile prepares what follows when they are durable; nothing of it is
  /// seen before.
  func makeReady(_ decided: [FileRecord]) throws {
    if decided.count >= OpenLedger.filesBesideMin { return }
    try journal.flushAndBeginSync()
    position.prepare(journal.last)
    for file in decided where !file.endsHold {
      for answer in file.answers {
        guard case .blob(let frame) = answer.bytes, let bytes = freshAnswers[frame],
          !answer.name.contains(UInt8(ascii: "/"))
        else { continue }
        spares.prepare(bytes, for: outboxes[Int(answer.partner)], as: answer.name)
      }
    }
  }

  /// Begins to publish a group's answers beside the work; false, and nothing begun, where it is done sooner or must be done here.
  ///
  /// Only small answers under names of their own go this way: what is renamed, replaced, or kept under a second name is of this thread.
  func deliverBeside(
    _ decided: [FileRecord], then conclude: @escaping (OpenLedger) throws -> Void
  ) throws -> Bool {
    guard decided.count >= OpenLedger.filesBesideMin, jobs > 1, !OtherThreads.areBarred else { return false }
    var parcels: [DeliveryBeside.Parcel] = []
    for file in decided {
      guard !file.endsHold, file.archivedAs == file.sha256 else { return false }
      for (index, answer) in inOrderOfDelivery(file).enumerated() {
        let (folder, name) = try place(of: answer)
        guard case .blob(let frame) = answer.bytes, let bytes = freshAnswers[frame], name == answer.name
        else {
          return false
        }
        parcels.append(
          DeliveryBeside.Parcel(
            answer: StagedAnswer(
              name: name, content: .inline(bytes), sha256: answer.sha256, byteCount: bytes.count),
            outbox: folder, partner: docket.partnerName(answer.partner),
            isFirst: index == 0))
      }
    }
    underWay = DeliveryUnderWay(
      delivery: DeliveryBeside(parcels, from: asides), decided: decided, conclude: conclude)
    return true
  }

  /// Waits for the group that is being published beside the work, if there is one, and concludes it.
  func finishDelivery() throws {
    guard let group = underWay else { return }
    underWay = nil
    for parcel in try group.delivery.finish() {
      notice(.differs(partner: parcel.partner, name: parcel.answer.name))
    }
    CrashPoint.reached(.delivered)
    for file in group.decided { unmarked += file.answers }
    try group.conclude(self)
  }

  /// Waits for it where the work ends with a failure, which is what is told.
  func giveUpDelivery() {
    _ = try? underWay?.delivery.finish()
    underWay = nil
  }

  /// A file's answers in the order in which they appear: its sender waits for its ack, which comes behind what it names; what the file
  /// means to others comes behind that.
  func inOrderOfDelivery(_ file: FileRecord) -> [PublishedAnswer] {
    file.answers.filter { $0.partner == file.partner } + file.answers.filter { $0.partner != file.partner }
  }
}

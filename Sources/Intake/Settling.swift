// A file has settled when its sender is done with it, as far as anybody but the sender can know.
//
// From the strongest sign to the weakest: an agreed companion beside it; a rename into place; closed, and unchanged
// for the settle time on our own clock while nobody holds it open for writing. A session that breaks closes its file
// too, so a settled file may still be cut short: whoever takes it examines its end and holds it here if it is.

import Files
import Glibc

/// What showed that an upload was complete; the ack says it.
public enum CompletedBy: String, CaseIterable, Sendable {
  /// The agreed companion lies beside it.
  case companion
  /// It was renamed into place.
  case rename
  /// Its writer closed it, and it rested for the settle time.
  case closed
  /// It had broken off, was held, and has grown to its end since.
  case grown
  /// It rested for the settle time; how it came was not seen.
  case rest
  /// Nobody held it open for writing when everything that waits was asked for.
  case once
}

/// Which verb asks: the daemon waits for files to rest, `once` takes all that nobody writes to.
public enum Taking: Sendable {
  case run, once
}

/// What completes an upload of one partner.
public struct SettlingRule: Sendable, Equatable {
  /// How long a file must rest when nothing stronger says that it is complete.
  public var settleMilliseconds: Int64
  /// The companion the partner has agreed to send, if any.
  public var companion: Companion?

  public init(settleMilliseconds: Int64, companion: Companion? = nil) {
    self.settleMilliseconds = settleMilliseconds
    self.companion = companion
  }
}

/// May a waiting file be taken?
public enum Readiness: Sendable, Equatable {
  case ready(CompletedBy)
  /// Not before this moment of the monotonic clock; look again then.
  case settling(untilMilliseconds: Int64)
  /// Somebody holds it open for writing; closing it wakes the watch.
  case beingWritten
  case awaitsCompanion
  /// It has a second name somewhere, under which it could be changed after it was judged; said once.
  case hasSecondName(Strange?)
  /// Examined in this very state, and incomplete.
  case held
  /// It no longer lies there as it was listed: the next look will tell.
  case gone
  /// It cannot be opened; the strange thing is nil when it was said before.
  case unreadable(Strange?)
}

/// What the listing alone says about a waiting file.
public enum Settling: Sendable, Equatable {
  /// Complete in this way, unless somebody still writes to it.
  case complete(CompletedBy)
  case restsUntil(milliseconds: Int64)
  case awaitsCompanion
  case hasSecondName
  case held

  public init(of waiting: Waiting, by rule: SettlingRule, for taking: Taking, nowMilliseconds now: Int64) {
    let rested = waiting.restingSince + rule.settleMilliseconds
    if waiting.isHeld {
      self = .held
    } else if let companion = rule.companion {
      let isThere = waiting.companions.contains(companion)
      self =
        !isThere ? .awaitsCompanion : waiting.status.linkCount == 1 ? .complete(.companion) : .hasSecondName
    } else if taking == .once {
      self = waiting.status.linkCount == 1 ? .complete(.once) : .hasSecondName
    } else if waiting.sign == .renamed && waiting.status.linkCount == 1 {
      self = .complete(.rename)
    } else if now < rested {
      self = .restsUntil(milliseconds: rested)
    } else if waiting.status.linkCount > 1 {
      // For a moment every rename that is made of link and unlink has two names; what keeps them is no upload.
      self = .hasSecondName
    } else {
      switch waiting.sign {
      case .renamed: self = .complete(.rename)
      case .closed: self = .complete(.closed)
      case nil: self = .complete(.rest)
      }
    }
  }
}

extension Inbox {
  /// Hands out the file that was found ready last, where it was read for that: it need not be read again.
  public mutating func takeUpload() -> Upload? { upload.take() }

  /// Decides whether a file of the last listing may be taken now.
  ///
  /// Where the kernel will not say who writes (another user's file, a network file system), what the listing says
  /// stands alone; the claim looks again afterwards in any case.
  public mutating func readiness(
    of waiting: Waiting, for taking: Taking, nowMilliseconds now: Int64
  ) -> Readiness {
    let rule = rule(of: waiting.partner)
    switch Settling(of: waiting, by: rule, for: taking, nowMilliseconds: now) {
    case .held: return .held
    case .awaitsCompanion: return .awaitsCompanion
    case .hasSecondName: return .hasSecondName(say(.secondName, about: waiting))
    case .restsUntil(let milliseconds): return .settling(untilMilliseconds: milliseconds)
    case .complete(let completedBy):
      guard let folder = folder(of: waiting.partner) else { return .gone }
      upload = nil
      do throws(FileError) {
        if let upload = try Upload.read(waiting, in: folder) {
          if upload.isBeingWritten { return .beingWritten }
          self.upload = upload
          return .ready(completedBy)
        }
        let descriptor = try folder.openForReading(waiting.name.bytes)
        if Lease.isOpenForWriting(descriptor) == .somebody { return .beingWritten }
        let opened = try descriptor.status()
        return opened.kind == .regular && opened.isAtRest(at: waiting.status) ? .ready(completedBy) : .gone
      } catch {
        // No such file, or a link in its place.
        if error.errno == ENOENT || error.errno == ELOOP { return .gone }
        return .unreadable(say(.unreadable(error), about: waiting))
      }
    }
  }
}

// A sync crew makes many files durable at once: the disk is asked for all of them together, and waited for but once or twice.
//
// fsync(2) returns when the disk has answered, so a hundred of them one after the other wait a hundred times, though a journaling
// file system would have settled all of them in one go. Each of the crew waits for one file; none of them does anything else.

import Glibc
import Synchronization

/// The threads that wait for the disk in the place of one that would wait for one file after the other.
public enum SyncCrew {
  /// So many files are waited for at once.
  private static let hands = 8

  /// Makes each of the open files durable (fsync), in any order; the first that fails, in the order given, is thrown.
  public static func sync(_ descriptors: borrowing DescriptorBundle) throws(FileError) {
    let raws = descriptors.raws
    var answers = [Int](repeating: 0, count: raws.count)
    if raws.count < 2 || OtherThreads.areBarred {
      for place in raws.indices {
        answers[place] = SystemCalls.fsync(raws[place])
        if answers[place] < 0 { break }
      }
    } else {
      let work = Work(raws)
      let helpers = start(work, min(hands, raws.count) - 1)
      work.carryOn()
      for helper in helpers { pthread_join(helper, nil) }
      answers = work.answers
    }
    for place in raws.indices where answers[place] < 0 {
      _ = try granted(answers[place], "fsync", descriptors.places[place].text)
    }
  }

  /// What is to be done, and what came of it.
  private final class Work: Sendable {
    private let raws: [Int32]
    private let next = Atomic<Int>(0)
    private let done: Mutex<[Int]>

    init(_ raws: [Int32]) {
      self.raws = raws
      done = Mutex([Int](repeating: 0, count: raws.count))
    }

    var answers: [Int] { done.withLock { $0 } }

    /// Takes one file after the other until none is left.
    func carryOn() {
      while true {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if place >= raws.count { return }
        let answer = SystemCalls.fsync(raws[place])
        done.withLock { $0[place] = answer }
      }
    }
  }

  /// Starts helpers; where the system gives no more threads, those there are do all of it.
  ///
  /// Sound: each thread gets a reference of its own to the work and gives it back when it ends.
  private static func start(_ work: Work, _ count: Int) -> [pthread_t] {
    var helpers: [pthread_t] = []
    for _ in 0..<count {
      var thread = pthread_t()
      let own = Unmanaged.passRetained(work)
      let answer = pthread_create(
        &thread, nil,
        { given in
          guard let given else { return nil }
          Unmanaged<Work>.fromOpaque(given).takeRetainedValue().carryOn()
          return nil
        }, own.toOpaque())
      if answer == 0 {
        helpers.append(thread)
      } else {
        own.release()
        break
      }
    }
    return helpers
  }
}

/// Open files that are to be made durable together; they are closed when it is let go.
public struct DescriptorBundle: ~Copyable {
  private(set) var raws: [Int32] = []
  private(set) var places: [FilePlace] = []
  private var owned = 0
  /// Folders that others hold open; kept here so that they stay open.
  private var folders: [Folder] = []

  public init() {}

  /// Opens a file for it; all files are added before the first folder.
  public mutating func add(_ name: [UInt8], in folder: Folder) throws(FileError) {
    precondition(folders.isEmpty)
    raws.append(try folder.numberForReading(name))
    places.append(folder.place(name))
    owned += 1
  }

  public mutating func add(_ folder: Folder) {
    folders.append(folder)
    places.append(FilePlace(folder: folder.path, name: []))
    raws.append(folder.raw)
  }

  deinit { for raw in raws[..<owned] { SystemCalls.close(raw) } }
}

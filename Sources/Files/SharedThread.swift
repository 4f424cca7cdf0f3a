internal import Dispatch
internal import Synchronization

/// One thread that fills one ring and empties another, helped by the thread at their other ends whenever that would wait.
///
/// It is for machines of two cores. With a thread for each ring there were three, and the system let two of them wait for one core
/// while the other core stood idle. What is filled and taken, and in which order, hangs on nothing but the rings.
public final class SharedThread: @unchecked Sendable {
  // Sound: `parts` and `isClosed` lie behind the lock, and a part's steps are taken by whoever has it.
  private let bell = DispatchSemaphore(value: 0)
  private let state = Mutex(State())

  private struct State {
    var parts: [Part] = []
    var isClosed = false
  }

  /// What there is to do for one ring.
  final class Part: @unchecked Sendable {
    enum Step { case done, notYet, ended }

    /// How many slots the thread at the other end has left before it must wait.
    let slack: () -> Int
    private let step: () -> Step
    /// Lets those go on who wait for the part's end.
    let finish: () -> Void
    private let isInHand = Atomic(false)

    /// - Parameter step: fills or takes one slot, if that can be done at once.
    init(slack: @escaping () -> Int, step: @escaping () -> Step, finish: @escaping () -> Void) {
      self.slack = slack
      self.step = step
      self.finish = finish
    }

    /// Takes a step, unless the other thread is at one, or has come to the end.
    func tryStep() -> Step {
      let isMine = isInHand.compareExchange(
        expected: false, desired: true, successOrdering: .acquiring, failureOrdering: .relaxed)
      guard isMine.exchanged else { return .notYet }
      let came = step()
      if came != .ended { isInHand.store(false, ordering: .releasing) }
      return came
    }
  }

  public init() {
    DispatchQueue.global(qos: .userInitiated).async { self.serve() }
  }

  /// Fills the ring until the body has nothing more to put there, or the taker leaves; the ring's `join` waits for that.
  public func fill<Slot>(_ ring: Ring<Slot>, _ body: @escaping (inout Slot) -> Bool) {
    add(ring.filler(self, body))
  }

  /// Takes what is in the ring until its filler ends; the ring's `join` waits for that.
  public func take<Slot>(_ ring: Ring<Slot>, _ body: @escaping (inout Slot) -> Void) {
    add(ring.taker(self, body))
  }

  /// No part is added after this: the thread ends with the last of them.
  public func close() {
    state.withLock { $0.isClosed = true }
    ring()
  }

  /// Says that a slot was filled or taken.
  func ring() { bell.signal() }

  /// Does what this thread would have done next, in its stead; false: there is nothing that it is not doing.
  func help() -> Bool {
    let hasHelped = takeStep()
    // It may have looked for what was in this thread's hand.
    if hasHelped { ring() }
    return hasHelped
  }

  private func add(_ part: Part) {
    state.withLock { state in
      precondition(!state.isClosed, "a part was given to a thread that had been told of no more")
      state.parts.append(part)
    }
    ring()
  }

  private func serve() {
    while !state.withLock({ $0.parts.isEmpty && $0.isClosed }) {
      if !takeStep() { bell.wait() }
    }
  }

  /// Of the part that is needed soonest, or of another where that one has nothing to do; false: none had.
  private func takeStep() -> Bool {
    let parts = state.withLock { $0.parts }.map { ($0, $0.slack()) }
    for (part, _) in parts.sorted(by: { $0.1 < $1.1 }) {
      switch part.tryStep() {
      case .done: return true
      case .notYet: continue
      case .ended:
        state.withLock { $0.parts.removeAll { $0 === part } }
        part.finish()
        return true
      }
    }
    return false
  }
}

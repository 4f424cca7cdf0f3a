internal import Dispatch
internal import Synchronization

/// A few slots between two threads: one fills them, the other takes what is in them, in the same order.
///
/// A slot keeps its room from one filling to the next, so nothing is allocated on the way. What is taken depends on what was filled
/// alone, never on which of the two was quicker.
public final class Ring<Slot>: @unchecked Sendable {
  // Sound: a slot belongs to the filler between `empty` and `filled`, and to the taker between `filled` and `empty`; each of the
  // two counters is touched by one thread, or by whoever has the `SharedThread.Part`.
  private let boxes: [Box]
  // A semaphore must not be let go with less than it was made with, so these start at nothing.
  private let empty = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)
  private var fillings = 0
  private var takings = 0
  /// How many slots are filled and not taken yet.
  private let waitingCount = Atomic(0)
  /// Who does the other thread's part, where that has more to do; set before a slot is filled or taken.
  private var shared: SharedThread?
  /// How many fillings there are in all, once the filler knows.
  private let fillingsInAll = Atomic(Int.max)
  private let hasLeft = Atomic(false)

  private final class Box {
    var slot: Slot

    init(_ slot: Slot) { self.slot = slot }
  }

  /// - Parameter depth: how many slots there are; so much is filled ahead at the most.
  public init(depth: Int, _ make: () -> Slot) {
    boxes = (0..<depth).map { _ in Box(make()) }
    for _ in boxes { empty.signal() }
  }

  /// Does the other thread's part; `join` waits for its end.
  public func start(_ part: @escaping @Sendable () -> Void) {
    DispatchQueue.global(qos: .userInitiated).async { [done] in
      part()
      done.signal()
    }
  }

  /// Waits until what `start` began, or a shared thread's part, has ended. To be called once.
  public func join() { wait(for: done) }

  /// Waits for a slot or the end. A shared thread is helped meanwhile, with whatever it is not at.
  private func wait(for signal: DispatchSemaphore) {
    if let shared {
      while signal.wait(timeout: Self.now) == .timedOut {
        if !shared.help() { return signal.wait() }
      }
    } else {
      signal.wait()
    }
  }

  // MARK: The filler

  /// Fills the next slot, as soon as it was taken; false: the body had nothing to put there, or the taker wants no more.
  public func fill(_ body: (inout Slot) throws -> Bool) rethrows -> Bool {
    wait(for: empty)
    return try fillNext(body)
  }

  /// Nothing is filled after this.
  public func end() {
    fillingsInAll.store(fillings, ordering: .releasing)
    filled.signal()
    shared?.ring()
  }

  private func fillNext(_ body: (inout Slot) throws -> Bool) rethrows -> Bool {
    var isFilled = false
    defer {
      (isFilled ? filled : empty).signal()
      shared?.ring()
    }
    if hasLeft.load(ordering: .acquiring) { return false }
    isFilled = try body(&boxes[fillings % boxes.count].slot)
    if isFilled {
      fillings += 1
      waitingCount.add(1, ordering: .relaxed)
    }
    return isFilled
  }

  // MARK: The taker

  /// Takes what is in the next slot, as soon as it was filled; nil: there is nothing more, however often it is asked.
  public func take<Result>(_ body: (inout Slot) throws -> Result) rethrows -> Result? {
    wait(for: filled)
    return try takeNext(body)
  }

  /// Would `take` wait?
  public var isAwaited: Bool {
    waitingCount.load(ordering: .relaxed) == 0 && fillingsInAll.load(ordering: .relaxed) == .max
  }

  private func takeNext<Result>(_ body: (inout Slot) throws -> Result) rethrows -> Result? {
    if takings == fillingsInAll.load(ordering: .acquiring) {
      filled.signal()
      return nil
    }
    defer {
      waitingCount.subtract(1, ordering: .relaxed)
      empty.signal()
      shared?.ring()
    }
    let box = boxes[takings % boxes.count]
    takings += 1
    return try body(&box.slot)
  }

  /// Nothing is taken after this: the filler, should it wait for room, goes on and finds that out.
  public func leave() {
    hasLeft.store(true, ordering: .releasing)
    empty.signal()
    shared?.ring()
  }
}

// MARK: One thread for more than one ring

extension Ring {
  /// Fills on another thread until the body has nothing more to put there, or the taker leaves; `join` waits for that.
  ///
  /// - Parameter shared: the thread, where it has other things to do; else one of its own does it.
  public func fill(on shared: SharedThread?, _ body: @escaping @Sendable (inout Slot) -> Bool) {
    if let shared { return shared.fill(self, body) }
    start {
      while self.fill(body) {}
      self.end()
    }
  }

  /// Takes on another thread until the filler ends, in the same way.
  public func take(on shared: SharedThread?, _ body: @escaping @Sendable (inout Slot) -> Void) {
    if let shared { return shared.take(self, body) }
    start { while self.take(body) != nil {} }
  }

  /// The filler's part, for a thread that has others to do; where the body has nothing to put, nothing is filled after it.
  func filler(_ shared: SharedThread, _ body: @escaping (inout Slot) -> Bool) -> SharedThread.Part {
    self.shared = shared
    return SharedThread.Part(slack: { self.waitingCount.load(ordering: .relaxed) }) {
      guard self.empty.wait(timeout: Self.now) == .success else { return .notYet }
      if self.fillNext(body) { return .done }
      self.end()
      return .ended
    } finish: {
      self.done.signal()
    }
  }

  /// The taker's part, in the same way.
  func taker(_ shared: SharedThread, _ body: @escaping (inout Slot) -> Void) -> SharedThread.Part {
    self.shared = shared
    return SharedThread.Part(slack: { self.boxes.count - self.waitingCount.load(ordering: .relaxed) }) {
      guard self.filled.wait(timeout: Self.now) == .success else { return .notYet }
      return self.takeNext(body) == nil ? .ended : .done
    } finish: {
      self.done.signal()
    }
  }

  /// A moment that has passed: whoever waits until then does not wait.
  private static var now: DispatchTime { DispatchTime(uptimeNanoseconds: 1) }
}

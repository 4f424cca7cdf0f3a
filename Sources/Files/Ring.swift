internal import Dispatch
internal import Synchronization

/// A few slots between two threads: one fills them, the other takes what is in them, in the same order.
///
/// A slot keeps its room from one filling to the next, so nothing is allocated on the way. What is taken depends on what was filled
/// alone, never on which of the two was quicker.
public final class Ring<Slot>: @unchecked Sendable {
  // Sound: a slot belongs to the filler between `empty` and `filled`, and to the taker between `filled` and `empty`; each of the
  // two counters is touched by one thread.
  private let boxes: [Box]
  // A semaphore must not be let go with less than it was made with, so these start at nothing.
  private let empty = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)
  private var fillings = 0
  private var takings = 0
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

  /// Waits until what `start` began has ended. To be called once.
  public func join() { done.wait() }

  // MARK: The filler

  /// Fills the next slot, as soon as it was taken; false: the body had nothing to put there, or the taker wants no more.
  public func fill(_ body: (inout Slot) throws -> Bool) rethrows -> Bool {
    empty.wait()
    var isFilled = false
    defer { (isFilled ? filled : empty).signal() }
    if hasLeft.load(ordering: .acquiring) { return false }
    isFilled = try body(&boxes[fillings % boxes.count].slot)
    if isFilled { fillings += 1 }
    return isFilled
  }

  /// Nothing is filled after this.
  public func end() {
    fillingsInAll.store(fillings, ordering: .releasing)
    filled.signal()
  }

  // MARK: The taker

  /// Takes what is in the next slot, as soon as it was filled; nil: there is nothing more, however often it is asked.
  public func take<Result>(_ body: (inout Slot) throws -> Result) rethrows -> Result? {
    filled.wait()
    if takings == fillingsInAll.load(ordering: .acquiring) {
      filled.signal()
      return nil
    }
    defer { empty.signal() }
    let box = boxes[takings % boxes.count]
    takings += 1
    return try body(&box.slot)
  }

  /// Nothing is taken after this: the filler, should it wait for room, goes on and finds that out.
  public func leave() {
    hasLeft.store(true, ordering: .releasing)
    empty.signal()
  }
}

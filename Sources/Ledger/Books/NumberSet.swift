/// The scan numbers a carrier has used: pages of 65,536 numbers, a bitmap where they are dense, a sorted list where not.
public struct NumberSet: Sendable {
  static let sparseMax = 512
  private static let pageWords = 1024
  private var places: [UInt64: Int] = [:]
  /// Of each page its place among the bitmaps; of one that is a list the complement of its place among the lists.
  private var pages: [Int] = []
  private var bitmaps: [UInt64] = []
  private var lists: [[UInt16]] = []
  /// The page used last: numbers come in runs.
  private var lastHigh: UInt64 = .max
  private var lastPlace = 0
  public private(set) var count = 0

  public init() {}

  public func contains(_ number: UInt64) -> Bool {
    guard let place = place(of: number >> 16) else { return false }
    let low = UInt16(truncatingIfNeeded: number)
    let page = pages[place]
    if page >= 0 { return bitmaps[NumberSet.word(page, low)] & NumberSet.bit(low) != 0 }
    let index = lowerBound(lists[~page], low)
    return index < lists[~page].count && lists[~page][index] == low
  }

  /// Adds a number; false when it was there.
  @discardableResult
  public mutating func insert(_ number: UInt64) -> Bool {
    let place = placeMaking(number >> 16)
    let low = UInt16(truncatingIfNeeded: number)
    let page = pages[place]
    if page >= 0 {
      let word = NumberSet.word(page, low)
      if bitmaps[word] & NumberSet.bit(low) != 0 { return false }
      bitmaps[word] |= NumberSet.bit(low)
    } else {
      let index = lowerBound(lists[~page], low)
      if index < lists[~page].count && lists[~page][index] == low { return false }
      lists[~page].insert(low, at: index)
      if lists[~page].count > NumberSet.sparseMax { makeBitmap(of: place) }
    }
    count += 1
    return true
  }

  /// Takes a number out again.
  public mutating func remove(_ number: UInt64) {
    guard let place = place(of: number >> 16) else { return }
    let low = UInt16(truncatingIfNeeded: number)
    let page = pages[place]
    count -= 1
    if page >= 0 {
      bitmaps[NumberSet.word(page, low)] &= ~NumberSet.bit(low)
    } else {
      let index = lowerBound(lists[~page], low)
      if index < lists[~page].count && lists[~page][index] == low { lists[~page].remove(at: index) }
    }
  }

  private mutating func makeBitmap(of place: Int) {
    let list = ~pages[place]
    pages[place] = bitmaps.count / NumberSet.pageWords
    bitmaps += [UInt64](repeating: 0, count: NumberSet.pageWords)
    for low in lists[list] { bitmaps[NumberSet.word(pages[place], low)] |= NumberSet.bit(low) }
    // The last list takes the place that is free now.
    guard let last = lists.popLast(), list < lists.count else { return }
    lists[list] = last
    if let moved = pages.firstIndex(of: ~lists.count) { pages[moved] = ~list }
  }

  private static func word(_ page: Int, _ low: UInt16) -> Int { page * pageWords + Int(low >> 6) }
  private static func bit(_ low: UInt16) -> UInt64 { 1 << UInt64(low & 63) }

  // MARK: As arrays

  /// The set's pages as plain arrays: of each the high half of its numbers and how many its list has (`denseMark`: it is a
  /// bitmap), then all lists and all bitmaps one after the other.
  struct Arrays {
    var highs: [UInt64] = []
    var fills: [UInt32] = []
    var lists: [UInt16] = []
    var bitmaps: [UInt64] = []

    static let denseMark = UInt32.max
  }

  var arrays: Arrays {
    var arrays = Arrays()
    arrays.highs = [UInt64](repeating: 0, count: pages.count)
    for (high, place) in places { arrays.highs[place] = high }
    // Where they lie in the pages' order, as nearly always, they are not copied: of a large dump they are ten megabytes.
    let liesInOrder = pages.lazy.filter { $0 >= 0 }.elementsEqual(0..<bitmaps.count / NumberSet.pageWords)
    if liesInOrder { arrays.bitmaps = bitmaps } else { arrays.bitmaps.reserveCapacity(bitmaps.count) }
    for page in pages {
      if page >= 0 {
        arrays.fills.append(Arrays.denseMark)
        if liesInOrder { continue }
        arrays.bitmaps += bitmaps[page * NumberSet.pageWords..<(page + 1) * NumberSet.pageWords]
      } else {
        arrays.fills.append(UInt32(lists[~page].count))
        arrays.lists += lists[~page]
      }
    }
    return arrays
  }

  /// The set of these arrays; nil where they are none.
  init?(_ arrays: Arrays) {
    guard arrays.highs.count == arrays.fills.count else { return nil }
    var (list, bitmap) = (0, 0)
    for (high, fill) in zip(arrays.highs, arrays.fills) {
      guard places.updateValue(pages.count, forKey: high) == nil else { return nil }
      if fill == Arrays.denseMark {
        guard arrays.bitmaps.count - bitmap >= NumberSet.pageWords else { return nil }
        let words = arrays.bitmaps[bitmap..<bitmap + NumberSet.pageWords]
        pages.append(bitmap / NumberSet.pageWords)
        bitmap += NumberSet.pageWords
        count += words.reduce(0) { $0 + $1.nonzeroBitCount }
      } else {
        guard arrays.lists.count - list >= Int(fill) else { return nil }
        pages.append(~lists.count)
        lists.append(Array(arrays.lists[list..<list + Int(fill)]))
        list += Int(fill)
        count += Int(fill)
      }
    }
    guard list == arrays.lists.count, bitmap == arrays.bitmaps.count else { return nil }
    bitmaps = arrays.bitmaps
  }

  /// Every number in the set, in order.
  public var members: [UInt64] {
    var members: [UInt64] = []
    members.reserveCapacity(count)
    for (high, place) in places.sorted(by: { $0.key < $1.key }) {
      if pages[place] < 0 {
        members += lists[~pages[place]].map { high << 16 | UInt64($0) }
        continue
      }
      for low in UInt16.min ... .max {
        let isMember = bitmaps[NumberSet.word(pages[place], low)] & NumberSet.bit(low) != 0
        if isMember { members.append(high << 16 | UInt64(low)) }
      }
    }
    return members
  }

  private func place(of high: UInt64) -> Int? {
    if high == lastHigh { return lastPlace }
    return places[high]
  }

  private mutating func placeMaking(_ high: UInt64) -> Int {
    if high == lastHigh { return lastPlace }
    let place: Int
    if let known = places[high] {
      place = known
    } else {
      place = pages.count
      pages.append(~lists.count)
      lists.append([])
      places[high] = place
    }
    lastHigh = high
    lastPlace = place
    return place
  }

  private func lowerBound(_ list: [UInt16], _ value: UInt16) -> Int {
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low + high) / 2
      if list[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

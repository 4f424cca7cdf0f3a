/// The scan numbers a carrier has used: pages of 65,536 numbers, a bitmap where they are dense, a sorted list where not.
package struct NumberSet: Sendable {
  private enum Page: Sendable {
    case sparse([UInt16])
    case dense([UInt64])
  }

  static let sparseMax = 512
  private static let pageWords = 1024
  private var places: [UInt64: Int] = [:]
  private var pages: [Page] = []
  /// The page used last: numbers come in runs.
  private var lastHigh: UInt64 = .max
  private var lastPlace = 0
  package private(set) var count = 0

  package init() {}

  package func contains(_ number: UInt64) -> Bool {
    guard let place = place(of: number >> 16) else { return false }
    let low = UInt16(truncatingIfNeeded: number)
    switch pages[place] {
    case .sparse(let list):
      let index = lowerBound(list, low)
      return index < list.count && list[index] == low
    case .dense(let words):
      return words[Int(low) >> 6] >> UInt64(low & 63) & 1 == 1
    }
  }

  /// Adds a number; false when it was there.
  @discardableResult
  package mutating func insert(_ number: UInt64) -> Bool {
    let place = placeMaking(number >> 16)
    let low = UInt16(truncatingIfNeeded: number)
    switch pages[place] {
    case .sparse(var list):
      let index = lowerBound(list, low)
      if index < list.count && list[index] == low { return false }
      pages[place] = .sparse([])
      if list.count < NumberSet.sparseMax {
        list.insert(low, at: index)
        pages[place] = .sparse(list)
      } else {
        var words = [UInt64](repeating: 0, count: NumberSet.pageWords)
        for member in list { words[Int(member) >> 6] |= 1 << UInt64(member & 63) }
        words[Int(low) >> 6] |= 1 << UInt64(low & 63)
        pages[place] = .dense(words)
      }
    case .dense(var words):
      if words[Int(low) >> 6] >> UInt64(low & 63) & 1 == 1 { return false }
      pages[place] = .sparse([])
      words[Int(low) >> 6] |= 1 << UInt64(low & 63)
      pages[place] = .dense(words)
    }
    count += 1
    return true
  }

  /// Takes a number out again.
  package mutating func remove(_ number: UInt64) {
    guard let place = place(of: number >> 16) else { return }
    let low = UInt16(truncatingIfNeeded: number)
    count -= 1
    switch pages[place] {
    case .sparse(var list):
      let index = lowerBound(list, low)
      if index < list.count && list[index] == low { list.remove(at: index) }
      pages[place] = .sparse(list)
    case .dense(var words):
      words[Int(low) >> 6] &= ~(1 << UInt64(low & 63))
      pages[place] = .dense(words)
    }
  }

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
    for page in pages {
      switch page {
      case .sparse(let list):
        arrays.fills.append(UInt32(list.count))
        arrays.lists += list
      case .dense(let words):
        arrays.fills.append(Arrays.denseMark)
        arrays.bitmaps += words
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
        let words = Array(arrays.bitmaps[bitmap..<bitmap + NumberSet.pageWords])
        bitmap += NumberSet.pageWords
        count += words.reduce(0) { $0 + $1.nonzeroBitCount }
        pages.append(.dense(words))
      } else {
        guard arrays.lists.count - list >= Int(fill) else { return nil }
        pages.append(.sparse(Array(arrays.lists[list..<list + Int(fill)])))
        list += Int(fill)
        count += Int(fill)
      }
    }
    guard list == arrays.lists.count, bitmap == arrays.bitmaps.count else { return nil }
  }

  /// Every number in the set, in order.
  package var members: [UInt64] {
    var members: [UInt64] = []
    members.reserveCapacity(count)
    for (high, place) in places.sorted(by: { $0.key < $1.key }) {
      switch pages[place] {
      case .sparse(let list): members += list.map { high << 16 | UInt64($0) }
      case .dense(let words):
        for low in 0..<UInt64(65_536) where words[Int(low >> 6)] >> (low & 63) & 1 == 1 {
          members.append(high << 16 | low)
        }
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
      pages.append(.sparse([]))
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

internal import Files
public import Orders

/// Keys that are looked up many at once.
extension KeyTable {
  /// How many keys are looked up at once at the most.
  public static let stageKeys = 64

  /// Looks up many keys at once, in passes over all of them, so that the memory's answers overlap: of a large table each look
  /// costs several waits for memory, and these are long.
  ///
  /// - Parameters:
  ///   - cells: of these every `width`th from `first` on is a key, and an empty one is none; `count` of them, at most `stageKeys`.
  ///   - near: gets the number of each, `Books.noKey` where there is no such key, and what it is sought by.
  public func find(
    _ cells: Span<Slice>, from first: Int, by width: Int, count: Int, in bytes: Span<UInt8>,
    into near: inout NearKeys
  ) {
    precondition(!kind.contains(.hasPrefix) && count <= KeyTable.stageKeys)
    near.removeAll()
    var found = InlineArray<64, UInt32>(repeating: 0)
    var texts = InlineArray<64, UInt64>(repeating: 0)
    let size = slots.count
    var isAny = false
    near.soughts.append(addingCapacity: count) { room in
      for index in 0..<count {
        let cell = cells[first + index * width]
        if cell.isAbsent {
          room.append(Sought(hash: 0))
          continue
        }
        let sought = sought(bytes.extracting(cell.range))
        room.append(sought)
        // While the next key is taken apart, the memory answers.
        found[index] = slots[KeyTable.place(sought.hash, size)]
        isAny = true
      }
    }
    if !isAny {
      near.numbers.append(contentsOf: repeatElement(Books.noKey, count: count))
      return
    }
    for index in 0..<count where found[index] != 0 {
      let hash = near.soughts[index].hash
      let tag = KeyTable.tag(hash, numberBits)
      var place = KeyTable.place(hash, size)
      while found[index] != 0 && found[index] >> numberBits != tag {
        place = KeyTable.following(place, size)
        found[index] = slots[place]
      }
    }
    for index in 0..<count where found[index] != 0 {
      texts[index] = words[KeyTable.number(in: found[index], numberBits)]
    }
    near.numbers.append(addingCapacity: count) { room in
      for index in 0..<count {
        let cell = cells[first + index * width]
        if found[index] == 0 {
          room.append(Books.noKey)
          continue
        }
        let key = bytes.extracting(cell.range)
        if isKey(word: texts[index], key, near.soughts[index]) {
          room.append(UInt32(truncatingIfNeeded: KeyTable.number(in: found[index], numberBits)))
        } else {
          // Another key with the same tag.
          room.append(find(key, prefix: 0, near.soughts[index]).map { UInt32($0) } ?? Books.noKey)
        }
      }
    }
  }

  /// Looks at the texts of keys, of all of them at once; gives a sum that means nothing.
  /// - Parameter numbers: at most `stageKeys`; `UInt32.max` for none.
  func look(at numbers: Span<UInt32>) -> UInt64 {
    var sum: UInt64 = 0
    for index in numbers.indices where numbers[index] != .max { sum &+= words[Int(numbers[index])] }
    return sum
  }
}

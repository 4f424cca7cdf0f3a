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
  ///   - keys: what the keys are sought by; it learns which of their spellings are shapes of this table.
  ///   - rows: those of them that are looked up, at most `stageKeys`.
  ///   - cells: where the keys stand: every `width`th from `first` on, counted from the first of `rows`.
  ///   - numbers: gets the number of each, `Books.noKey` where there is no such key.
  public func find(
    _ keys: inout SoughtKeys, _ rows: Range<Int>, of cells: Span<Slice>, from first: Int, by width: Int,
    in bytes: Span<UInt8>, into numbers: inout [UInt32]
  ) {
    precondition(!kind.contains(.hasPrefix) && rows.count <= KeyTable.stageKeys)
    numbers.removeAll(keepingCapacity: true)
    let count = rows.count
    var found = InlineArray<64, UInt32>(repeating: 0)
    var words = InlineArray<64, UInt64>(repeating: 0)
    let size = slots.count
    var some: UInt32 = 0
    do {
      let soughts = keys.soughts.span.extracting(rows)
      let slots = slots.span
      for index in 0..<count where !soughts[index].isNothing {
        let slot = slots[KeyTable.place(soughts[index].hash, size)]
        found[index] = slot
        some |= slot
      }
      if some == 0 {
        numbers.append(contentsOf: repeatElement(Books.noKey, count: count))
        return
      }
      for index in 0..<count where found[index] != 0 {
        let hash = soughts[index].hash
        let tag = KeyTable.tag(hash, numberBits)
        if found[index] >> numberBits == tag { continue }
        var place = KeyTable.place(hash, size)
        while found[index] != 0 && found[index] >> numberBits != tag {
          place = KeyTable.following(place, size)
          found[index] = slots[place]
        }
      }
      for index in 0..<count where found[index] != 0 {
        words[index] = self.words[KeyTable.number(in: found[index], numberBits)]
      }
    }
    // The slots make room for the numbers: a closure that fills `numbers` here would hold a copy of the whole table.
    for index in 0..<count {
      if found[index] == 0 {
        found[index] = Books.noKey
        continue
      }
      let number = UInt32(truncatingIfNeeded: KeyTable.number(in: found[index], numberBits))
      let (word, row) = (words[index], rows.lowerBound &+ index)
      let sought = keys.soughts[row]
      let spelling = keys.spellings[row]
      // The texts of one spelling are compared once.
      if spelling < 16, word & KeyTable.digitsMask == sought.digits.word,
        word >> 54 == UInt64(keys.shapes[Int(spelling)])
      {
        found[index] = number
        continue
      }
      let key = bytes.extracting(cells[first + index * width].range)
      if isKey(word: word, key, sought) {
        if spelling < 16 && word >> 63 == 0 {
          keys.shapes[Int(spelling)] = UInt16(truncatingIfNeeded: word >> 54)
        }
        found[index] = number
      } else {
        // Another key with the same tag.
        found[index] = find(key, prefix: 0, sought).map { UInt32($0) } ?? Books.noKey
      }
    }
    numbers.append(addingCapacity: count) { room in
      for index in 0..<count { room.append(found[index]) }
    }
  }

  /// Looks at the text of a key; gives a number that means nothing.
  @inline(__always)
  func look(at number: Int) -> UInt64 { words[number] }
}

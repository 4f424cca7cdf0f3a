internal import Files
internal import Orders

/// Steps of a run that have something in common, by their places in the run.
struct KeyedSteps: ~Copyable {
  /// To be read by its span: of an inline array whose elements are asked for one by one, all of it is copied for each of them.
  private(set) var places = InlineArray<128, UInt8>(repeating: 0)
  private(set) var count = 0

  /// So many steps make a run at the most.
  static let runMax = 128

  @inline(__always)
  mutating func append(_ place: Int) {
    places[count] = UInt8(truncatingIfNeeded: place)
    count &+= 1
  }
}

extension KeyTable {
  /// Looks at the slots where the keys of steps would begin to be looked for; gives a sum that means nothing.
  @inline(__always)
  func look(at listed: borrowing KeyedSteps, of steps: Span<ReplayStep>) -> UInt64 {
    let (slots, places) = (slots.span, listed.places.span)
    var sum: UInt64 = 0
    for index in 0..<listed.count {
      sum &+= UInt64(slots[KeyTable.place(steps[Int(places[index])].hash, slots.count)])
    }
    return sum
  }

  /// Enters keys of steps, one behind the other: what `findOrInsert` does with each of them.
  ///
  /// - Parameters:
  ///   - listed: which of the steps bear a key of this table.
  ///   - isNew: none of them is known; nobody looks whether it is.
  ///   - movesKnown: those that are known get another value.
  ///   - numbers: what each key would stand for, by its step's place; gets the key's number.
  mutating func enter(
    _ listed: borrowing KeyedSteps, of steps: Span<ReplayStep>, in bytes: Span<UInt8>, isNew: Bool = false,
    movesKnown: Bool = false, _ numbers: inout InlineArray<128, UInt32>
  ) {
    if listed.count == 0 { return }
    if words.count + listed.count > countMax {
      // It grows at the very key that has no room.
      return enterEach(listed, of: steps, in: bytes, isNew: isNew, movesKnown: movesKnown, &numbers)
    }
    let known = words.count
    let hasPrefix = kind.contains(.hasPrefix)
    // What is added is kept aside until the last of them: each of the lists is then made longer once.
    var added = 0
    var addedWords = InlineArray<128, UInt64>(repeating: 0)
    var addedPlaces = InlineArray<128, UInt8>(repeating: 0)
    var addedValues = InlineArray<128, UInt32>(repeating: 0)
    let places = listed.places.span
    var table = takeSlots()
    do {
      var slots = table.mutableSpan
      let (size, numberBits) = (slots.count, numberBits)
      for index in 0..<listed.count {
        let step = Int(places[index])
        let sought = steps[step].sought
        let tag = KeyTable.tag(sought.hash, numberBits)
        var place = KeyTable.place(sought.hash, size)
        var found: Int?
        while slots[place] != 0 {
          if !isNew, slots[place] >> numberBits == tag {
            let number = KeyTable.number(in: slots[place], numberBits)
            let word = number < known ? words[number] : addedWords[number - known]
            if isKey(word: word, bytes.extracting(steps[step].text.range), sought) {
              let prefix =
                !hasPrefix
                ? steps[step].subject
                : number < known ? prefixes[number] : steps[Int(addedPlaces[number - known])].subject
              if prefix == steps[step].subject {
                found = number
                break
              }
            }
          }
          place = KeyTable.following(place, size)
        }
        if let found {
          if movesKnown {
            if found < known {
              setValue(found, numbers[step])
            } else {
              addedValues[found - known] = numbers[step]
            }
          }
          numbers[step] = UInt32(truncatingIfNeeded: found)
          continue
        }
        addedWords[added] = word(of: bytes.extracting(steps[step].text.range), sought, steps[step].spelling)
        addedPlaces[added] = places[index]
        addedValues[added] = numbers[step]
        slots[place] = KeyTable.slot(known + added, sought.hash, numberBits)
        numbers[step] = UInt32(truncatingIfNeeded: known + added)
        added += 1
      }
    }
    putBack(slots: &table)
    words.append(addingCapacity: added) { words in for index in 0..<added { words.append(addedWords[index]) }
    }
    if !kind.contains(.standsForItself) {
      values.append(addingCapacity: added) { values in
        for index in 0..<added { values.append(addedValues[index]) }
      }
    }
    if hasPrefix {
      prefixes.append(addingCapacity: added) { prefixes in
        for index in 0..<added { prefixes.append(steps[Int(addedPlaces[index])].subject) }
      }
    }
  }

  @inline(never)
  private mutating func enterEach(
    _ listed: borrowing KeyedSteps, of steps: Span<ReplayStep>, in bytes: Span<UInt8>, isNew: Bool,
    movesKnown: Bool, _ numbers: inout InlineArray<128, UInt32>
  ) {
    let places = listed.places.span
    for index in 0..<listed.count {
      let step = Int(places[index])
      let key = bytes.extracting(steps[step].text.range)
      let prefix = kind.contains(.hasPrefix) ? steps[step].subject : 0
      let value = kind.contains(.standsForItself) ? UInt32(count) : numbers[step]
      if isNew {
        numbers[step] = UInt32(
          insert(key, prefix: prefix, steps[step].sought, value: value, spelling: steps[step].spelling))
        continue
      }
      let (number, isAdded) = findOrInsert(
        key, prefix: prefix, steps[step].sought, value: value, spelling: steps[step].spelling)
      if !isAdded && movesKnown { setValue(number, value) }
      numbers[step] = UInt32(number)
    }
  }
}

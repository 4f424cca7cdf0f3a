internal import Files

/// Room for keys that are foreseen: by a replay, or in a file whose first rows are known.
extension KeyTable {
  /// Makes room for keys that are about to come, and for those that will come behind them, as far as can be foreseen.
  mutating func makeRoom(for count: Int, _ outlook: ReplayOutlook) {
    let needed = words.count + count
    let expected = outlook.expected(words.count, adding: count)
    words.makeRoom(for: needed, expecting: expected)
    if kind.contains(.hasPrefix) { prefixes.makeRoom(for: needed, expecting: expected) }
    if !kind.contains(.standsForItself) { values.makeRoom(for: needed, expecting: expected) }
    if needed > countMax { makeSlots(for: expected) }
  }

  /// Makes room for so many keys in all.
  mutating func makeRoom(expecting expected: Int) {
    words.makeRoom(for: expected, expecting: expected)
    if kind.contains(.hasPrefix) { prefixes.makeRoom(for: expected, expecting: expected) }
    if !kind.contains(.standsForItself) { values.makeRoom(for: expected, expecting: expected) }
    if expected > countMax { makeSlots(for: expected) }
  }

  private mutating func makeSlots(for expected: Int) {
    var size = slots.count
    while KeyTable.keysMax(slots: size) < expected { size = KeyTable.size(behind: size) }
    resize(to: size)
    hasRoomAhead = true
  }

  /// Gives back what room was made in vain: the table is as large then as if it had grown key by key.
  mutating func giveBackRoom() {
    if !hasRoomAhead { return }
    hasRoomAhead = false
    var size = KeyTable.slotsMin
    while KeyTable.keysMax(slots: size) < words.count { size = KeyTable.size(behind: size) }
    if size < slots.count { resize(to: size) }
  }
}

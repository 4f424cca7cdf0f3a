internal import Files

/// Room for keys that are foreseen: by a replay, or in a file whose first rows are known.
extension KeyTable {
  /// Makes room for keys that are about to come, and for those that will come behind them, as far as can be foreseen.
  mutating func makeRoom(for count: Int, _ outlook: ReplayOutlook) {
    makeRoom(for: words.count + count, expecting: outlook.expected(words.count, adding: count))
  }

  /// Makes room for so many keys in all.
  mutating func makeRoom(expecting expected: Int) { makeRoom(for: expected, expecting: expected) }

  /// Makes room for so many keys in all, and where there is none for them, at once for as many as are expected.
  private mutating func makeRoom(for needed: Int, expecting expected: Int) {
    words.makeRoom(for: needed, expecting: expected)
    if kind.contains(.hasPrefix) { prefixes.makeRoom(for: needed, expecting: expected) }
    if !kind.contains(.standsForItself) { values.makeRoom(for: needed, expecting: expected) }
    if needed <= countMax { return }
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

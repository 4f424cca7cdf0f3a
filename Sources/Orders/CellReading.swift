/// Reading the other cells: what counts as absent, what a spreadsheet spoilt, and numbers, byte by byte.
///
/// Nothing is repaired: what does not read as it stands is nil, and the row says so.

/// Do the bytes mean that there is no value: nothing but blanks, `NA`, `N/A`, `null`, `None`, `-` or a date of zeros?
///
/// Letters count without case, blanks around the word do not count (domain.md 1.3).
@inlinable
public func isAbsent(_ bytes: Span<UInt8>) -> Bool {
  if bytes.isEmpty { return true }
  // Nearly every cell leaves here: absence begins with a blank, `-`, `0` or `n`.
  let first = bytes[0]
  if first > UInt8(ascii: "0") && first | 32 != UInt8(ascii: "n") { return false }
  return spellsAbsence(bytes)
}

@usableFromInline
func spellsAbsence(_ bytes: Span<UInt8>) -> Bool {
  var start = 0
  var end = bytes.count
  while start < end && isBlank(bytes[start]) { start += 1 }
  while end > start && isBlank(bytes[end - 1]) { end -= 1 }
  switch end - start {
  case 0: return true
  case 1: return bytes[start] == UInt8(ascii: "-")
  case 2: return lowercase(bytes, start, 2) == 0x6E61
  case 3: return lowercase(bytes, start, 3) == 0x6E_2F61 && bytes[start + 1] == UInt8(ascii: "/")
  case 4:
    let word = lowercase(bytes, start, 4)
    return word == 0x6E75_6C6C || word == 0x6E6F_6E65
  case 10, 19: return isDateOfZeros(bytes, start..<end)
  default: return false
  }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

/// A short word in lower case as one number, its first letter highest.
private func lowercase(_ bytes: Span<UInt8>, _ place: Int, _ count: Int) -> UInt32 {
  var word: UInt32 = 0
  for step in 0..<count { word = word << 8 | UInt32(bytes[place + step] | 32) }
  return word
}

/// `0000-00-00`, or `0000-00-00 00:00:00`.
private func isDateOfZeros(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
  for place in range {
    let expected: UInt8 =
      switch place - range.lowerBound {
      case 4, 7: UInt8(ascii: "-")
      case 10: UInt8(ascii: " ")
      case 13, 16: UInt8(ascii: ":")
      default: UInt8(ascii: "0")
      }
    if bytes[place] != expected { return false }
  }
  return true
}

/// Has a spreadsheet turned an identifier into a number: `1.2E+11`, `1.23e12`, `123.0`, `="001"`?
///
/// `12E5` is no damage: a spreadsheet writes a point or a sign, and a code may well look like that.
public func spreadsheetDamage(_ bytes: Span<UInt8>) -> Bool {
  let count = bytes.count
  guard count >= 3 else { return false }
  if bytes[0] == UInt8(ascii: "=") {
    return bytes[1] == UInt8(ascii: "\"") && bytes[count - 1] == UInt8(ascii: "\"")
  }
  var place = bytes[0] == UInt8(ascii: "-") ? 1 : 0
  let whole = digits(bytes, from: place)
  if whole == place { return false }
  place = whole
  var hasPoint = false
  if place < count && bytes[place] == UInt8(ascii: ".") {
    hasPoint = true
    let end = digits(bytes, from: place + 1)
    if end == place + 1 { return false }
    if end == count {
      for step in place + 1..<end where bytes[step] != UInt8(ascii: "0") { return false }
      return true
    }
    place = end
  }
  guard place < count && bytes[place] | 32 == UInt8(ascii: "e") else { return false }
  place += 1
  let hasSign = place < count && (bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-"))
  if hasSign { place += 1 }
  return (hasPoint || hasSign) && place < count && digits(bytes, from: place) == count
}

/// The place after the digits that begin at the place.
private func digits(_ bytes: Span<UInt8>, from place: Int) -> Int {
  var end = place
  while end < bytes.count && bytes[end] &- 48 <= 9 { end += 1 }
  return end
}

/// A whole number of pieces, 1 to 99999; nil for anything else, `1.0` and `+1` too.
public func readQuantity(_ bytes: Span<UInt8>) -> Int32? { readWhole(bytes, 1...99_999) }

/// A whole number of pieces on a shelf, 0 to 99999999.
public func readStock(_ bytes: Span<UInt8>) -> Int32? { readWhole(bytes, 0...99_999_999) }

/// A whole number of pieces of a line, 0 to 99999.
public func readCount(_ bytes: Span<UInt8>) -> Int32? { readWhole(bytes, 0...99_999) }

private func readWhole(_ bytes: Span<UInt8>, _ range: ClosedRange<Int32>) -> Int32? {
  guard bytes.count >= 1 && bytes.count <= 9 else { return nil }
  var value: Int32 = 0
  for place in bytes.indices {
    let digit = bytes[place] &- 48
    if digit > 9 { return nil }
    value = value &* 10 &+ Int32(digit)
  }
  return range.contains(value) ? value : nil
}

/// An amount in millionths: digits, and optionally a point and one to six digits; no sign, no comma, no exponent.
public func readAmountMillionths(_ bytes: Span<UInt8>) -> Int64? {
  // Twelve digits before the point and six behind it fit 64 bits.
  let count = bytes.count
  if count == 0 || count > 19 { return nil }
  var value: Int64 = 0
  var whole = count
  for place in 0..<count {
    let digit = bytes[place] &- 48
    if digit <= 9 {
      value = value &* 10 &+ Int64(digit)
    } else {
      if bytes[place] != UInt8(ascii: ".") || whole != count { return nil }
      whole = place
    }
  }
  if whole == 0 || whole > 12 { return nil }
  switch count - whole {
  case 0: return value &* 1_000_000
  case 2: return value &* 100_000
  case 3: return value &* 10_000
  case 4: return value &* 1000
  case 5: return value &* 100
  case 6: return value &* 10
  case 7: return value
  default: return nil
  }
}

/// The amount as people write it: `229.00`, with up to six decimals where there are as many.
public func amountText(millionths: Int64) -> String {
  var fraction = String(millionths % 1_000_000 + 1_000_000).dropFirst()
  while fraction.count > 2 && fraction.hasSuffix("0") { fraction.removeLast() }
  return "\(millionths / 1_000_000).\(fraction)"
}

/// A carrier's scan number when it is all digits, at most nineteen of them.
public func readScanNumber(_ bytes: Span<UInt8>) -> UInt64? {
  guard bytes.count >= 1 && bytes.count <= 19 else { return nil }
  var value: UInt64 = 0
  for place in bytes.indices {
    let digit = bytes[place] &- 48
    if digit > 9 { return nil }
    value = value &* 10 &+ UInt64(digit)
  }
  return value
}

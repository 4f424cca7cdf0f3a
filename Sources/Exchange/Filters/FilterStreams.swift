internal import Files

/// The lines of a filter's input, in their order, held against their trailer.
public final class LineInput {
  /// Appends up to so many bytes; 0 at the end.
  public typealias Source = (_ buffer: inout [UInt8], _ count: Int) throws -> Int

  private let source: Source
  private var buffer: [UInt8] = []
  private var place = 0
  private var isAtEnd = false
  private var number: UInt64 = 0
  private var last: [UInt8] = []
  private var found = LineSum()
  private var said: LineSum?
  private var ahead: KeyedLine?
  private let isOrdered: Bool

  /// - Parameter isOrdered: must the lines be sorted?
  public init(isOrdered: Bool = true, _ source: @escaping Source) {
    self.source = source
    self.isOrdered = isOrdered
  }

  public convenience init(bytes: [UInt8], isOrdered: Bool = true) {
    var rest = bytes[...]
    self.init(isOrdered: isOrdered) { buffer, count in
      let part = rest.prefix(count)
      buffer += part
      rest = rest.dropFirst(part.count)
      return part.count
    }
  }

  /// The next line, which stays; nil at the end, when the trailer was right.
  func peek() throws -> KeyedLine? {
    if ahead == nil { ahead = try read() }
    return ahead
  }

  public func next() throws -> KeyedLine? {
    defer { ahead = nil }
    return try peek()
  }

  /// The next line if it is of this key.
  func next(of key: [UInt8]) throws -> KeyedLine? {
    guard let line = try peek(), line.key == key else { return nil }
    return try next()
  }

  private func read() throws -> KeyedLine? {
    while true {
      guard let bytes = try line() else {
        guard let said else { throw FilterFault.noTrailer }
        if said != found { throw FilterFault.wrongTrailer(says: said.count, found: found.count) }
        return nil
      }
      number += 1
      if let trailer = LineSum(trailer: bytes) {
        var sum = said ?? LineSum()
        sum.add(trailer)
        said = sum
        continue
      }
      if said != nil && isOrdered { throw FilterFault.behindTrailer }
      guard let line = KeyedLine(bytes) else { throw FilterFault.noLine(number: number) }
      if isOrdered {
        if bytes.lexicographicallyPrecedes(last) { throw FilterFault.outOfOrder(number: number) }
        last = Array(bytes)
      }
      found.add(bytes)
      return line
    }
  }

  private func line() throws -> ArraySlice<UInt8>? {
    var searched = place
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { place = end + 1 }
        return buffer[place..<end]
      }
      searched = buffer.count
      if isAtEnd {
        // A line without its end was cut.
        if place < buffer.count { throw FilterFault.noTrailer }
        return nil
      }
      buffer.removeFirst(place)
      searched -= place
      place = 0
      if try source(&buffer, 256 << 10) == 0 { isAtEnd = true }
    }
  }
}

/// The lines that a filter writes, and the trailer behind them.
public final class LineOutput {
  private let sink: ([UInt8]) throws -> Void
  private var waiting: [UInt8] = []
  private var sum = LineSum()

  public init(_ sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }

  public func write(_ line: KeyedLine) throws {
    let bytes = line.bytes
    sum.add(bytes)
    waiting += bytes
    waiting.append(UInt8(ascii: "\n"))
    if waiting.count >= 256 << 10 { try flush() }
  }

  /// All is written: the trailer says so.
  public func finish() throws {
    waiting += sum.trailer
    waiting.append(UInt8(ascii: "\n"))
    try flush()
  }

  private func flush() throws {
    try sink(waiting)
    waiting.removeAll(keepingCapacity: true)
  }
}

/// Slices as the readers handle them, cell by cell.
///
/// These few lines say again what `Slice` says, because they run for every cell of every file: within the room they cost nothing, a call
/// into another room costs more than they do.
import Orders

extension Slice {
  /// What `absent` is, without asking another room for it.
  @inline(__always)
  static var nothing: Slice { Slice(offset: 0, length: 0) }
  @inline(__always)
  var start: Int { Int(offset) }
  @inline(__always)
  var end: Int { Int(offset) &+ Int(length) }
  @inline(__always)
  var isEmpty: Bool { length == 0 }
  @inline(__always)
  var places: Range<Int> { start..<end }

  /// Another stretch of the same bytes.
  @inline(__always)
  func moved(to start: Int, end: Int) -> Slice {
    var slice = self
    slice.offset = UInt32(truncatingIfNeeded: start)
    slice.length = UInt32(truncatingIfNeeded: end &- start)
    return slice
  }
}

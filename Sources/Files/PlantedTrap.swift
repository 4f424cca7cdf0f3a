// A planted trap is a fault of our own, put where a test wants it; it exists in debug builds only.

import Glibc

/// Faults that no input should be able to provoke, provoked by a file's name.
///
/// In debug builds `WAYBILL_TRAP=orders-9.csv:trap` makes the judgement of a file of that name fail: `trap` is a broken
/// precondition, `pointer` an access to memory that is not ours, `stack` a recursion without end, `sum` rows that do not add up, `ahead`
/// a broken precondition while it is parsed and another file is judged.
public enum PlantedTrap {
  #if DEBUG
    /// Fails here if a trap is planted for the file.
    public static func spring(for name: [UInt8]) {
      guard let planted, planted.name == name else { return }
      switch planted.kind {
      case "trap": preconditionFailure("a planted trap")
      case "pointer": touchForeignMemory()
      case "stack": _ = recurse(1)
      default: break
      }
    }

    /// Fails here if a trap is planted for the file's being parsed ahead.
    public static func springAhead(for name: [UInt8]) {
      guard let planted, planted.name == name, planted.kind == "ahead", PoisonMark.isAhead else { return }
      preconditionFailure("a planted trap")
    }

    /// Shall the rows of the file not add up?
    public static func breaksSum(of name: [UInt8]) -> Bool {
      planted?.name == name && planted?.kind == "sum"
    }

    private static let planted: (name: [UInt8], kind: String)? = {
      guard let line = getenv("WAYBILL_TRAP") else { return nil }
      let fields = String(cString: line).split(separator: ":")
      precondition(fields.count == 2, "WAYBILL_TRAP names a file and a kind of trap")
      return (Array(fields[0].utf8), String(fields[1]))
    }()

    /// Unsound by intent: the first page of memory belongs to nobody.
    private static func touchForeignMemory() {
      UnsafeMutablePointer<UInt8>(bitPattern: 64)?.pointee = 1
    }

    @inline(never)
    private static func recurse(_ depth: Int) -> Int { depth < 0 ? depth : recurse(depth + 1) &+ depth }
  #else
    @inlinable
    public static func spring(for name: [UInt8]) {}
    @inlinable
    public static func springAhead(for name: [UInt8]) {}
    @inlinable
    public static func breaksSum(of name: [UInt8]) -> Bool { false }
  #endif
}

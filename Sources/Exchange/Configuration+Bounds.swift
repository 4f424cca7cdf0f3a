/// The bounds by the names that the configuration uses.

internal import Orders

extension Bounds {
  /// One bound: its name, how high it may be set, and how it is read and written.
  struct Setting: Sendable {
    let name: String
    let highest: Int64
    let read: @Sendable (Bounds) -> Int64
    let write: @Sendable (inout Bounds, Int64) -> Void
  }

  static let settings: [Setting] = [
    Setting(
      name: "fileBytesMax", highest: 1 << 44, read: { $0.fileBytesMax }, write: { $0.fileBytesMax = $1 }),
    Setting(
      name: "recordBytesMax", highest: 1 << 28, read: { Int64($0.recordBytesMax) },
      write: { $0.recordBytesMax = Int($1) }),
    Setting(
      name: "cellBytesMax", highest: 1 << 28, read: { Int64($0.cellBytesMax) },
      write: { $0.cellBytesMax = Int($1) }),
    Setting(
      name: "columnsMax", highest: 1 << 16, read: { Int64($0.columnsMax) }, write: { $0.columnsMax = Int($1) }
    ),
    Setting(name: "depthMax", highest: 512, read: { Int64($0.depthMax) }, write: { $0.depthMax = Int($1) }),
    Setting(
      name: "linesPerOrderMax", highest: 1 << 20, read: { Int64($0.linesPerOrderMax) },
      write: { $0.linesPerOrderMax = Int($1) }),
    Setting(
      name: "expandedBytesMax", highest: 1 << 44, read: { $0.expandedBytesMax },
      write: { $0.expandedBytesMax = $1 }),
    Setting(
      name: "expansionRatioMax", highest: 1 << 20, read: { Int64($0.expansionRatioMax) },
      write: { $0.expansionRatioMax = Int($1) }),
  ]
}

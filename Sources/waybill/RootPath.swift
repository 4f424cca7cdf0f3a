/// Paths below ROOT, as they are shown and opened.

enum RootPath {
  static func of(_ root: String, _ name: String) -> String {
    root == "." ? name : root.hasSuffix("/") ? root + name : root + "/" + name
  }
}

extension Arguments {
  /// The configuration file that holds for these arguments.
  var configuration: String { config ?? RootPath.of(root, "exchange.json") }
}

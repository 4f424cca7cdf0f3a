/// The programs from outside that judge the documents: what they can read, a partner's printer and scanner can.

// Foundation starts the programs; nothing of it is under test.
import Foundation
import TestSupport

enum DocumentTool: String {
  case text = "pdftotext"
  case picture = "pdftoppm"
  case facts = "pdfinfo"
  case scanner = "zbarimg"

  var path: String? {
    ["/usr/bin/", "/usr/local/bin/"].map { $0 + rawValue }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  var isInstalled: Bool { path != nil }

  /// Runs the program to its end.
  /// - Returns: its exit status, and what it said.
  func run(_ arguments: [String], in folder: TemporaryFolder) throws -> (status: Int32, said: String) {
    guard let path else { throw TestFailure("\(rawValue) is not installed") }
    try folder.write("", to: "said")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: folder.path("said"))
    process.standardError = FileHandle(forWritingAtPath: folder.path("complaints")) ?? FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try folder.text("said"))
  }

  /// The text that can be copied out of a document, as it stands on the page.
  static func text(of pdf: [UInt8]) throws -> String {
    try withTemporaryFolder { folder in
      try folder.write(pdf, to: "document.pdf")
      try folder.write("", to: "complaints")
      let (status, said) = try text.run(["-layout", "-enc", "UTF-8", "document.pdf", "-"], in: folder)
      let complaints = try folder.text("complaints")
      guard status == 0, complaints.isEmpty else { throw TestFailure("pdftotext: \(status), \(complaints)") }
      return said
    }
  }

  /// What a scanner reads from the first page, printed as a label printer of 203 dots to the inch prints it.
  static func barcodes(of pdf: [UInt8]) throws -> [String] {
    try withTemporaryFolder { folder in
      try folder.write(pdf, to: "document.pdf")
      let printed = try picture.run(
        ["-r", "203.2", "-mono", "-singlefile", "document.pdf", "page"], in: folder)
      guard printed.status == 0 else { throw TestFailure("pdftoppm: \(printed.status)") }
      let (status, said) = try scanner.run(
        ["--quiet", "-Sdisable", "-Scode128.enable", "page.pbm"], in: folder)
      // 4: nothing found.
      guard status == 0 || status == 4 else { throw TestFailure("zbarimg: \(status)") }
      return said.split(separator: "\n").map(String.init)
    }
  }
}

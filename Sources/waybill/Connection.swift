/// The way from the command line to the exchange in ROOT.

import Exchange
import Foundation

/// Where the verbs get their exchange from.
enum Connection {
  /// Opens the exchange that the arguments name.
  static func open(_ arguments: Arguments) throws(Failure) -> any Engine {
    try LocalEngine(arguments)
  }

  /// The configuration that holds for the arguments; without a file the built-in values.
  static func configuration(_ arguments: Arguments) throws(Failure) -> Configuration {
    try configuration(arguments.configuration, isRequired: arguments.config != nil)
  }

  /// - Parameter isRequired: is a file that does not exist a failure?
  static func configuration(_ file: String, isRequired: Bool) throws(Failure) -> Configuration {
    let text = try text(file, isRequired: isRequired)
    do { return try Configuration.load(text: text, path: file) } catch {
      throw .configuration(file: error.file, path: error.path, problem: error.sentence)
    }
  }

  /// The configuration's bytes; nil where there is no file and none is required.
  static func text(_ file: String, isRequired: Bool) throws(Failure) -> [UInt8]? {
    do {
      return try Array(Data(contentsOf: URL(fileURLWithPath: file)))
    } catch {
      let number = errno(of: error)
      if number == ENOENT && !isRequired { return nil }
      throw .system(action: .read, path: Array(file.utf8), number: number)
    }
  }

  /// The number of the kernel's error below one of Foundation's.
  private static func errno(of error: any Error) -> Int32 {
    let outer = error as NSError
    let inner = outer.userInfo[NSUnderlyingErrorKey] as? NSError ?? outer
    if inner.domain == NSPOSIXErrorDomain { return Int32(inner.code) }
    return (error as? CocoaError)?.code == .fileReadNoSuchFile ? ENOENT : EIO
  }
}

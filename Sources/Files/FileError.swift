// A file error is a refusal of the kernel: which call was refused, on which file, and with which number.

import Glibc

/// What the operating system refused, on which file, and why.
///
/// `errno` is the kernel's number (errno(3)); `path` is already legible text, never the raw bytes of a name.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The C function that was refused, for example `fdatasync`.
  public var call: String
  public var path: String
  public var errno: Int32

  public init(call: String, path: String, errno: Int32) {
    self.call = call
    self.path = path
    self.errno = errno
  }

  /// One sentence, for example "could not fsync ledger/journal/1: No space left on device (ENOSPC)".
  public var description: String {
    "could not \(call) \(path): \(String(cString: strerror(errno))) (\(Self.symbol(of: errno)))"
  }

  /// Is it the process or the machine that has no more to give, whatever file was asked for?
  public var isExhaustion: Bool { errno == EMFILE || errno == ENFILE || errno == ENOMEM }

  /// Is nothing of the name there any more, or a link in its place?
  public var isOfTheName: Bool { errno == ENOENT || errno == ELOOP }

  /// A name that was to be given is another file's already (EEXIST).
  public static func taken(_ place: FilePlace) -> FileError {
    FileError(call: "renameat", path: place.text, errno: EEXIST)
  }

  /// The name C gives to an error number, or `errno 123` for one that no file call gives.
  public static func symbol(of errno: Int32) -> String {
    for (number, symbol) in symbols where number == errno { return symbol }
    return "errno \(errno)"
  }

  /// The error number of a C name such as `ENOSPC`, or nil.
  public static func number(of symbol: String) -> Int32? {
    for (number, known) in symbols where known == symbol { return number }
    return nil
  }

  private static let symbols: [(Int32, String)] = [
    (EPERM, "EPERM"), (ENOENT, "ENOENT"), (EINTR, "EINTR"), (EIO, "EIO"), (EBADF, "EBADF"),
    (EAGAIN, "EAGAIN"), (ENOMEM, "ENOMEM"), (EACCES, "EACCES"), (EBUSY, "EBUSY"), (EEXIST, "EEXIST"),
    (EXDEV, "EXDEV"), (ENODEV, "ENODEV"), (ENOTDIR, "ENOTDIR"), (EISDIR, "EISDIR"), (EINVAL, "EINVAL"),
    (ENFILE, "ENFILE"), (EMFILE, "EMFILE"), (ETXTBSY, "ETXTBSY"), (EFBIG, "EFBIG"), (ENOSPC, "ENOSPC"),
    (ESPIPE, "ESPIPE"), (EROFS, "EROFS"), (EMLINK, "EMLINK"), (EPIPE, "EPIPE"),
    (ENAMETOOLONG, "ENAMETOOLONG"),
    (ENOTEMPTY, "ENOTEMPTY"), (ELOOP, "ELOOP"), (EOVERFLOW, "EOVERFLOW"), (EOPNOTSUPP, "EOPNOTSUPP"),
    (EDQUOT, "EDQUOT"), (ESTALE, "ESTALE"), (ENOSYS, "ENOSYS"), (ENXIO, "ENXIO"),
  ]
}

/// Where a file lies: the folder's path and the name's bytes, joined only when somebody must read them.
public struct FilePlace: Sendable, Equatable {
  public let folder: String
  public let name: [UInt8]

  public init(folder: String, name: [UInt8]) {
    self.folder = folder
    self.name = name
  }

  /// The place as text that is safe on a terminal and in a log line.
  public var text: String {
    name.isEmpty ? folder : folder + "/" + legible(name)
  }
}

/// Shows the bytes of a file name so that they can neither break a line nor steer a terminal.
///
/// Bytes that are not UTF-8 appear as `\xE9`; control characters, line separators and the marks that reverse the
/// direction of text as `\u{202E}`; a backslash as two. Everything else appears as it is.
public func legible(_ name: [UInt8]) -> String {
  var text = ""
  text.reserveCapacity(name.count)
  var decoder = UTF8.ForwardParser()
  var bytes = name.makeIterator()
  var position = 0
  scanning: while true {
    switch decoder.parseScalar(from: &bytes) {
    case .valid(let encoded):
      position += encoded.count
      append(UTF8.decode(encoded), to: &text)
    case .error(let length):
      for byte in name[position..<position + length] { text += "\\x" + hexadecimal([byte]).uppercased() }
      position += length
    case .emptyInput:
      break scanning
    }
  }
  return text
}

private func append(_ scalar: Unicode.Scalar, to text: inout String) {
  switch scalar.value {
  case 0x5C:
    text += "\\\\"
  case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
    text += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
  default:
    text.unicodeScalars.append(scalar)
  }
}

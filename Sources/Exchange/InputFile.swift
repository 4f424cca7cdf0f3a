internal import Files
internal import Foundation
internal import Intake
internal import Orders
internal import Synchronization

/// A claimed file as it is read: its bytes in order, unpacked on the way where it came packed.
///
/// What is packed goes through the system's `gzip`, which has seen more broken archives than we ever shall; Foundation starts it.
/// The digest is that of the bytes as they came.
final class InputFile {
  /// The file, where it is read from the disk.
  private let open: OpenContents?
  /// A small file that was read before.
  private let upload: Upload?
  private let unpacking: Process?
  private let unpacked: FileHandle?
  private let complaints: FileHandle?
  private var digest = SHA256()
  private var digestedBytes: Int64 = 0
  private let keepsDigest: Bool
  private var unpackedBytes: Int64 = 0
  private let bounds: Bounds
  let byteCount: Int64
  /// How far it was read, for whoever shows how the work goes; of a packed file nothing is known.
  let place = Atomic<Int64>(0)

  private final class OpenContents {
    var contents: FileContents
    init(_ contents: consuming FileContents) { self.contents = contents }
  }

  /// A small file that was read where it lies.
  init(_ upload: Upload, bounds: Bounds) {
    self.upload = upload
    open = nil
    byteCount = Int64(upload.bytes.count)
    self.bounds = bounds
    keepsDigest = false
    unpacking = nil
    unpacked = nil
    complaints = nil
  }

  /// - Parameter keepsDigest: sum the bytes while they are read.
  init(_ name: [UInt8], in folder: Folder, isGzip: Bool, bounds: Bounds, keepsDigest: Bool) throws {
    let contents = FileContents(
      try InputFile.reading { () throws(FileError) in try folder.openForReading(name) })
    byteCount = try contents.status().size
    open = OpenContents(contents)
    upload = nil
    self.bounds = bounds
    self.keepsDigest = keepsDigest
    guard isGzip else {
      unpacking = nil
      unpacked = nil
      complaints = nil
      return
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc"]
    let output = Pipe()
    let packedInput = try folder.openForReading(name)
    process.standardInput = FileHandle(fileDescriptor: packedInput.raw, closeOnDealloc: false)
    process.standardOutput = output
    let errors = Pipe()
    process.standardError = errors
    process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { _, own in own }
    // The child has its own copy of the descriptor once it runs.
    try process.run()
    _ = consume packedInput
    unpacking = process
    unpacked = output.fileHandleForReading
    complaints = errors.fileHandleForReading
  }

  /// The disk does not give the file, or what is in it: nothing that its partner could mend, so never a reason to reject it.
  struct Unreadable: Error {
    let error: FileError
  }

  /// Tells a failure to read the input from one of our own files.
  private static func reading<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws -> Result {
    do { return try body() } catch {
      if error.isExhaustion { throw error }
      throw Unreadable(error: error)
    }
  }

  /// The unpacking failed, or gives more than the bounds allow.
  struct Unsound: Error {
    let fault: Fault
    /// Did it unpack well as far as it goes, and then end too early?
    var isCutShort = false
  }

  /// Appends up to so many bytes; 0 at the end.
  func read(into buffer: inout [UInt8], upTo count: Int) throws -> Int {
    guard let unpacked else {
      let start = buffer.count
      let got = try readPlain(into: &buffer, upTo: count)
      if keepsDigest && got > 0 { digest.update(buffer[start...]) }
      digestedBytes += Int64(got)
      place.store(digestedBytes, ordering: .relaxed)
      return got
    }
    let chunk = try unpacked.read(upToCount: count) ?? Data()
    buffer.append(contentsOf: chunk)
    unpackedBytes += Int64(chunk.count)
    // A small file may grow by any factor; a big one only by the ratio.
    let (product, isHuge) = byteCount.multipliedReportingOverflow(by: Int64(bounds.expansionRatioMax))
    let expansionMax = max(16 << 20, isHuge ? .max : product)
    let bytesMax = min(expansionMax, bounds.expandedBytesMax)
    if unpackedBytes > bytesMax {
      unpacking?.terminate()
      throw Unsound(fault: Fault(.overBound, number: bytesMax, second: unpackedBytes))
    }
    if chunk.isEmpty, let unpacking {
      unpacking.waitUntilExit()
      // env(1) gives 126 or 127 where gzip is missing, and a kill is nobody's fault but ours: neither speaks of the file.
      guard unpacking.terminationReason == .exit, unpacking.terminationStatus < 126 else {
        throw ExchangeFault.cannotUnpack(status: unpacking.terminationStatus)
      }
      if unpacking.terminationStatus != 0 {
        // One line, which fits into the pipe whatever gzip was doing.
        let words = String(decoding: try complaints?.readToEnd() ?? Data(), as: UTF8.self)
        throw Unsound(fault: Fault(.brokenGzip), isCutShort: words.contains("unexpected end of file"))
      }
    }
    return chunk.count
  }

  private func readPlain(into buffer: inout [UInt8], upTo count: Int) throws -> Int {
    if let open {
      return try InputFile.reading { () throws(FileError) in
        try open.contents.read(into: &buffer, upTo: count)
      }
    }
    let part = upload?.bytes.dropFirst(Int(digestedBytes)).prefix(count) ?? []
    buffer += part
    return part.count
  }

  /// The SHA-256 of the whole file as it came; what was not read yet is read for it.
  func finishDigest() throws -> [UInt8] {
    guard let open else { return upload?.sha256 ?? [] }
    var buffer: [UInt8] = []
    var place = keepsDigest && unpacking == nil ? digestedBytes : 0
    while place < byteCount {
      buffer = try InputFile.reading { () throws(FileError) in
        try open.contents.read(at: place, count: 1 << 20)
      }
      if buffer.isEmpty { break }
      digest.update(buffer)
      place += Int64(buffer.count)
    }
    return digest.finish()
  }

  func close() {
    if let unpacking, unpacking.isRunning { unpacking.terminate() }
  }
}

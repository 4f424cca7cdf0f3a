// A temporary exchange: an inbox with partners' folders and a place for claims, gone when the test lets go of it.

import Files
import Glibc
import Intake
import Orders

/// Fresh folders `inbox/dtdc`, `inbox/nexar` and `claimed`.
final class TemporaryExchange {
  let path: String
  let inbox: Folder
  let dtdc: Folder
  let nexar: Folder
  let claimed: Folder

  init() throws {
    var template = Array("/tmp/waybill-intake-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError(call: "mkdtemp", path: "/tmp", errno: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    inbox = try Folder.make(path: path + "/inbox")
    dtdc = try inbox.makeSubfolder("dtdc")
    nexar = try inbox.makeSubfolder("nexar")
    claimed = try Folder.make(path: path + "/claimed")
  }

  deinit {
    if let root = try? Folder(path: path) { try? Self.empty(root) }
    rmdir(path)
  }

  func look(watch: DirectoryWatch? = nil) throws -> Inbox {
    try Inbox(root: inbox, partners: [.dtdcRaftaar, .nexarLogistics], watch: watch)
  }

  private static func empty(_ folder: Folder) throws {
    for entry in try folder.list() {
      if entry.kind == .folder {
        try empty(folder.subfolder(entry.name))
        try folder.removeFolder(entry.name)
      } else {
        try folder.remove(entry.name)
      }
    }
  }
}

extension Folder {
  /// Puts a complete file into this folder.
  func put(_ text: String, as name: String) throws {
    try create(Array(name.utf8), exclusive: false).write(Array(text.utf8), at: 0)
  }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

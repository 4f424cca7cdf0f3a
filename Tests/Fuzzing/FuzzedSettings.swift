// Fuzzed settings and names: an `exchange.json` and the name of an upload, of any bytes.

import Exchange
import Files
import Intake
import Orders
import Outbox

/// A configuration of any bytes.
enum FuzzedConfiguration {
  static func check(_ input: [UInt8]) throws {
    let text = input.starts(with: [0xEF, 0xBB, 0xBF]) ? input[3...] : input[...]
    do {
      let read = try Configuration.load(text: input, path: "exchange.json")
      guard case .valid = PlainJSON.read(text) else {
        throw FuzzFinding("a broken configuration is in force")
      }
      let again = try Configuration.load(text: input, path: "exchange.json")
      try expect(read.sha256 == again.sha256, "the same text gives another configuration")
    } catch let fault as ConfigurationFault {
      let words = "\(fault.path): \(fault.sentence)"
      try expect(!fault.sentence.isEmpty, "a fault without a word")
      let isOneLine = words.unicodeScalars.allSatisfy { $0.value >= 32 && !(0x7F...0x9F).contains($0.value) }
      try expect(isOneLine, "a fault that is not one line: \(words.debugDescription)")
    }
  }
}

/// The name of an upload, of any bytes that a file system takes.
enum FuzzedName {
  static func check(_ input: [UInt8]) throws {
    let name = Array(input.prefix(255).filter { $0 != 0 && $0 != UInt8(ascii: "/") })
    if name.isEmpty { return }
    let file = FileName(name)
    switch NameStanding(name) {
    case .temporary: break
    case .upload(let upload): try expect(upload == file, "the same name means something else")
    case .companion(let companion, let upload):
      try expect(
        upload + Array(companion.ending.utf8) == name
          || name.count == upload.count + companion.ending.utf8.count, "a companion of another file")
    }
    let isText = String(validating: name, as: UTF8.self)
    let isClean =
      isText?.unicodeScalars.allSatisfy { $0.value >= 32 && !(0x7F...0x9F).contains($0.value) } ?? false
    if file.refusal == nil {
      try expect(isClean && name.count <= NameRefusal.nameBytesMax, "a name that cannot be answered is taken")
      let names = AnswerNames(inputName: name, tilde: DecisionNumber(.max))
      for answer in [
        names.ack, names.result, names.errorsCSV, names.errorsJSONL, names.reply, names.settled(999_999),
      ] {
        try expect(answer.count <= 255 && answer.starts(with: name), "an answer of \(answer.count) bytes")
      }
      if let kind = file.kind {
        let opening = name.prefix(kind.name.utf8.count).map { $0 >= 65 && $0 <= 90 ? $0 | 32 : $0 }
        try expect(opening.elementsEqual(kind.name.utf8), "a kind that the name does not say")
      }
    } else {
      try expect(!isClean || name.count > NameRefusal.nameBytesMax, "a sound name is refused")
      _ = AnswerNames(inputName: name, tilde: DecisionNumber(1)).ack
    }
    try expect(
      AnswerNames(inputName: name, tilde: DecisionNumber(.max)).settled(999_999).count <= 255,
      "a name too long to answer")
  }
}

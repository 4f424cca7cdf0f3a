/// `waybill kit`: the folder that a new partner is handed.

import Exchange
import Foundation
import Orders

enum KitCommand {
  static let verb = Verb(
    name: "kit",
    summary: "writes the folder that a partner is handed: what it may send, samples, and their answers",
    description: [
      "A page for people (index.html, which needs neither a network nor a script) and plain files: the columns of",
      "every kind that the partner may send, samples that pass, samples that fail, and the answers they get. The",
      "answers are real: the samples are judged in an exchange of their own, under the configuration in force, and",
      "nothing of the exchange in ROOT is read or changed but its configuration. What lies in the folder already",
      "under the same names is written anew.",
    ],
    operands: [.init(name: "PARTNER", summary: "the name of its folder")],
    options: [.root, .config, .folder, .quiet],
    examples: [
      .init(line: "waybill kit dtdc", meaning: "the folder dtdc-kit in the current one"),
      .init(line: "waybill kit dtdc --to /srv/handouts/dtdc", meaning: "the same, somewhere else"),
    ],
    run: run)

  static func run(_ call: Call) throws(Stop) -> ExitCode {
    let configuration = try call.ask { () throws(Failure) in try Connection.configuration(call.arguments) }
    let word = call.arguments.text(0)
    let known = configuration.profiles.map(\.folder)
    guard let profile = configuration.profiles.first(where: { $0.folder == word }) else {
      throw .usage(.unknownPartner(word, known: known, nearest: Nearest.word(to: word, among: known)))
    }
    let folder = call.arguments.folder ?? "\(profile.folder)-kit"
    let kit: PartnerKit
    do { kit = try PartnerKit(for: profile, configuration) } catch {
      throw .failure(Failure(StopReason(error)))
    }
    do throws(Failure) { try write(kit, to: folder) } catch { throw .failure(error) }
    if !call.arguments.isQuiet { call.console.lines(lines(kit, folder)) }
    return .done
  }

  static func lines(_ kit: PartnerKit, _ folder: String) -> [String] {
    [
      "\(folder)/index.html is for \(kit.profile.title): "
        + "\(HumanText.count(KitText.kinds(of: kit).count, "kind")) of file, "
        + "\(HumanText.count(kit.passes.count, "sample")) that pass and \(HumanText.count(kit.fails.count)) that do not, "
        + "each with its answers."
    ]
  }

  /// The files of a kit, by their paths in its folder.
  static func files(_ kit: PartnerKit) -> [(path: String, bytes: [UInt8])] {
    var files: [(String, [UInt8])] = [
      ("index.html", KitPage.bytes(of: kit)), ("README.txt", Array(KitText.readme(kit).utf8)),
      ("columns.csv", Array(KitText.columnsCSV(kit).utf8)), ("codes.csv", Array(KitText.codesCSV().utf8)),
    ]
    for (folder, samples) in [("passes", kit.passes), ("fails", kit.fails)] {
      for sample in samples {
        files.append(("\(folder)/\(sample.file.name)", Array(sample.file.text.utf8)))
        for answer in sample.answers { files.append(("\(folder)/answers/\(answer.name)", answer.bytes)) }
      }
    }
    for feed in kit.feeds { files.append(("gets/\(feed.name)", feed.bytes)) }
    return files
  }

  private static func write(_ kit: PartnerKit, to folder: String) throws(Failure) {
    for (path, bytes) in files(kit) {
      let place = URL(fileURLWithPath: folder).appending(path: path)
      do {
        try FileManager.default.createDirectory(
          at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: place)
      } catch {
        let inner = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        throw .system(action: .write, path: Array(place.path.utf8), number: Int32(inner?.code ?? Int(EIO)))
      }
    }
  }
}

/// The one place where errors of the program become sentences: one line each, for a person at a terminal.

import Foundation
import Orders

enum Sentences {
  static func of(_ error: UsageError) -> String {
    switch error {
    case .noVerb: "say what to do: `waybill --help` lists the verbs"
    case .unknownVerb(let word, let nearest):
      "no verb is called `\(word)`; \(meant(nearest) ?? "`waybill --help` lists them")"
    case .unknownOption(let word, let nearest):
      "no option is called `\(word)`; \(meant(nearest) ?? "`waybill --help` lists them")"
    case .optionElsewhere(let option, let verb):
      "`\(verb)` takes no `\(option.spelling)`; \(helpOf(verb))"
    case .optionTwice(let option): "`\(option.spelling)` is given twice"
    case .valueMissing(let option): "`\(option.spelling)` needs a value: `\(option.usage)`"
    case .valueNotTaken(let option): "`\(option.spelling)` takes no value"
    case .badValue(let option, let value):
      "`\(value)` is no value for `\(option.spelling)`: \(wanted(option))"
    case .optionsDisagree(let first, let second, let value):
      "beside `\(first.spelling)`, `\(second.spelling)` cannot be `\(value)`"
    case .operandMissing(let name, let verb):
      "`\(verb)` needs \(name)\(meaning(name, verb)); \(helpOf(verb))"
    case .operandNotTaken(let word, let verb): "`\(verb)` does not take `\(word)`; \(helpOf(verb))"
    case .optionMissing(let option, let verb):
      "`\(verb)` needs `\(option.usage)` (\(option.summary)); \(helpOf(verb))"
    case .unknownPart(let word, let verb, let parts):
      "`\(verb)` has no part `\(word)`: \(HumanText.list(parts.map { "`\($0)`" }, joint: "or"))"
    case .unknownPartner(let word, let known, let nearest):
      "no partner's folder is called `\(word)`; "
        + (meant(nearest) ?? "the partners are \(HumanText.list(known))")
    case .unknownCode(let word, let nearest):
      "no rejection has the code `\(word)`; \(meant(nearest) ?? "`waybill explain` lists them")"
    case .notUTF8(let number): "word \(number) of the command line is not UTF-8"
    }
  }

  static func of(_ failure: Failure) -> String {
    switch failure {
    case .system(let action, let path, let number):
      "could not \(words(action))\(path.map { " \(SafeText.of($0))" } ?? ""): \(reason(number))"
    case .notAnExchange(let root):
      "\(root) holds no inbox; `waybill init --root DIR` makes an exchange's folders"
    case .configuration(let file, let path, let problem):
      [file, path, problem].filter { !$0.isEmpty }.joined(separator: ": ")
    case .unsoundConfiguration(let file, let faults):
      "\(SafeText.of(file)) has \(HumanText.count(faults, "fault")) and cannot be used"
    case .alreadyRunning(let processID):
      "process \(processID.map(String.init) ?? "(unknown)") holds this ledger; stop it, or wait for its end"
    case .ledgerHoldsOtherWork:
      "the ledger of this exchange holds more than the sample day; try it in another folder: "
        + "`waybill try --root DIR`"
    case .sampleMissing(let path): "the sample trading day is not at \(path)"
    case .noLedger(let root):
      (root == "."
        ? "the current folder has no ledger: `--root DIR` names an exchange elsewhere, and "
        : "\(SafeText.of(root)) has no ledger yet: ") + "`waybill once` or `waybill run` makes one"
    case .notYetKnown(let number):
      "`\(number)` was not known at that time: without --as-of and --known-at its history is told"
    case .unknownOrder(let number): "no order, AWB or invoice `\(number)` is known to the ledger"
    case .unknownFile(let name): "no file `\(SafeText.of(name))` was ever taken"
    case .neverPublished(let partner, let name):
      "nothing called \(SafeText.of(name)) was ever published to \(partner)"
    case .notReleased(let name, let refusal):
      "\(SafeText.of(name)) cannot leave quarantine: \(of(refusal))"
    case .unknownPartner(let folder): "no partner's folder is called \(SafeText.of(folder))"
    case .answerLost(let partner, let name):
      "the bytes of \(partner)/\(SafeText.of(name)) lie neither in the ledger nor in the outbox any more"
    case .unreadableFiles(let partner, let name, let number, let others):
      "\([partner, SafeText.of(name)].filter { !$0.isEmpty }.joined(separator: "/")) cannot be taken: \(reason(number))"
        + (others == 0 ? "" : ", nor can \(HumanText.count(others, "other file"))")
        + "; everything else was processed"
    case .noRoomFor(let partner, let name, let needed, let others):
      "the disk has no room for \(partner)/\(SafeText.of(name))"
        + (others == 0 ? "" : ", nor for \(HumanText.count(others, "other file"))")
        + ": \(HumanText.size(needed)) must be free; everything else was processed"
    case .checkpointNotMade:
      "the daemon could not make a checkpoint: its log says why; nothing is lost without one"
    case .notUnderstood: "the process that holds the ledger is of another version and does not know this verb"
    case .damagedLedger(let file, let offset, let sequence, let what):
      "the ledger is damaged: \(file), byte \(offset)\(sequence.map { ", sequence \($0)" } ?? ""): \(what)"
    case .ledgerBehind(let published):
      "the ledger ends before decision \(published), which was published once: it was replaced or cut, and nothing is "
        + "processed on it; bring the newest copy of ledger/ back"
    case .stopped(let what): what
    }
  }

  /// The kernel's own words for one of its errors.
  static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

  private static func meant(_ nearest: String?) -> String? { nearest.map { "did you mean `\($0)`?" } }
  /// What an operand is, as the help page says it.
  private static func meaning(_ name: String, _ verb: String) -> String {
    let operand = Verb.named(verb)?.operands.first { $0.name == name }
    return operand.map { " (\($0.summary))" } ?? ""
  }
  private static func helpOf(_ verb: String) -> String { "see `waybill \(verb) --help`" }

  private static func wanted(_ option: Option) -> String {
    switch option {
    case .jobs: "a number from 1 to \(Arguments.jobsMax)"
    case .to: "the number of a frame, in digits"
    case .at, .asOf, .knownAt, .diff: "a time like 2026-11-21T02:10:04+05:30"
    case .date: "a day like 2026-11-21"
    case .log: HumanText.list(LogFormat.allCases.map(\.rawValue), joint: "or")
    case .format: HumanText.list(RulesFormat.allCases.map(\.rawValue), joint: "or")
    default: "\(option.placeholder ?? "a value") must not be empty"
    }
  }

  private static func words(_ action: Failure.Action) -> String {
    switch action {
    case .read: "read"
    case .write: "write"
    case .make: "make"
    case .writeOutput: "write to standard output"
    }
  }
}

extension Sentences {
  static func of(_ notice: Notice) -> String {
    switch notice {
    case .watching(let folders): "watching \(HumanText.count(folders, "inbox", "inboxes"))"
    case .polls(let because):
      "looking into the inboxes every second, because nothing tells when something arrives: \(SafeText.of(because))"
    case .watchesAgain: "watching again: the kernel tells when something arrives"
    case .cannotAskWriters:
      "nobody tells who still writes to another user's file (CAP_LEASE is missing): the settle time alone decides"
    case .settingsTaken: "the configuration was edited; it holds from now on"
    case .settingsRefused(let words):
      "the configuration was edited and cannot be used; the old one holds: \(words)"
    case .tornTail(let words), .checkpoint(let words): SafeText.of(Array(words.utf8))
    case .strange(let partner, let name, let because):
      "\(partner.map { $0 + "/" } ?? "")\(SafeText.of(name)) is left where it is: \(because)"
    case .resumed(let partner, let name): "\(partner)/\(SafeText.of(name)) was interrupted and is judged now"
    case .answerDiffers(let partner, let name):
      "outbox/\(partner)/\(SafeText.of(name)) is not what was published under this name, and was left alone"
    case .answerGone(let partner, let name):
      "outbox/\(partner)/\(SafeText.of(name)) was taken away before the restart"
    case .condemned(let partner, let name):
      "\(partner)/\(SafeText.of(name)) ended the program when it was judged; it lies in ledger/quarantine, "
        + "answered as our own fault (W190)"
    case .claimGone(let partner, let name):
      "\(partner)/\(SafeText.of(name)) was claimed and is gone from ledger/claimed; it is not judged"
    case .noRoomFor(let partner, let name, let free, let needed):
      "\(partner)/\(SafeText.of(name)) waits for room on the disk: \(HumanText.size(needed)) must be free, \(HumanText.size(free)) are; "
        + "the others go on"
    case .claimsVoid(let count):
      "\(HumanText.count(count, "claim")) of an interrupted run came to nothing: \(count == 1 ? "its file was" : "their files were") "
        + "not taken yet"
    case .fileMissing(let partner, let kind, let due):
      "no \(kind.name) file came from \(partner), due by \(due)"
    case .settingsForgotten:
      "the settings of the last decision are not in ledger/settings any more: what was edited since then counts for what comes "
        + "from now on, and the feeds do not tell what it means for what stands already"
    case .saltMade:
      "ledger/salt was missing and is made anew: accounts of carriers that are sent again will count as changed"
    case .noRoom(let free, let needed):
      "the disk has \(HumanText.size(free)) left where \(HumanText.size(needed)) are needed: nothing is taken until it has"
    case .notPutBack(let partner, let name):
      "\(partner)/\(SafeText.of(name)) is released and stays in ledger/quarantine: something in the inbox has its name"
    case .leftInQuarantine(let partner, let name):
      "\(partner)/\(SafeText.of(name)) was written to while it was answered, and something newer has its name: what was written "
        + "lies in ledger/quarantine"
    case .alarmFailed(let words): SafeText.of(words)
    case .event(let event): of(event)
    }
  }

  static func of(_ reason: WaitingFile.Reason) -> String {
    switch reason {
    case .itsTurn: "its turn has not come"
    case .stillWritten: "somebody still writes it"
    case .temporaryName: "its name says that it is not finished"
    case .paused: "its partner is paused"
    case .hasSecondName: "another name leads to the same file"
    case .waitsForCompanion: "the file that says it is complete has not come"
    case .incomplete: "its end is missing"
    case .overErrorBudget: "more of its rows would be rejected than the error budget allows"
    case .notARegularFile: "it is not a regular file"
    case .nameNotAcceptable: "its name cannot be answered"
    case .noRoom(let needed): "the disk has no room for it: \(HumanText.size(needed)) must be free"
    case .unreadable(let number): "it cannot be read: \(Sentences.reason(number))"
    }
  }
}

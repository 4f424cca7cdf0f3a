/// What can be wrong with a command line, as evidence; the sentences are made in `Sentences`.

enum UsageError: Error, Equatable {
  case noVerb
  case unknownVerb(String, nearest: String?)
  case unknownOption(String, nearest: String?)
  /// The verb does not take the option.
  case optionElsewhere(Option, verb: String)
  case optionTwice(Option)
  case valueMissing(Option)
  /// A value after an option that takes none: `--quiet=yes`.
  case valueNotTaken(Option)
  case badValue(Option, value: String)
  /// The second option cannot have this value beside the first.
  case optionsDisagree(Option, Option, value: String)
  case operandMissing(String, verb: String)
  case operandNotTaken(String, verb: String)
  case optionMissing(Option, verb: String)
  case unknownPart(String, verb: String, parts: [String])
  case unknownPartner(String, known: [String], nearest: String?)
  case unknownCode(String, nearest: String?)
  /// The word with this number, counted from 1, is not UTF-8 and names something else than a file to check.
  case notUTF8(word: Int)
}

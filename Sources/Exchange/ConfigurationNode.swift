/// A value of the configuration together with its path, so that whatever is wrong with it can be said with its place.
struct ConfigurationNode {
  let path: String
  let value: ConfigurationValue

  func fault(_ sentence: String) -> ConfigurationFault {
    ConfigurationFault(path: path, sentence: sentence)
  }

  /// JSON has no comments, so a key that begins with these is a remark on what stands beside it.
  static let remark = "//"

  /// The members of an object that may have any keys, without the remarks.
  func members() throws(ConfigurationFault) -> [(key: String, node: ConfigurationNode)] {
    guard case .object(let all) = value else { throw wrong("an object") }
    var members: [(key: String, node: ConfigurationNode)] = []
    for member in all {
      let node = ConfigurationNode(path: path.key(member.key), value: member.value)
      if member.key.hasPrefix(ConfigurationNode.remark) {
        // What is not a text was meant to be a setting.
        _ = try node.text()
      } else {
        members.append((member.key, node))
      }
    }
    return members
  }

  /// The members of an object that may have these keys only.
  func settings(_ known: [String]) throws(ConfigurationFault) -> [(key: String, node: ConfigurationNode)] {
    let members = try members()
    for (key, node) in members where !known.contains(key) {
      throw node.fault("is no key of the configuration; here stand \(known.joined(separator: ", "))")
    }
    return members
  }

  func items() throws(ConfigurationFault) -> [ConfigurationNode] {
    guard case .list(let items) = value else { throw wrong("a list") }
    return items.enumerated().map { ConfigurationNode(path: path.item($0.offset), value: $0.element) }
  }

  func text() throws(ConfigurationFault) -> String {
    guard case .text(let text) = value else { throw wrong("a text") }
    return text
  }

  /// A text without control characters.
  /// - Parameter bytesMax: in UTF-8.
  func line(bytesMax: Int) throws(ConfigurationFault) -> String {
    let text = try text()
    if text.utf8.count > bytesMax { throw fault("is longer than \(bytesMax) bytes") }
    if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      throw fault("holds a control character")
    }
    return text
  }

  /// One of some words.
  func word(_ words: [String]) throws(ConfigurationFault) -> String {
    guard case .text(let text) = value, words.contains(text) else {
      throw wrong(words.map(\.quotedForMessage).joined(separator: " or "))
    }
    return text
  }

  func truth() throws(ConfigurationFault) -> Bool {
    guard case .truth(let truth) = value else { throw wrong("true or false") }
    return truth
  }

  func number(in range: ClosedRange<Double>) throws(ConfigurationFault) -> Double {
    guard case .number(let number) = value, range.contains(number) else {
      throw wrong("a number from \(spelled(range.lowerBound)) to \(spelled(range.upperBound))")
    }
    return number
  }

  func whole(in range: ClosedRange<Int64>) throws(ConfigurationFault) -> Int64 {
    guard case .number(let number) = value, let whole = Int64(exactly: number), range.contains(whole) else {
      throw wrong("a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return whole
  }

  private func wrong(_ needed: String) -> ConfigurationFault { fault("must be \(needed), not \(spelled)") }

  private var spelled: String {
    switch value {
    case .object: "an object"
    case .list: "a list"
    case .text(let text): text.quotedForMessage
    case .number(let number): spelled(number)
    case .truth(let truth): truth ? "true" : "false"
    case .null: "null"
    }
  }

  private func spelled(_ number: Double) -> String {
    Int64(exactly: number).map { String($0) } ?? String(number)
  }
}

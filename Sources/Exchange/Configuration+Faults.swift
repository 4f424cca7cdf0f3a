/// All faults of a configuration at once, for whoever mends it.

extension Configuration {
  /// What is wrong with a configuration, each fault with the path of its key; none: it can be used.
  ///
  /// Reading stops at the first fault. So that fault is noted, what it is about taken out, and the rest read again: what is
  /// said of the rest does not depend on it.
  public static func faults(in text: [UInt8], path: String) -> [ConfigurationFault] {
    var faults: [ConfigurationFault] = []
    do {
      var value = try ConfigurationText.read(text)
      while faults.count < faultsMax {
        do {
          var configuration = Configuration()
          try configuration.take(ConfigurationNode(path: "", value: value))
          break
        } catch {
          faults.append(error)
          // A partner whose role is wrong is none: nothing more can be said of it.
          let faulty = error.path.hasSuffix(".role") ? String(error.path.dropLast(".role".count)) : error.path
          guard let rest = value.without(faulty, at: ""), rest != value else { break }
          value = rest
        }
      }
    } catch { faults.append(error) }
    return faults.map {
      var fault = $0
      fault.file = path
      return fault
    }
  }

  private static let faultsMax = 200
}

extension ConfigurationValue {
  /// This value without what lies at a path; a list with a wrong item goes as a whole, so that no item changes its number.
  fileprivate func without(_ path: String, at own: String) -> ConfigurationValue? {
    if path == own { return nil }
    switch self {
    case .object(let members):
      return .object(
        members.compactMap { member in
          member.value.without(path, at: own.key(member.key)).map { .init(key: member.key, value: $0) }
        })
    case .list(let items):
      let isWhole = items.enumerated().allSatisfy {
        $0.element.without(path, at: own.item($0.offset)) == $0.element
      }
      return isWhole ? self : nil
    case .text, .number, .truth, .null: return self
    }
  }

  /// The paths of all values below this one that are neither objects nor remarks.
  func keys(at own: String) -> Set<String> {
    guard case .object(let members) = self else { return [own] }
    return members.reduce(into: []) { keys, member in
      if !member.key.hasPrefix(ConfigurationNode.remark) {
        keys.formUnion(member.value.keys(at: own.key(member.key)))
      }
    }
  }
}

/// The configuration: what `exchange.json` changes about the exchange, and what holds where it says nothing.
///
/// Every key is optional. Without the file the six built-in profiles serve, in the zone Asia/Kolkata, each for any location
/// key. A key that is not known, a value of the wrong type or out of its range, and two warehouses that name one location key
/// are faults, each with the path of its key: a setting is never ignored in silence. Keys that begin with `//` are remarks.

internal import Files
public import Orders

/// What the operator of the exchange has set, the built-in values filled in.
public struct Configuration: Sendable {
  /// A warehouse or shop that order files name by its key.
  public struct Location: Sendable, Equatable {
    public let key: [UInt8]
    public let name: String
    public let address: String
  }

  /// The partners: the built-in ones in their order, then those that only the configuration names, in its order.
  public var profiles = PartnerProfile.builtIn
  /// The zone of the exchange, and of every partner that has none of its own.
  public var zone = Zone.kolkata
  /// In the order in which the configuration lists them.
  public var locations: [Location] = []
  /// The folders, and with them those directly in them, where fonts for the documents are looked for, in order of preference.
  public var fontFolders = Configuration.fontFoldersBuiltIn
  /// What a file may hold, unless its partner has bounds of its own.
  public var bounds = Bounds()
  /// By partner's folder, where they differ from `bounds`.
  public var partnerBounds: [String: Bounds] = [:]
  /// By partner's folder, the agreed delimiter of its CSV files; where none is agreed the header tells.
  public var delimiters: [String: UInt8] = [:]
  /// The folders of partners whose CSV files may be in Windows-1252.
  public var windows1252: Set<String> = []
  /// By partner's folder, the ending of the companion that completes an upload: `ok`, `done` or `sha256`.
  public var companions: [String: String] = [:]
  /// The file as it was read; what an empty one says where there is none.
  public private(set) var text = Array("{}\n".utf8)
  /// The program that is told when somebody should look; nil: nobody is told.
  public var alarm: AlarmSettings?
  /// The paths of the keys that the file gives a value.
  var givenKeys: Set<String> = []
  /// How the ledger is cut into parts; nothing that is decided depends on it.
  public var ledgerBounds = LedgerBounds()

  /// Where the packages of Debian put their fonts.
  public static let fontFoldersBuiltIn = ["/usr/share/fonts/truetype"]
  static let fontFoldersMax = 16

  /// Nothing is claimed when the disk would be left with less than so much; with it a full disk can still be written about.
  public static let freeBytesMin: Int64 = 64 << 20
  /// What a byte of a file comes to on the disk at the most: its rows in the journal, its result and its errors.
  public static let bytesWrittenPerByte: Int64 = 6

  public init() {}

  /// The bounds of a partner's files.
  public func bounds(of folder: String) -> Bounds { partnerBounds[folder] ?? bounds }

  /// A partner's profile; nil where the folder is no partner's.
  func profile(of folder: String) -> PartnerProfile? {
    // By place: to hand each profile to a question is to copy it.
    for place in profiles.indices where profiles[place].folder == folder { return profiles[place] }
    return nil
  }

  /// Reads a configuration.
  /// - Parameters:
  ///   - text: the file's bytes; nil where there is no file.
  ///   - path: the file as messages name it.
  public static func load(text: [UInt8]?, path: String) throws(ConfigurationFault) -> Configuration {
    var configuration = Configuration()
    guard let text else { return configuration }
    do {
      let root = ConfigurationNode(path: "", value: try ConfigurationText.read(text))
      try configuration.take(root)
      configuration.givenKeys = root.value.keys(at: "")
      configuration.text = text
      return configuration
    } catch {
      var fault = error
      fault.file = path
      throw fault
    }
  }

  mutating func take(_ root: ConfigurationNode) throws(ConfigurationFault) {
    let settings = try root.settings(["zone", "locations", "partners", "fonts", "bounds", "alert"])
    func setting(_ key: String) -> ConfigurationNode? { settings.first { $0.key == key }?.node }

    if let node = setting("zone") { zone = try node.zone() }
    for place in profiles.indices { profiles[place].zone = zone }
    if let node = setting("bounds") { bounds = try node.bounds(over: bounds) }
    if let node = setting("locations") { locations = try node.locations() }
    if let node = setting("fonts") { fontFolders = try node.folders() }
    if let node = setting("alert") { alarm = try node.alarm() }
    guard let partners = try setting("partners")?.members() else { return }
    for (folder, node) in partners { try take(folder, node) }
    try checkLocationKeys(partners)
  }

  /// Two warehouses never work at one location: whose order would it be?
  private func checkLocationKeys(_ partners: [(key: String, node: ConfigurationNode)])
    throws(ConfigurationFault)
  {
    var named: [[UInt8]: (folder: String, path: String)] = [:]
    for (folder, node) in partners {
      guard profiles.first(where: { $0.folder == folder })?.role == .warehouse,
        let list = try node.members().first(where: { $0.key == "locationKeys" })?.node
      else { continue }
      for item in try list.items() {
        let key = try item.text()
        if let (other, path) = named[Array(key.utf8)] {
          throw item.fault(
            "location key \(key.quotedForMessage) of \(folder) is named by \(other) too (\(path));"
              + " two warehouses cannot share a location")
        }
        named[Array(key.utf8)] = (folder, item.path)
      }
    }
  }
}

extension ConfigurationNode {
  func zone() throws(ConfigurationFault) -> Zone {
    let name = try text()
    guard let zone = Zone.named(name) else {
      throw fault("\(name.quotedForMessage) is no time zone; an example of one is \"Asia/Kolkata\"")
    }
    return zone
  }

  func locationKey(_ key: String) throws(ConfigurationFault) -> [UInt8] {
    let text = ConfigurationNode(path: path, value: .text(key))
    let key = Array(try text.line(bytesMax: 64).utf8)
    if key.isEmpty { throw fault("a location key cannot be empty") }
    return key
  }

  func locations() throws(ConfigurationFault) -> [Configuration.Location] {
    var locations: [Configuration.Location] = []
    for (key, node) in try members() {
      var (name, address) = ("", "")
      for (setting, value) in try node.settings(["name", "address"]) {
        if setting == "name" {
          name = try value.line(bytesMax: 1024)
        } else {
          address = try value.line(bytesMax: 4096)
        }
      }
      locations.append(
        Configuration.Location(key: try node.locationKey(key), name: name, address: address))
    }
    return locations
  }

  /// Folders of this machine; an empty list is none.
  func folders() throws(ConfigurationFault) -> [String] {
    var folders: [String] = []
    for item in try items() {
      let folder = try item.line(bytesMax: 1024)
      if !folder.hasPrefix("/") {
        throw item.fault("must be the path of a folder from the root, as \"/usr/share/fonts/truetype\"")
      }
      if folders.contains(folder) { throw item.fault("names \(folder.quotedForMessage) a second time") }
      folders.append(folder)
    }
    if folders.count > Configuration.fontFoldersMax {
      throw fault("names more than \(Configuration.fontFoldersMax) folders")
    }
    return folders
  }

  /// The bounds that an object sets, over those that hold otherwise.
  func bounds(over base: Bounds) throws(ConfigurationFault) -> Bounds {
    var bounds = base
    for (key, node) in try settings(Bounds.settings.map(\.name)) {
      for setting in Bounds.settings where setting.name == key {
        setting.write(&bounds, try node.whole(in: 1...setting.highest))
      }
    }
    return bounds
  }
}

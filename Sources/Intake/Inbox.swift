// The inbox is what lies in the partners' folders at a moment: listed, not remembered.
//
// Events only say that a look is worth while; the listing is the truth, so a full event queue loses nothing. A folder
// that was listed as empty is passed over until an event tells of it; where events may be missing, and now and then in
// any case, every folder is listed. What is kept between two looks (since when a file rests, how it came, what was said
// about it) is kept for names that still lie there and forgotten with them: a look costs what waits, never what was done.

public import Files
public import Orders

/// The folders of all partners under `ROOT/inbox`.
public struct Inbox {
  private let root: Folder
  private let rules: [String: SettlingRule]
  private let watch: DirectoryWatch?
  /// The inbox's own watch.
  private var watchNumber: WatchNumber?
  private var drawers: [String: Drawer] = [:]
  private var watched: [WatchNumber: String] = [:]
  private var said: Set<Place> = []
  private let isOnNetwork: Bool
  /// The small file that was found ready last, as it was read for that.
  var upload: Upload?
  /// What refused to watch a folder at the last look.
  private var watchRefusal: FileError?
  /// When every folder was listed last.
  private var wholeLookAt: Int64?
  /// Something happened of which the events do not tell all, or nothing for so long that there is time.
  private var wantsWholeLook = false

  /// However much is told, every folder is listed after so long: a mount over a folder tells nobody.
  private static let wholeLookMilliseconds: Int64 = 60_000

  /// One partner's folder and what is known of the files in it.
  private struct Drawer {
    let folder: Folder
    let inode: UInt64
    var watch: WatchNumber?
    var notes: [[UInt8]: Note] = [:]
    /// May anything lie in it? Not where the last listing found it empty and nothing was told of it since.
    var mayHoldFiles = true
  }

  /// What is known of one name.
  private struct Note {
    var status: FileStatus?
    var firstSeen: Int64 = 0
    var restingSince: Int64 = 0
    var sign: ArrivalSign?
    /// Was the sign noted since the last look?
    var isSignNew = false
    var heldAs: FileStatus?
    /// Did we put it back ourselves? The event of that says nothing about its sender.
    var wasGivenBack = false
  }

  private struct Place: Hashable {
    let partner: String?
    let name: [UInt8]
  }

  /// - Parameters:
  ///   - root: `ROOT/inbox`.
  ///   - partners: whose folders are looked into; any other folder is strange.
  ///   - companions: by partner's folder, the companion whose arrival completes an upload there.
  ///   - watch: tells how files came; without it they are known by looking alone.
  public init(
    root: Folder, partners: [PartnerProfile], companions: [String: Companion] = [:],
    watch: DirectoryWatch? = nil
  ) throws(FileError) {
    self.root = root
    self.watch = watch
    var rules: [String: SettlingRule] = [:]
    for partner in partners {
      rules[partner.folder] = SettlingRule(
        settleMilliseconds: Int64((partner.settleSeconds * 1_000).rounded(.up)),
        companion: companions[partner.folder])
    }
    self.rules = rules
    isOnNetwork = try isNetworkFileSystem(root)
    watchRoot()
  }

  /// How arrivals are noticed, as the last look found it.
  public var watching: Watching {
    if isOnNetwork { return .polling(because: .networkFileSystem) }
    return watchRefusal.map { .polling(because: .refused($0)) } ?? .events
  }

  private mutating func watchRoot() {
    if watchNumber == nil { watchNumber = numberOfWatch(on: root, for: [.created, .movedIn, .removed]) }
  }

  /// Nil where the kernel refuses: then looking must do. It is asked again at every look.
  private mutating func numberOfWatch(on folder: Folder, for kinds: WatchKinds = .arrivals) -> WatchNumber? {
    do throws(FileError) { return try watch?.add(folder, for: kinds) } catch {
      watchRefusal = error
      return nil
    }
  }

  /// Watches the partners' folders that are there, so that from now on nothing comes unseen; what refuses is said by the next look.
  public mutating func watchFolders() throws(FileError) {
    for entry in try root.list() where entry.kind == .folder {
      if let partner = String(validating: entry.name, as: UTF8.self), rules[partner] != nil {
        try? open(partner)
      }
    }
  }

  /// The open folder of a partner, once a look has found it.
  public func folder(of partner: String) -> Folder? { drawers[partner]?.folder }

  /// What completes an upload of this partner.
  func rule(of partner: String) -> SettlingRule { rules[partner] ?? SettlingRule(settleMilliseconds: 0) }

  // MARK: Looking

  /// Lists every partner's folder, or those in which anything may lie where the watch has told of all that happened.
  ///
  /// One partner's unreadable folder stops nobody else; only the inbox itself must be readable.
  public mutating func look(nowMilliseconds now: Int64) throws(FileError) -> Listing {
    if tellsAll(until: now), let listing = lookWhereFilesMayLie(now) { return listing }
    return try lookEverywhere(now)
  }

  /// Is it known from the watch which folders are empty?
  ///
  /// A folder is watched before it is listed, so what came since the listing is told. All is listed where anything strange lies, where
  /// a watch was refused or overran, where partners' folders came or went, and now and then.
  private func tellsAll(until now: Int64) -> Bool {
    guard let wholeLookAt, !wantsWholeLook, now - wholeLookAt < Inbox.wholeLookMilliseconds,
      watching == .events, watchNumber != nil, said.isEmpty
    else { return false }
    return drawers.values.allSatisfy { $0.watch != nil }
  }

  /// Nil where one of the folders cannot be listed.
  private mutating func lookWhereFilesMayLie(_ now: Int64) -> Listing? {
    var listing = Look(now: now, before: said)
    do throws(FileError) {
      for partner in rules.keys where drawers[partner]?.mayHoldFiles == true {
        try look(into: partner, &listing)
      }
    } catch {
      return nil
    }
    said = listing.said
    return Listing(waiting: ProcessingOrder.sorted(listing.waiting), strange: listing.strange)
  }

  private mutating func lookEverywhere(_ now: Int64) throws(FileError) -> Listing {
    wantsWholeLook = false
    wholeLookAt = now
    var listing = Look(now: now, before: said)
    watchRefusal = nil
    watchRoot()
    var found: Set<String> = []
    for entry in try root.list() where entry.name.first != UInt8(ascii: ".") {
      let partner = String(validating: entry.name, as: UTF8.self)
      if let partner, rules[partner] != nil, entry.kind == .folder {
        found.insert(partner)
        do throws(FileError) {
          try open(partner)
          try look(into: partner, &listing)
        } catch {
          listing.say(.unreadable(error), Place(partner: nil, name: entry.name))
        }
      } else if entry.kind == .folder {
        listing.say(.unknownPartner, Place(partner: nil, name: entry.name))
      } else {
        listing.say(.notAFile(entry.kind), Place(partner: nil, name: entry.name))
      }
    }
    for partner in Array(drawers.keys) where !found.contains(partner) { close(partner) }
    said = listing.said
    return Listing(waiting: ProcessingOrder.sorted(listing.waiting), strange: listing.strange)
  }

  /// One look in the making.
  private struct Look {
    let now: Int64
    let before: Set<Place>
    var said: Set<Place> = []
    var waiting: [Waiting] = []
    var strange: [Strange] = []

    init(now: Int64, before: Set<Place>) {
      self.now = now
      self.before = before
    }

    mutating func say(_ reason: Strange.Reason, _ place: Place) {
      said.insert(place)
      if !before.contains(place) {
        strange.append(Strange(partner: place.partner, name: place.name, reason: reason))
      }
    }
  }

  /// Opens and watches a partner's folder, and does so again when another has taken its place.
  private mutating func open(_ partner: String) throws(FileError) {
    let name = Array(partner.utf8)
    let inode = try root.status(name)?.inode
    if let drawer = drawers[partner], drawer.inode == inode {
      if drawer.watch == nil { enter(numberOfWatch(on: drawer.folder), of: partner) }
      return
    }
    close(partner)
    let folder = try root.subfolder(name)
    // Watched before it is listed: what comes between the two is seen twice rather than never.
    let number = numberOfWatch(on: folder)
    drawers[partner] = Drawer(folder: folder, inode: try folder.status().inode)
    enter(number, of: partner)
  }

  private mutating func enter(_ number: WatchNumber?, of partner: String) {
    guard let number else { return }
    watched[number] = partner
    drawers[partner]?.watch = number
  }

  private mutating func close(_ partner: String) {
    guard let drawer = drawers.removeValue(forKey: partner), let number = drawer.watch else { return }
    watched[number] = nil
    // The kernel has taken off the watch of a folder that is gone; then there is nothing left to remove.
    try? watch?.remove(number)
  }

  private mutating func look(into partner: String, _ look: inout Look) throws(FileError) {
    guard let folder = drawers[partner]?.folder else { return }
    var isEmpty = true
    var uploads: [(name: FileName, status: FileStatus)] = []
    var companions: [[UInt8]: [(companion: Companion, changed: Int64)]] = [:]
    for entry in try folder.list() {
      let standing = NameStanding(entry.name)
      if standing == .temporary { continue }
      isEmpty = false
      let place = Place(partner: partner, name: entry.name)
      guard entry.kind == .regular else {
        look.say(.notAFile(entry.kind), place)
        continue
      }
      guard let status = try folder.status(entry.name) else { continue }
      if said.contains(place) { look.said.insert(place) }
      switch standing {
      case .upload(let name): uploads.append((name, status))
      case .companion(let companion, let upload):
        companions[upload, default: []].append((companion, status.changed))
      case .temporary: break
      }
    }
    let known = drawers[partner]?.notes ?? [:]
    var notes: [[UInt8]: Note] = Dictionary(minimumCapacity: uploads.count)
    for (name, status) in uploads {
      let note = Self.note(known[name.bytes], on: status, look.now)
      notes[name.bytes] = note
      // A companion older than the upload's last change speaks of an earlier upload of that name.
      let fresh = companions[name.bytes]?.filter { $0.changed >= status.changed }.map(\.companion) ?? []
      look.waiting.append(
        Waiting(
          partner: partner, name: name, status: status, firstSeen: note.firstSeen,
          restingSince: note.restingSince, sign: note.sign, companions: fresh, isHeld: note.heldAs != nil))
    }
    drawers[partner]?.notes = notes
    drawers[partner]?.mayHoldFiles = !isEmpty
  }

  /// Brings what was known of a name up to what the kernel says now.
  private static func note(_ before: Note?, on status: FileStatus, _ now: Int64) -> Note {
    var note = before ?? Note()
    if note.status?.inode != status.inode { note.firstSeen = now }
    if note.status.map({ $0.isAtRest(at: status) }) != true {
      note.restingSince = now
      // A sign that was seen before the change speaks of what was there before it.
      if note.status != nil && !note.isSignNew { note.sign = nil }
    }
    note.isSignNew = false
    if let held = note.heldAs, !held.isAtRest(at: status) { note.heldAs = nil }
    note.status = status
    return note
  }

  // MARK: What is known besides the listing

  /// Takes down what events say about how files came; look afterwards.
  public mutating func note(_ wake: Wake) {
    if wake.overflowed || wake.timedOut { wantsWholeLook = true }
    for event in wake.events {
      if event.watch == watchNumber || event.kinds.contains(.folderGone) { wantsWholeLook = true }
      guard let partner = watched[event.watch] else { continue }
      drawers[partner]?.mayHoldFiles = true
      guard NameStanding.isUpload(event.name) else { continue }
      let sign: ArrivalSign? =
        event.kinds.contains(.movedIn) ? .renamed : event.kinds.contains(.closedAfterWrite) ? .closed : nil
      if sign == .renamed, drawers[partner]?.notes[event.name]?.wasGivenBack == true {
        drawers[partner]?.notes[event.name]?.wasGivenBack = false
        continue
      }
      drawers[partner]?.notes[event.name, default: Note()].sign = sign
      drawers[partner]?.notes[event.name]?.isSignNew = true
    }
    // With events missing, the last one known of a name need not be the last one that happened.
    guard wake.overflowed else { return }
    for partner in drawers.keys {
      for name in drawers[partner]?.notes.keys.map({ $0 }) ?? [] { drawers[partner]?.notes[name]?.sign = nil }
    }
  }

  /// Did something happen in the folder of a partner that is none of these?
  public func tells(of wake: Wake, beside partners: Set<String>) -> Bool {
    wake.events.contains { watched[$0.watch].map { !partners.contains($0) } ?? false }
  }

  /// Leaves an incomplete upload where it is until it changes.
  public mutating func hold(_ waiting: Waiting) {
    drawers[waiting.partner]?.notes[waiting.name.bytes]?.heldAs = waiting.status
  }

  /// Lets a held upload be examined again as it is, because it is waited for no longer.
  public mutating func letGo(_ waiting: Waiting) {
    drawers[waiting.partner]?.notes[waiting.name.bytes]?.heldAs = nil
  }

  /// Forgets how a file came that was put back because its sender writes to it again.
  public mutating func gaveBack(_ name: FileName, of partner: String) {
    drawers[partner]?.notes[name.bytes]?.sign = nil
    drawers[partner]?.notes[name.bytes]?.wasGivenBack = true
  }

  /// Says what is strange about a file, unless it was said already.
  mutating func say(_ reason: Strange.Reason, about waiting: Waiting) -> Strange? {
    let new = said.insert(Place(partner: waiting.partner, name: waiting.name.bytes)).inserted
    return new ? Strange(partner: waiting.partner, name: waiting.name.bytes, reason: reason) : nil
  }
}

extension FileStatus {
  /// Is the file still the very one, unchanged?
  func isAtRest(at later: FileStatus) -> Bool {
    size == later.size && inode == later.inode && changed == later.changed
  }
}

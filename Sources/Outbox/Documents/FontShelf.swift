// The font shelf is what this machine has of fonts for names that Helvetica cannot show.

internal import Files

/// The fonts that documents may embed, each known by its digest.
///
/// Only the regular cuts of the families that Debian packages as `fonts-lohit-*` and `fonts-noto-core` are looked for, so that the same
/// packages give the same documents, whatever else lies in the folders. Nothing is read before a text needs it. A font that
/// cannot be read is none: the document then says that a name is in another script.
public final class FontShelf {
  public struct Font: Sendable {
    public let digest: [UInt8]
    public let bytes: [UInt8]
    fileprivate let parsed: TrueTypeFont
  }

  private let folders: [String]
  private lazy var fonts = FontShelf.load(folders)

  /// - Parameter folders: where to look, they and the folders directly in them, in order of preference.
  public init(folders: [String]) { self.folders = folders }

  /// The fonts that the texts of a document need, in the shelf's order; none where Helvetica has every letter.
  public func needed(by facts: DocumentFacts) -> [Font] {
    let plain = Typesetter(fonts: [])
    let texts = facts.texts.filter { !plain.set($0, as: "text").note.isEmpty }
    if texts.isEmpty || folders.isEmpty { return [] }
    let typesetter = Typesetter(fonts: fonts.map(\.parsed))
    var used: Set<Int> = []
    for text in texts {
      for cluster in typesetter.set(text, as: "text").clusters {
        if case .other(let font, _, _) = cluster.glyphs { used.insert(font) }
      }
    }
    return used.sorted().map { fonts[$0] }
  }

  /// A shelf with these fonts alone: what was used once is chosen again. Nil where one of them is gone.
  public func holding(_ digests: [[UInt8]]) -> FontShelf? {
    let shelf = FontShelf(folders: digests.isEmpty ? [] : folders)
    if digests.isEmpty { return shelf }
    let held = fonts.filter { digests.contains($0.digest) }
    guard held.count == digests.count else { return nil }
    shelf.fonts = held
    return shelf
  }

  // MARK: Looking for them

  private static let fontBytesMax = 16 << 20
  private static let scripts = [
    "Devanagari", "Tamil", "Telugu", "Kannada", "Malayalam", "Bengali", "Gujarati", "Gurmukhi", "Oriya",
    "Assamese",
  ]
  /// Latin beyond Western Europe, Greek and Cyrillic first; then the scripts of India.
  private static let names =
    ["NotoSans-Regular.ttf"]
    + scripts.flatMap { ["NotoSans\($0)-Regular.ttf", "Lohit-\($0).ttf"] }

  private static func load(_ paths: [String]) -> [Font] {
    var folders: [Folder] = []
    for path in paths {
      guard let folder = try? Folder(path: path) else { continue }
      folders.append(folder)
      let inner = ((try? folder.list()) ?? []).filter { $0.kind == .folder }.map(\.name)
      for name in inner.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        if let folder = try? folder.subfolder(name) { folders.append(folder) }
      }
    }
    return names.compactMap { name in
      for folder in folders {
        guard let bytes = try? readWhole(folder, Array(name.utf8), limit: fontBytesMax),
          let parsed = TrueTypeFont(bytes)
        else { continue }
        return Font(digest: SHA256.hash(bytes), bytes: bytes, parsed: parsed)
      }
      return nil
    }
  }
}

extension DocumentFacts {
  /// Everything that a partner or the operator wrote and a document may print.
  fileprivate var texts: [[UInt8]] {
    [
      orderNumber, invoiceID, invoiceNumber ?? [], awb, courier, marketplace, paymentMode,
      collectableAmountText ?? [], buyer.name, buyer.address, buyer.city, buyer.pinCode, sender.key,
      sender.name, sender.address,
    ] + lines.map(\.sku)
  }
}

internal import Ledger
internal import Orders

/// Settings that were edited since the last decision, and what follows from it for those who get feeds.
extension OpenLedger {
  /// Tells receivers of feeds what the settings in force give them, or take from them, of what stands already.
  ///
  /// What was told last was told under the settings of the newest decision. So nothing needs to be kept but these, a crash before
  /// the commit leaves all to be done again, and once it is there nothing is left to do.
  func followSettings() throws {
    let earlier = docket.books.newestSettings
    if earlier.isEmpty || earlier == configurationDigest { return }
    guard let before = try KeptSettings(folder, makes: false).asReadNow(earlier) else {
      return notice(.settingsForgotten)
    }
    var run = DeedRun(.terms, at: clock.now(), for: .none, in: self)
    guard let deed = try run.tell(insteadOf: FeedTerms(before, in: docket.books)) else { return }
    try publish(deed)
    for answer in deed.answers {
      let partner = docket.books.partnerName(answer.partner)
      notice(.event(.fed(partner: partner, name: answer.name, because: deed.decision)))
    }
  }
}

extension Books {
  /// The SHA-256 of the configuration that the newest decision was made under; empty before the first.
  var newestSettings: [UInt8] {
    let (file, deed) = (files.last, deeds.last)
    let isDeed = (deed?.decision.raw ?? 0) > (file?.decision.raw ?? 0)
    return (isDeed ? deed?.configuration : file?.configuration) ?? []
  }
}

/// The kit as one page: what a partner's clerk reads on a phone, without us, a network or a script.

import Exchange
import Orders
import Reports

/// The page of one kit.
struct KitPage {
  private let kit: PartnerKit
  private let zone: Zone
  private var page = HTMLPage()

  /// The page's bytes.
  static func bytes(of kit: PartnerKit) -> [UInt8] {
    var page = KitPage(kit: kit, zone: kit.profile.zone)
    page.write()
    return page.page.bytes
  }

  private init(kit: PartnerKit, zone: Zone) {
    self.kit = kit
    self.zone = zone
  }

  private mutating func write() {
    page.literal("<!DOCTYPE html>\n")
    page.open("html", ["lang": "en"])
    page.open("head")
    page.empty("meta", ["charset": "utf-8"])
    page.empty(
      "meta",
      [
        "http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'",
      ])
    page.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
    page.empty("meta", ["name": "color-scheme", "content": "light dark"])
    page.element("title", "\(kit.profile.title): exchanging files")
    page.open("style")
    page.literal(KitPage.style)
    page.close("style")
    page.close("head")
    page.open("body")
    page.open("main")
    head()
    kinds()
    refused()
    gets()
    uploading()
    answersExplained()
    codes()
    page.close("main")
    page.close("body")
    page.close("html")
    page.literal("\n")
  }

  // MARK: Parts

  private mutating func head() {
    page.element("h1", "\(kit.profile.title): exchanging files")
    page.element(
      "p", ["class": "lead"],
      "Drop your files into the folder inbox, read the answers in the folder outbox. Every sample on this page was judged by the "
        + "exchange itself, and the answers are those that it gave.")
    page.open("nav")
    for (name, title) in [
      ("kinds", "What you may send"), ("gets", "What you get"), ("uploading", "How to upload safely"),
      ("answers", "The answers"), ("codes", "The codes"),
    ] {
      page.element("a", ["href": "#" + name], title)
    }
    page.close("nav")
    page.open("ul", ["class": "rules"])
    for rule in kit.profile.rules { page.element("li", rule.sentence) }
    page.close("ul")
  }

  private mutating func kinds() {
    page.open("section", ["id": "kinds"])
    page.element("h2", "What you may send")
    page.element(
      "p",
      "A file's name begins with its kind and ends with .csv, .json, .jsonl or one of them with .gz behind it: "
        + "\(kit.passes.first?.file.kind.name ?? "orders")-2111.csv. Names of columns are read without case, blanks, _ and -; other "
        + "columns may stand beside them. Codes, AWBs, order numbers and pin codes are text: keep their zeros."
    )
    for kind in KitText.kinds(of: kit) { self.kind(kind) }
    page.close("section")
  }

  private mutating func kind(_ kind: Kind) {
    page.open("article", ["id": "kind-" + kind.name])
    page.element("h3", kind.name)
    page.open(
      "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "columns of \(kind.name)"])
    page.open("table")
    page.literal(
      "<thead><tr><th scope=\"col\">column</th><th scope=\"col\">needed</th><th scope=\"col\">holds</th>")
    page.literal("<th scope=\"col\">example</th><th scope=\"col\">also named</th></tr></thead>")
    page.open("tbody")
    for column in KitText.columns(of: kind, in: kit) {
      page.open("tr")
      page.open("th", ["scope": "row"])
      page.element("code", column.name)
      page.close("th")
      page.element("td", column.isNeeded)
      page.element("td", column.holds)
      page.open("td")
      if !column.example.isEmpty { page.element("code", column.example) }
      page.close("td")
      page.element("td", column.synonyms.joined(separator: ", "))
      page.close("tr")
    }
    page.close("tbody")
    page.close("table")
    page.close("div")
    for sample in kit.passes where sample.file.kind == kind { passing(sample) }
    for sample in kit.fails where sample.file.kind == kind { failing(sample) }
    page.close("article")
  }

  private mutating func passing(_ sample: PartnerKit.Sample) {
    page.open("details")
    page.open("summary")
    page.element("b", ["class": "good"], "passes")
    page.text(" ")
    page.element("code", sample.file.name)
    page.close("summary")
    block(sample.file.text)
    page.open("p")
    prose("It is answered with \(KitText.outcome(sample)).")
    page.close("p")
    page.close("details")
  }

  private mutating func failing(_ sample: PartnerKit.Sample) {
    page.open("details")
    page.open("summary")
    page.element("b", ["class": "bad"], sample.outcome == .held ? "waits" : "fails")
    page.text(" ")
    page.element("code", sample.file.name)
    if case .fails(let because) = sample.file.part { prose(" " + because) }
    page.close("summary")
    block(sample.file.text)
    page.open("p")
    prose("It is answered with \(KitText.outcome(sample)).")
    page.close("p")
    if let errors = sample.answers.first(where: { $0.name.hasSuffix(".errors.csv") }) {
      page.open("p")
      page.element("code", errors.name)
      page.text(":")
      page.close("p")
      block(String(decoding: errors.bytes, as: UTF8.self))
    } else if let ack = sample.answers.first(where: { $0.name.hasSuffix(".ack.json") }) {
      page.open("p")
      page.element("code", ack.name)
      page.text(":")
      page.close("p")
      block(String(decoding: ack.bytes, as: UTF8.self))
    }
    if let code = sample.code {
      let meaning = code.meaning
      page.open("p")
      page.element("a", ["href": "#code-" + code.name], code.name)
      page.text(": \(meaning.sentence) \(meaning.remedy)")
      page.close("p")
    }
    page.close("details")
  }

  /// Our own words, in which what stands between backquotes is code.
  private mutating func prose(_ text: String) {
    for (place, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
      if place.isMultiple(of: 2) { page.text(String(part)) } else { page.element("code", String(part)) }
    }
  }

  /// A file as it is, in a box that scrolls by itself.
  private mutating func block(_ text: String) {
    page.open("pre", ["tabindex": "0"])
    // The page shows line ends as they are; everything else is escaped line by line.
    for (place, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      if place > 0 { page.literal("\n") }
      page.text(String(line))
    }
    page.close("pre")
  }

  private mutating func refused() {
    let refused = KitText.refused(of: kit)
    if refused.isEmpty { return }
    page.element("h3", "What you may not send")
    page.open("ul")
    for (kind, reason) in refused {
      page.open("li")
      page.element("code", kind.name)
      page.text(": \(reason)")
      page.close("li")
    }
    page.close("ul")
    for sample in kit.fails where !KitText.kinds(of: kit).contains(sample.file.kind) { failing(sample) }
  }

  private mutating func gets() {
    page.open("section", ["id": "gets"])
    page.element("h2", "What you get")
    if kit.profile.feeds.isEmpty {
      page.element("p", "The answers to your own files, and nothing else.")
    } else {
      page.element(
        "p",
        "Beside the answers to your own files, these appear in your outbox, numbered from 1 for each of them: "
          + kit.profile.feeds.map { "feed-\($0.rawValue)-N.json" }.joined(separator: ", ") + ".")
      for feed in kit.feeds {
        page.open("details")
        page.open("summary")
        page.element("code", feed.name)
        page.close("summary")
        block(String(decoding: feed.bytes, as: UTF8.self))
        page.close("details")
      }
    }
    page.close("section")
  }

  private mutating func uploading() {
    page.open("section", ["id": "uploading"])
    page.element("h2", "How to upload safely")
    page.open("ul")
    for sentence in KitText.uploading {
      page.open("li")
      prose(sentence)
      page.close("li")
    }
    page.close("ul")
    page.close("section")
  }

  private mutating func answersExplained() {
    page.open("section", ["id": "answers"])
    page.element("h2", "The answers")
    page.open("dl")
    for (name, meaning) in KitText.answers(of: kit) {
      page.open("dt")
      page.element("code", name)
      page.close("dt")
      page.element("dd", meaning)
    }
    page.close("dl")
    page.close("section")
  }

  private mutating func codes() {
    page.open("section", ["id": "codes"])
    page.element("h2", "The codes")
    page.open("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "codes"])
    page.open("table")
    page.literal("<thead><tr><th scope=\"col\">code</th><th scope=\"col\">what it says</th>")
    page.literal("<th scope=\"col\">who must act</th><th scope=\"col\">what to do</th></tr></thead>")
    page.open("tbody")
    for code in RejectionCode.allCases {
      let meaning = code.meaning
      page.open("tr", ["id": "code-" + code.name])
      page.open("th", ["scope": "row"])
      page.element("code", code.name)
      page.close("th")
      page.element("td", meaning.sentence)
      page.element("td", meaning.who.rawValue)
      page.element("td", meaning.remedy)
      page.close("tr")
    }
    page.close("tbody")
    page.close("table")
    page.close("div")
    page.close("section")
  }

  private static let style: StaticString = """
    :root { --paper:#fbfaf7; --card:#ffffff; --ink:#21201d; --soft:#6b675f; --line:#e4e0d8; --link:#285e8e;
      --good:#2e6b45; --bad:#9c2f22; --shade:#21201d33; }
    @media (prefers-color-scheme: dark) { :root { --paper:#16181a; --card:#1d2022; --ink:#e9e6df; --soft:#a19c92;
      --line:#33373a; --link:#8fc1e8; --good:#86c89e; --bad:#f0998b; --shade:#f4f1ea40; } }
    * { box-sizing:border-box; }
    html { -webkit-text-size-adjust:100%; }
    body { margin:0; background:var(--paper); color:var(--ink);
      font:15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
    main { max-width:60rem; margin:0 auto; padding:1.6rem 1rem 4rem; }
    h1 { font-size:1.7rem; line-height:1.2; margin:0 0 .4rem; }
    h2 { font-size:1.25rem; margin:0 0 .4rem; }
    h3 { font-size:1.05rem; margin:1.6rem 0 .4rem; }
    a { color:var(--link); }
    nav { display:flex; flex-wrap:wrap; gap:.2rem 1.1rem; margin:1rem 0; padding:.5rem 0;
      border-top:1px solid var(--line); border-bottom:1px solid var(--line); }
    section { margin-top:2.4rem; }
    .lead { color:var(--soft); }
    .good { color:var(--good); } .bad { color:var(--bad); }
    .scroll { overflow-x:auto; border:1px solid var(--line); border-radius:6px; background:
      linear-gradient(90deg, var(--card) 40%, transparent) 0 0/2rem 100% no-repeat local,
      linear-gradient(270deg, var(--card) 40%, transparent) 100% 0/2rem 100% no-repeat local,
      linear-gradient(90deg, var(--shade), transparent) 0 0/.8rem 100% no-repeat scroll,
      linear-gradient(270deg, var(--shade), transparent) 100% 0/.8rem 100% no-repeat scroll, var(--card); }
    table { border-collapse:collapse; width:100%; font-size:.92rem; }
    th, td { text-align:left; vertical-align:top; padding:.3rem .6rem; border-bottom:1px solid var(--line); }
    thead th { color:var(--soft); font-weight:600; white-space:nowrap; }
    td { min-width:6rem; } #codes td { min-width:12rem; } #codes td:nth-of-type(2) { min-width:5rem; }
    code, pre { font-family:ui-monospace, "DejaVu Sans Mono", monospace; font-size:.88rem; }
    th code, summary code { white-space:nowrap; }
    pre { overflow-x:auto; margin:.4rem 0; padding:.6rem .8rem; border:1px solid var(--line); border-radius:6px;
      background:var(--card); }
    details { margin:.5rem 0; border-left:3px solid var(--line); padding:.1rem 0 .1rem .8rem; }
    summary { cursor:pointer; overflow-wrap:anywhere; }
    li, dd, p { overflow-wrap:anywhere; }
    dt { margin-top:.5rem; } dd { margin:0 0 0 1rem; }
    @media print { @page { size:A4; margin:14mm 12mm; }
      :root { --paper:#ffffff; --card:#ffffff; --ink:#000000; --soft:#444444; --line:#bbbbbb; --link:#000000;
        --good:#1d4d30; --bad:#7d1f14; }
      body { font-size:10pt; } main { max-width:none; padding:0; } nav { display:none; } section { margin-top:1.4rem; }
      details::details-content { content-visibility:visible; block-size:auto; } .scroll { overflow:visible; background:none; }
      summary { list-style:none; } pre { white-space:pre-wrap; overflow-wrap:anywhere; font-size:8pt; }
      td, #codes td { min-width:0; } h2, h3, summary { break-after:avoid; } tr { break-inside:avoid; } }
    """
}

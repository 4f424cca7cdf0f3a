internal import Files

/// What every page of ours begins and ends with: one file that needs nothing else, and runs nothing but its own few lines.
extension HTMLPage {
  /// Everything up to the first part.
  mutating func begin(title: String) {
    literal("<!doctype html>\n")
    open("html", ["lang": "en"])
    open("head")
    empty("meta", ["charset": "utf-8"])
    // Nothing is fetched, and only this page's own script and style run, whatever a name in it tries to be.
    empty(
      "meta",
      [
        "http-equiv": "Content-Security-Policy",
        "content": "default-src 'none'; img-src data:; style-src \(HTMLPage.digest(ReportPage.style)); "
          + "script-src \(HTMLPage.digest(ReportPage.script))",
      ])
    empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
    empty("meta", ["name": "color-scheme", "content": "light dark"])
    empty("link", ["rel": "icon", "href": "data:,"])
    element("title", title)
    open("style")
    literal(ReportPage.style)
    close("style")
    close("head")
    open("body")
    patterns()
    open("main")
  }

  /// Everything behind the last part.
  mutating func end() {
    close("main")
    open("script")
    literal(ReportPage.script)
    close("script")
    close("body")
    close("html")
    literal("\n")
  }

  /// What a policy calls a text by: `'sha256-…'`.
  private static func digest(_ text: StaticString) -> String {
    let digest = text.withUTF8Buffer { SHA256.hash(Array($0)) }
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var spelled = ""
    for start in stride(from: 0, to: digest.count, by: 3) {
      let three = digest[start..<min(start + 3, digest.count)]
      var bits = three.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - three.count))
      var four: [Character] = []
      for _ in 0..<4 {
        four.insert(letters[bits & 63], at: 0)
        bits >>= 6
      }
      spelled += String(four.prefix(three.count + 1)) + String(repeating: "=", count: 3 - three.count)
    }
    return "'sha256-\(spelled)'"
  }

  /// The patterns that say without colour what a part of a plot is.
  private mutating func patterns() {
    literal(
      """
      <svg class="patterns" width="0" height="0" aria-hidden="true"><defs>\
      <pattern id="lines" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
      <rect class="base" width="5" height="5"></rect><rect class="over" width="2" height="5"></rect></pattern>\
      <pattern id="cross" width="6" height="6" patternUnits="userSpaceOnUse">\
      <rect class="base" width="6" height="6"></rect><path class="over" d="M0 0L6 6M6 0L0 6"></path></pattern>\
      </defs></svg>
      """)
  }
}

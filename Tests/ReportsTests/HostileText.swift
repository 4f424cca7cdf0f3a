/// Five hundred strings that a page, a spreadsheet or a reader of CSV might take for something else than text.
enum HostileText {
  static let all: [String] = wrappings.flatMap { wrap in seeds.map { wrap.before + $0 + wrap.after } }

  private static let wrappings: [(before: String, after: String)] = [
    ("", ""), ("A", "Z"), ("\">", ""), ("'", "'"), ("</td></table>", ""), ("<b>", "</b>"), ("=", ""),
    ("&lt;", ";"), ("\u{202E}", "\u{202C}"), ("</script>", "<script>"),
  ]

  private static let seeds = [
    "<script>window.taken=1</script>", "<img src=x onerror=window.taken=1>", "<svg onload=window.taken=1>",
    "<svg><script>window.taken=1</script></svg>", "\" onmouseover=\"window.taken=1",
    "' onclick='window.taken=1",
    "javascript:window.taken=1", "<iframe src=javascript:window.taken=1>", "<style>*{display:none}</style>",
    "<link rel=stylesheet href=http://example.invalid/x.css>", "<base href=http://example.invalid/>",
    "<meta http-equiv=refresh content=0;url=http://example.invalid/>", "<!--", "-->", "]]>", "<![CDATA[x]]>",
    "&amp;", "&#60;script&#62;", "&quot;", "<", ">", "&", "\"", "'", "`", "${window.taken=1}", "{{7*7}}",
    "=1+1", "+1", "-1+2", "@SUM(A1)", "=HYPERLINK(\"http://example.invalid\")", "=cmd|' /C calc'!A0", "\t=1",
    "\r=1",
    "a,b", "a;b", "a\"b", "a\nb", "a\r\nb", "00123", "1.2E+11", "\u{1B}[31mred", "bell\u{7}",
    "nul-like \u{1}",
    "नमस्ते क्षत्रिय", "தமிழ்", "👩‍👩‍👧", "\u{2028}line", "\u{FEFF}mark",
  ]
}

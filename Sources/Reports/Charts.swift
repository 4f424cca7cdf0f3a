/// Plots as inline SVG: every length across is a share of the width, so that a plot fits a phone, a screen and paper alike
/// while its text keeps its size.
///
/// What a colour says is said by a pattern as well, by the order of the parts, and by the numbers in the table below.
enum Charts {
  /// What a part of a plot stands for; the style sheet gives each its colour, and some a pattern.
  enum Ink: String {
    case applied, duplicate, recorded, parked, rejected
    case age0, age1, age2, age3, age4
    case plain, faint, now
  }

  struct Segment: Sendable {
    var length: Int
    var ink: Ink

    init(_ length: Int, _ ink: Ink) {
      self.length = length
      self.ink = ink
    }
  }

  /// A stacked column, with what stands below it and what a pointer over it shows.
  struct Column {
    var label: String
    var isLabelMinor = false
    var segments: [Segment]
    /// A mark across the column: what would be usual.
    var usual: Int?
    var words: String
    var isToday = false

    var length: Int { segments.reduce(0) { $0 + $1.length } }
  }

  // MARK: Stacked columns

  static func columns(_ columns: [Column], height: Int = 190, says: String, in page: inout HTMLPage) {
    let ceiling = scale(columns.map { max($0.length, $0.usual ?? 0) }.max() ?? 0)
    let floor = height - 22
    open(height, says, &page)
    grid(floor: floor, &page)
    for (place, column) in columns.enumerated() {
      let left = share(Double(place) + 0.14, columns.count)
      let width = share(0.72, columns.count)
      page.open("g", ["class": column.isToday ? "column today" : "column"])
      page.element("title", column.words)
      // The whole column answers to the pointer, also where it is empty.
      page.empty(
        "rect",
        [
          "class": "reach", "x": share(Double(place), columns.count), "y": "0",
          "width": share(1, columns.count), "height": String(floor),
        ])
      page.literal("</rect>")
      var top = Double(floor)
      for segment in column.segments where segment.length > 0 {
        // A part that is there is seen, however small.
        let tall = max(1.5, Double(segment.length) / Double(ceiling) * Double(floor - plotTop))
        top -= tall
        page.empty(
          "rect",
          [
            "class": segment.ink.rawValue, "x": left, "y": decimal(top), "width": width,
            "height": decimal(tall),
          ])
        page.literal("</rect>")
      }
      if let usual = column.usual, usual > 0 {
        let y = decimal(Double(floor) - Double(usual) / Double(ceiling) * Double(floor - plotTop))
        page.empty(
          "line",
          [
            "class": "usual", "x1": share(Double(place) + 0.04, columns.count), "y1": y,
            "x2": share(Double(place) + 0.96, columns.count), "y2": y,
          ])
        page.literal("</line>")
      }
      page.element(
        "text",
        [
          "class": column.isLabelMinor ? "tick minor" : "tick",
          "x": column.isToday ? "100%" : share(Double(place) + 0.5, columns.count),
          "y": String(height - 6), "text-anchor": column.isToday ? "end" : "middle",
        ], column.label)
      page.close("g")
    }
    marks(ceiling, floor: floor, &page)
    page.close("svg")
  }

  // MARK: A line

  /// Values day after day; a gap where there is none.
  /// - Parameter spelled: a value as the axis and the pointer show it.
  static func line(
    _ points: [(label: String, isMinor: Bool, value: Int?, words: String)], height: Int = 150, says: String,
    spelled: (Int) -> String, in page: inout HTMLPage
  ) {
    let ceiling = scale(points.compactMap(\.value).max() ?? 0)
    let floor = height - 22
    func y(_ value: Int) -> String {
      decimal(Double(floor) - Double(value) / Double(ceiling) * Double(floor - plotTop))
    }
    open(height, says, &page)
    grid(floor: floor, &page)
    for (place, point) in points.enumerated() {
      guard let value = point.value else { continue }
      let x = share(Double(place) + 0.5, points.count)
      if place > 0, let before = points[place - 1].value {
        page.empty(
          "line",
          [
            "class": "trend", "x1": share(Double(place) - 0.5, points.count), "y1": y(before), "x2": x,
            "y2": y(value),
          ])
        page.literal("</line>")
      }
    }
    for (place, point) in points.enumerated() {
      let x = share(Double(place) + 0.5, points.count)
      page.open("g", ["class": place == points.count - 1 ? "column today" : "column"])
      page.element("title", point.words)
      if let value = point.value {
        page.empty(
          "circle", ["class": "point", "cx": x, "cy": y(value), "r": place == points.count - 1 ? "4" : "2.5"])
        page.literal("</circle>")
      }
      page.element(
        "text",
        [
          "class": point.isMinor ? "tick minor" : "tick",
          "x": place == points.count - 1 ? "100%" : x, "y": String(height - 6),
          "text-anchor": place == points.count - 1 ? "end" : "middle",
        ], point.label)
      page.close("g")
    }
    marks(ceiling, floor: floor, spelled: spelled, &page)
    page.close("svg")
  }

  // MARK: A histogram

  /// A small distribution: a column for each class, its count above it.
  static func histogram(
    _ classes: [(label: String, count: Int)], height: Int = 110, says: String, in page: inout HTMLPage
  ) {
    let ceiling = max(1, classes.map(\.count).max() ?? 0)
    let floor = height - 20
    open(height, says, &page)
    for (place, shown) in classes.enumerated() {
      let tall =
        shown.count == 0 ? 0 : max(1.5, Double(shown.count) / Double(ceiling) * Double(floor - 18))
      let middle = share(Double(place) + 0.5, classes.count)
      page.empty(
        "rect",
        [
          "class": "plain", "x": share(Double(place) + 0.1, classes.count),
          "y": decimal(Double(floor) - tall),
          "width": share(0.8, classes.count), "height": decimal(tall),
        ])
      page.literal("</rect>")
      if shown.count > 0 {
        page.element(
          "text",
          ["class": "value", "x": middle, "y": decimal(Double(floor) - tall - 4), "text-anchor": "middle"],
          short(shown.count))
      }
      page.element(
        "text",
        ["class": "tick", "x": middle, "y": String(height - 5), "text-anchor": "middle"], shown.label)
    }
    page.empty(
      "line", ["class": "axis", "x1": "0", "y1": String(floor), "x2": "100%", "y2": String(floor)])
    page.literal("</line>")
    page.close("svg")
  }

  // MARK: A picture in a row of a table

  /// What a row of a table shows beside its numbers.
  enum Drawing: Sendable {
    case bar([Segment])
    /// The hours of a day: when something is usual, and when it came.
    case hours(usualMinute: Int, latestMinute: Int, came: Int?)
    case nothing

    var length: Int {
      if case .bar(let segments) = self { segments.reduce(0) { $0 + $1.length } } else { 0 }
    }
  }

  /// - Parameter whole: the length that fills the cell.
  static func draw(_ drawing: Drawing, whole: Int, in page: inout HTMLPage) {
    switch drawing {
    case .bar(let segments): bar(segments, whole: whole, in: &page)
    case .hours(let usual, let latest, let came): hours(usual, latest, came, in: &page)
    case .nothing: break
    }
  }

  private static func hours(_ usual: Int, _ latest: Int, _ came: Int?, in page: inout HTMLPage) {
    page.open("svg", ["class": "bar", "height": "14", "aria-hidden": "true"])
    page.empty("line", ["class": "axis", "x1": "0", "y1": "13", "x2": "100%", "y2": "13"])
    page.literal("</line>")
    for hour in [6, 12, 18] {
      let x = share(Double(hour), 24)
      page.empty("line", ["class": "grid", "x1": x, "y1": "0", "x2": x, "y2": "13"])
      page.literal("</line>")
    }
    page.empty(
      "rect",
      [
        "class": "window", "x": share(Double(usual), 1440), "y": "3",
        "width": share(Double(max(latest - usual, 30)), 1440), "height": "9",
      ])
    page.literal("</rect>")
    if let came {
      let x = share(Double(came), 1440)
      page.empty("line", ["class": "came", "x1": x, "y1": "0", "x2": x, "y2": "13"])
      page.literal("</line>")
    }
    page.close("svg")
  }

  private static func bar(_ segments: [Segment], whole: Int, in page: inout HTMLPage) {
    page.open("svg", ["class": "bar", "height": "14", "aria-hidden": "true"])
    var reached = 0
    for segment in segments where segment.length > 0 {
      page.empty(
        "rect",
        [
          "class": segment.ink.rawValue, "x": share(Double(reached), max(1, whole)), "y": "1",
          "width": share(Double(segment.length), max(1, whole)), "height": "12",
        ])
      page.literal("</rect>")
      reached += segment.length
    }
    page.close("svg")
  }

  // MARK: Parts

  private static let plotTop = 14

  private static func open(_ height: Int, _ says: String, _ page: inout HTMLPage) {
    page.open(
      "svg", ["class": "plot", "height": String(height), "role": "img", "aria-label": says])
  }

  private static func grid(floor: Int, _ page: inout HTMLPage) {
    for step in [0, 1, 2] {
      let y = decimal(Double(floor) - Double(step) / 2 * Double(floor - plotTop))
      page.empty("line", ["class": step == 0 ? "axis" : "grid", "x1": "0", "y1": y, "x2": "100%", "y2": y])
      page.literal("</line>")
    }
  }

  /// What the lines of the grid stand for; written last, so that no column hides it.
  private static func marks(
    _ ceiling: Int, floor: Int, spelled: (Int) -> String = short, _ page: inout HTMLPage
  ) {
    for step in [1, 2] where (ceiling * step).isMultiple(of: 2) {
      page.element(
        "text",
        [
          "class": "tick scale", "x": "0",
          "y": decimal(Double(floor) - Double(step) / 2 * Double(floor - plotTop) - 3),
        ],
        spelled(ceiling * step / 2))
    }
  }

  /// The next round number with a round half that is not below the value.
  static func scale(_ value: Int) -> Int {
    var unit = 1
    while true {
      for step in unit == 1 ? [2, 4, 6, 8] : [1, 2, 3, 4, 6, 8] where unit * step >= value {
        return unit * step
      }
      unit *= 10
    }
  }

  /// `950`, `12k`, `1.2M`
  static func short(_ number: Int) -> String {
    if number < 10_000 { return ReportWords.count(number) }
    if number < 1_000_000 { return "\(number / 1000)k" }
    return number % 1_000_000 < 100_000
      ? "\(number / 1_000_000)M" : "\(number / 1_000_000).\(number / 100_000 % 10)M"
  }

  /// A share of the width as a percentage with three places.
  private static func share(_ part: Double, _ whole: Int) -> String {
    decimal(part * 100 / Double(whole), places: 3) + "%"
  }

  /// A number with so many places at most, spelled the same on every machine.
  private static func decimal(_ value: Double, places: Int = 1) -> String {
    var factor = 1
    for _ in 0..<places { factor *= 10 }
    let scaled = Int((value * Double(factor)).rounded())
    let (whole, rest) = (abs(scaled) / factor, abs(scaled) % factor)
    var fraction = String(rest)
    fraction = String(repeating: "0", count: places - fraction.count) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return (scaled < 0 ? "-" : "") + String(whole) + (fraction.isEmpty ? "" : "." + fraction)
  }
}

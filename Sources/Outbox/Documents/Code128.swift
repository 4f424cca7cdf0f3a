// Code 128 is the barcode on shipping labels: black bars and white gaps, each one to four modules wide.
//
// A symbol is three bars and three gaps, 11 modules in all, and stands for a value from 0 to 105; the stop symbol has a
// bar more and 13 modules. What a value means depends on the set in use: in set B it is a character (value + 32), in set C a
// pair of digits. The code is: a start symbol that names the first set, the data with switches of set in between, a
// check symbol, the stop. Source: ISO/IEC 15417.

/// The barcode of one text.
struct Code128: Equatable {
  /// The values of its symbols, from start to stop.
  let values: [UInt8]

  /// The white space that a scanner needs on either side, in modules.
  static let quietModules = 10

  /// - Returns: nil for an empty text, and for one with a byte that is not printable ASCII: sets B and C cannot say it.
  init?(_ text: [UInt8]) {
    guard !text.isEmpty, text.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
    var values = Code128.data(text)
    var sum = Int(values[0])
    for place in 1..<values.count { sum = (sum + place * Int(values[place])) % 103 }
    values.append(UInt8(sum))
    values.append(Code128.stop)
    self.values = values
  }

  /// The widths of bars and gaps in turn, beginning and ending with a bar, in modules.
  var widths: [Int] { values.flatMap { Code128.patterns[Int($0)].utf8.map { Int($0) - 0x30 } } }

  /// All bars and gaps together, the quiet zones left out, in modules.
  var widthModules: Int { values.count * 11 + 2 }

  // MARK: - The shortest spelling

  private static let startB: UInt8 = 104
  private static let startC: UInt8 = 105
  private static let switchToC: UInt8 = 99
  private static let switchToB: UInt8 = 100
  private static let stop: UInt8 = 106

  /// The start symbol and the data with the fewest symbols there can be.
  ///
  /// For every place of the text the number of symbols from there to the end is worked out for both sets, from the end
  /// backwards; walking forwards then takes the cheaper way at each place, and stays in its set where both cost the same.
  private static func data(_ text: [UInt8]) -> [UInt8] {
    let end = text.count
    let never = Int.max / 2
    var costB = [Int](repeating: 0, count: end + 1)
    var costC = costB
    func isPair(_ place: Int) -> Bool { place + 1 < end && isDigit(text[place]) && isDigit(text[place + 1]) }
    for place in stride(from: end - 1, through: 0, by: -1) {
      let character = 1 + costB[place + 1]
      let pair = isPair(place) ? 1 + costC[place + 2] : never
      costB[place] = min(character, 1 + pair)
      costC[place] = min(pair, 1 + character)
    }

    var inC = costC[0] < costB[0]
    var values = [inC ? startC : startB]
    var place = 0
    while place < end {
      let stayed = inC ? (isPair(place) ? 1 + costC[place + 2] : never) : 1 + costB[place + 1]
      if stayed > (inC ? costC[place] : costB[place]) {
        inC.toggle()
        values.append(inC ? switchToC : switchToB)
      }
      if inC {
        values.append((text[place] - 0x30) * 10 + text[place + 1] - 0x30)
        place += 2
      } else {
        values.append(text[place] - 0x20)
        place += 1
      }
    }
    return values
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// By value: the widths of bar, gap, bar, gap, bar, gap; at 106 the stop with its last bar.
  private static let patterns = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
  ]
}

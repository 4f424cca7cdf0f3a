/// The figures as a person reads them.

import Foundation

extension Figures {
  func printed() -> String {
    if let drops { return dropLines(drops).joined(separator: "\n") + "\n" }
    var lines = [
      "\(count(rows)) rows in \(files.count) files, \(megabytes(bytes)) MB; medians of \(rounds); "
        + "\(machine.processor), \(machine.cores) cores, \(machine.system)"
    ]
    if !files.isEmpty {
      lines += [
        "", "ns a row, each stage alone; the stages from judge on as the program passes them, on one core",
      ]
      lines += stages()
      lines += ["", "in front of the judge, GB/s and M rows/s; parse as a share of cat"]
      lines += speeds()
    }
    if !whole.isEmpty { lines += ["", "the whole"] + wholes() }
    if !oneByOne.isEmpty {
      lines += ["", "scan files one by one, on a ledger that knows its orders"] + oneLines()
    }
    if let arrays, !arrays.isEmpty {
      lines += ["", "the same rows as JSON Lines and as one array, in turn"] + arrayLines(arrays)
    }
    if let start { lines += ["", "a start"] + startLines(start) }
    if !peers.isEmpty { lines += ["", "peers, in turn with the program"] + peerLines() }
    return lines.joined(separator: "\n") + "\n"
  }

  private func stages() -> [String] {
    let names = stagesAlone + stagesWithin
    var rows = [["file", "rows"] + names + ["sum"]]
    for file in files {
      let own = names.map { file.nanosecondsPerRow($0) }
      // Parsing reads for itself, and the scan is part of it.
      let sum = (["parse"] + stagesWithin).compactMap { file.nanosecondsPerRow($0) }.reduce(0, +)
      rows.append(
        [file.file, count(file.rows)] + own.map { $0.map { rounded($0, 0) } ?? "-" } + [rounded(sum, 0)])
    }
    return aligned(rows)
  }

  private func speeds() -> [String] {
    var rows = [["file", "MB", "cat", "read", "scan", "parse", "parse Mrows/s", "parse/cat"]]
    // A process takes a millisecond to start: of small files the share would say nothing.
    for file in files where file.bytes >= 4_000_000 {
      let speeds = stagesAlone.map { file.gigabytesPerSecond($0).map { rounded($0, 2) } ?? "-" }
      let parse = file.seconds["parse"] ?? 0
      let share = parse > 0 ? (file.seconds["cat"] ?? 0) / parse * 100 : 0
      rows.append(
        [file.file, megabytes(file.bytes)] + speeds
          + [rounded(parse > 0 ? Double(file.rows) / parse / 1e6 : 0, 2), rounded(share, 0) + " %"])
    }
    return aligned(rows)
  }

  private func wholes() -> [String] {
    var table = [
      ["cores", "s", "least", "most", "rows/s", "user s", "sys s", "peak MiB", "journal B/row", "syncs"]
    ]
    for run in whole {
      table.append([
        String(run.jobs), rounded(run.seconds, 2), rounded(run.secondsLeast, 2), rounded(run.secondsMost, 2),
        count(Int(Double(rows) / max(run.seconds, 1e-9))), rounded(run.userSeconds, 2),
        rounded(run.systemSeconds, 2),
        rounded(run.peakMebibytes, 1), rounded(run.journalBytesPerRow, 1), String(run.syncs),
      ])
    }
    return aligned(table)
  }

  private func oneLines() -> [String] {
    let cores = Set(oneByOne.flatMap(\.seconds.keys)).sorted()
    var table = [
      ["file", "rows"] + cores.map { "s, \($0) core\($0 == 1 ? "" : "s")" } + [
        "speed-up", "rows/s", "/ wc -l", "/ cat; sync", "journal B/applied", "MiB above books",
      ]
    ]
    for file in oneByOne {
      let seconds = cores.map { file.seconds[$0] ?? 0 }
      let best = seconds.last ?? 0
      table.append(
        [file.file, count(file.rows)] + seconds.map { rounded($0, 3) } + [
          rounded(best > 0 ? (seconds.first ?? 0) / best : 0, 2),
          count(Int(Double(file.rows) / max(best, 1e-9))),
          rounded(file.timesCounting, 1), rounded(file.timesCopying, 2),
          rounded(file.journalBytesPerApplied, 1),
          rounded(file.mebibytesAboveBooks, 1),
        ])
    }
    return aligned(table)
  }

  private func arrayLines(_ arrays: [ArrayFigures]) -> [String] {
    aligned(
      [["file", "rows", "processor s as lines", "as an array", "array / lines", "by the clock, all cores"]]
        + arrays.map {
          [
            $0.file, count($0.rows), rounded($0.linesSeconds, 2), rounded($0.arraySeconds, 2),
            rounded($0.processorRatio, 2), rounded($0.clockRatio, 2),
          ]
        })
  }

  private func startLines(_ start: StartFigures) -> [String] {
    aligned([
      [
        "order rows", "s, whole process", "s until open", "/ cat of the checkpoints",
        "checkpoint B/order row",
        "from the journal s/GB", "/ cat of it", "verify s", "/ sha256sum",
      ],
      [
        count(start.orderRows), rounded(start.seconds, 3), rounded(start.openedSeconds, 3),
        rounded(start.timesReadingCheckpoint, 1), rounded(start.checkpointBytesPerOrderRow, 0),
        rounded(start.recoverySecondsPerGigabyte, 2), rounded(start.timesReading, 1),
        rounded(start.verifySeconds, 2), rounded(start.timesDigesting, 2),
      ],
    ])
      + ["", "the books' tables"]
      + aligned(
        [["table", "B/order"]]
          + start.tables.filter { $0.bytesPerOrder >= 0.05 }.map {
            [$0.table, rounded($0.bytesPerOrder, 1)]
          })
  }

  private func dropLines(_ drops: DropFigures) -> [String] {
    var table = [["", "p50 ms", "p99 ms", "burst, files/s"]]
    func add(_ name: String, _ times: DropTimes?, _ places: Int) {
      guard let times else { return }
      table.append([
        name, rounded(times.medianMilliseconds, 2), rounded(times.slowestHundredthMilliseconds, 2),
        rounded(times.burstFilesPerSecond, places),
      ])
    }
    add("waybill", drops.own, 0)
    add("watchdog + SQLite", drops.peer, 0)
    add("waybill / peer", drops.ratio, 2)
    return [
      "drop to answer, \(drops.files) files of \(drops.rowsPerFile) scans, one after the other, and \(drops.burstFiles) at once; "
        + "medians of \(rounds); \(machine.processor), \(machine.cores) cores, \(machine.system)", "",
    ] + aligned(table)
  }

  private func peerLines() -> [String] {
    var table = [["peer", "s", "MiB", "times waybill", "counts"]]
    for peer in peers {
      table.append([
        peer.name, rounded(peer.seconds, 2), rounded(peer.mebibytes, 0), rounded(peer.ratio, 2), peer.verdict,
      ])
    }
    return aligned(table)
  }
}

/// Two runs side by side: how the second stands to the first.
func compared(_ before: Figures, _ after: Figures) -> String {
  var table = [["what", "before", "after", "after/before"]]
  func add(_ what: String, _ old: Double?, _ new: Double?, _ places: Int) {
    guard let old, let new, old > 0 || new > 0 else { return }
    table.append([
      what, rounded(old, places), rounded(new, places), old > 0 ? rounded(new / old, 3) : "-",
    ])
  }
  for file in after.files {
    guard let old = before.files.first(where: { $0.file == file.file }) else { continue }
    for stage in stagesAlone + stagesWithin {
      add("\(file.file) \(stage), ns a row", old.nanosecondsPerRow(stage), file.nanosecondsPerRow(stage), 0)
    }
  }
  for run in after.whole {
    guard let old = before.whole.first(where: { $0.jobs == run.jobs }) else { continue }
    let name = "whole, \(run.jobs) core\(run.jobs == 1 ? "" : "s")"
    add(name + ", s", old.seconds, run.seconds, 2)
    add(name + ", user s", old.userSeconds, run.userSeconds, 2)
    add(name + ", peak MiB", old.peakMebibytes, run.peakMebibytes, 1)
    add(name + ", journal bytes a row", old.journalBytesPerRow, run.journalBytesPerRow, 1)
    add(name + ", syncs", Double(old.syncs), Double(run.syncs), 0)
  }
  for peer in after.peers {
    guard let old = before.peers.first(where: { $0.name == peer.name }) else { continue }
    add("times waybill: " + peer.name, old.ratio, peer.ratio, 2)
  }
  return aligned(table).joined(separator: "\n") + "\n"
}

private func rounded(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }

private func megabytes(_ bytes: Int64) -> String { rounded(Double(bytes) / 1e6, 1) }

private func count(_ number: Int) -> String {
  var digits = String(number)
  var place = digits.count - 3
  while place > 0 {
    digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
    place -= 3
  }
  return digits
}

/// Columns under each other: the first to the left, figures to the right.
func aligned(_ rows: [[String]]) -> [String] {
  let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    row.indices.map { column in
      let gap = String(repeating: " ", count: widths[column] - row[column].count)
      return column == 0 ? row[column] + gap : gap + row[column]
    }.joined(separator: "  ")
  }
}

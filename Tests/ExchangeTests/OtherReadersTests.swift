/// Other programs read what we write: DuckDB, pandas and SQLite find in every CSV the rows that the acks count.

import Foundation
import TestSupport
import Testing

@Suite("Other programs read every CSV")
struct OtherReadersTests {
  /// A Python that has DuckDB and pandas; nil: none is known.
  static let python: String? = {
    let named = ProcessInfo.processInfo.environment["WAYBILL_PYTHON"]
    return ([named].compactMap { $0 } + ["/usr/bin/python3"]).first { python in
      let trial = Process()
      trial.executableURL = URL(fileURLWithPath: python)
      trial.arguments = ["-c", "import duckdb, pandas"]
      trial.standardError = FileHandle.nullDevice
      guard (try? trial.run()) != nil else { return false }
      trial.waitUntilExit()
      return trial.terminationStatus == 0
    }
  }()

  static let sqlite: String? =
    FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3")
    ? "/usr/bin/sqlite3" : nil

  /// The sample trading day with its report and its reconciliation.
  private func day(_ root: TemporaryFolder) async throws {
    try FileManager.default.copyItem(atPath: packageRoot + "/fixtures", toPath: root.path("fixtures"))
    try root.makeFolder("inbox")
    let clock = "2026-11-24T13:00:00+05:30"
    try root.write("order_number,order_status\nEE-24001,Open\nEE-X,Open\n", to: "export.csv")
    let runs: [(words: [String], status: Int32)] = [
      (["try"], 0), (["once", "--quiet", "--at", clock], 0), (["kit", "dtdc", "--to", root.path("kit")], 0),
      (["reconcile", "--at", clock], 1), (["report", "--at", clock], 0),
      (["reconcile", root.path("export.csv"), "--partner", "easyecom", "--at", clock], 1),
    ]
    for (words, status) in runs {
      if words[0] == "once" {
        // What a sample day has not: an export that leaves orders out, and rejected rows between other marks than commas.
        try root.write("order_number,order_status\nEE-24001,Open\n", to: "inbox/easyecom/reconcile-1.csv")
        for (name, mark) in [("semicolons", ";"), ("tabs", "\t"), ("pipes", "|")] {
          let rows = [
            ["order_number", "confirmed_at"], ["EE-X", "\"never,\nat all\""], ["=1", "'x"], ["EE-Y", "soon"],
          ]
          try root.write(
            rows.map { $0.joined(separator: mark) + "\n" }.joined(),
            to: "inbox/dtdc/confirmations-\(name).csv")
        }
      }
      let finished = try await WaybillProgram.run(words + ["--root", root.path])
      guard finished.status == .exited(status) else { throw TestFailure("\(words): \(finished.errors)") }
    }
    for (name, words) in [
      ("rules", ["--format", "csv"]), ("touchpoints", ["--touchpoints", "--format", "csv"]),
    ] {
      let printed = try await WaybillProgram.run(["rules"] + words + ["--root", root.path])
      try root.write(printed.outputBytes, to: "outbox/reports/\(name).csv")
    }
  }

  /// Every CSV of outbox and kit, and what the acks say of those that they count.
  private static let wanted = """
    import json, os, sys
    root = sys.argv[1]
    # A sample that is to fail may be no sound CSV; its answers are.
    files = sorted(os.path.join(folder, name) for part in ["outbox", "kit"]
                   for folder, _, names in os.walk(os.path.join(root, part))
                   for name in names if name.endswith(".csv") and not folder.endswith("/kit/fails"))
    for kind in [".result.csv", ".errors.csv", ".settled-1.csv", ".missing.csv", "/kit/columns.csv", "/kit/codes.csv",
                 "/kit/passes/tracking-good.csv", "bad-time.csv.errors.csv", "/reconcile.csv", "/reconcile-totals.csv",
                 "/reconcile-easyecom.csv", "/needs.csv", "/stuck-shipments.csv", "/rules.csv", "/touchpoints.csv"]:
        assert any(file.endswith(kind) for file in files), kind

    def mark(file):
        head = open(file, encoding="utf-8").readline()
        return max(",;\t|", key=head.count)

    outcomes = ["applied", "duplicate", "recorded", "parked", "rejected"]
    wanted = {}
    for folder, _, names in os.walk(root):
        for name in names:
            if not name.endswith(".ack.json"):
                continue
            ack = json.load(open(os.path.join(folder, name)))
            stem = os.path.join(folder, name[:-len(".ack.json")])
            if stem + ".result.csv" in files:
                wanted[stem + ".result.csv"] = {o: ack["rows"][o] for o in outcomes}
            if stem + ".errors.csv" in files:
                wanted[stem + ".errors.csv"] = ack["rows"]["rejected"]
    assert len(wanted) > 10, wanted
    assert len(files) > 40, files

    """

  @Test(
    "DuckDB and pandas count what the acks count, and agree on every cell of every file",
    .enabled(if: python != nil, "no Python with duckdb and pandas is known (WAYBILL_PYTHON names one)"))
  func duckAndPandas() async throws {
    try await withTemporaryFolder { root in
      try await day(root)
      let script =
        Self.wanted + """
          import duckdb, pandas
          for file in files:
              frame = pandas.read_csv(file, dtype=str, keep_default_na=False, sep=mark(file))
              table = duckdb.sql(
                  f"select * from read_csv('{file}', header=true, all_varchar=true, delim='{mark(file)}', quote='\\"', escape='\\"')")
              header = list(frame.columns)
              assert header == table.columns, (file, header, table.columns)
              theirs = [tuple("" if cell is None else cell for cell in row) for row in table.fetchall()]
              ours = [tuple(row) for row in frame.itertuples(index=False)]
              assert ours == theirs, (file, ours[:3], theirs[:3])
              expected = wanted.get(file)
              if isinstance(expected, dict):
                  counts = frame["outcome"].value_counts().to_dict()
                  assert {k: v for k, v in expected.items() if v} == counts, (file, expected, counts)
              elif expected is not None:
                  assert len(frame) == expected, (file, expected, len(frame))
          print(len(files))
          """
      try await run(Self.python ?? "", ["-c", script, root.path])
    }
  }

  @Test("SQLite counts what the acks count", .enabled(if: sqlite != nil, "this machine has no sqlite3"))
  func sqliteReads() async throws {
    try await withTemporaryFolder { root in
      try await day(root)
      let script =
        Self.wanted + """
          import csv, subprocess
          for file in files:
              lines = len(list(csv.reader(open(file, encoding="utf-8", newline=""), delimiter=mark(file)))) - 1
              separator = mark(file).replace("\\t", "\\\\t")
              asked = f'.mode csv\\n.separator "{separator}" "\\\\n"\\n.import "{file}" t\\nselect count(*) from t;\\n'
              expected = wanted.get(file)
              if isinstance(expected, dict):
                  asked += "select outcome, count(*) from t group by outcome;\\n"
              said = subprocess.run([sys.argv[2], ":memory:"], input=asked, text=True, capture_output=True)
              assert said.returncode == 0 and said.stderr == "", (file, said.stderr)
              answers = said.stdout.split()
              if lines == 0:
                  continue
              assert int(answers[0]) == lines, (file, lines, answers)
              if isinstance(expected, dict):
                  counts = {line.split(",")[0]: int(line.split(",")[1]) for line in answers[1:]}
                  assert counts == {k: v for k, v in expected.items() if v}, (file, counts, expected)
              elif expected is not None:
                  assert lines == expected, (file, lines, expected)
          print(len(files))
          """
      try await run("/usr/bin/python3", ["-c", script, root.path, Self.sqlite ?? ""])
    }
  }

  private func run(_ program: String, _ words: [String]) async throws {
    var reader = WaybillProgram(words)
    reader.program = program
    let finished = try await reader.run(timeoutSeconds: 120)
    #expect(finished.status == .exited(0), "\(finished.errors)")
    #expect((Int(finished.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) > 40)
  }
}

/// The bar of long work: how far, how fast, how long still; on a terminal and nowhere else.

import Foundation
import TestSupport
import Testing

@testable import waybill

@Suite("The bar of long work")
struct ProgressTests {
  @Test("It shows rate and time left once the work has gone on for a while")
  func rate() {
    let bytes = Headway(done: 10 << 20, total: 40 << 20, unit: "bytes", subject: "scans.csv")
    #expect(
      ProgressBar.text(bytes, columns: 120, after: 2)
        == "[######------------------]  25 %  10.0 MiB  5.0 MiB/s  7 s left  scans.csv")
    let rows = Headway(done: 1200, total: 1200, unit: "rows")
    #expect(
      ProgressBar.text(rows, columns: 120, after: 4)
        == "[########################] 100 %  1,200 rows  300 rows/s")
    #expect(
      ProgressBar.text(rows, columns: 120, after: 0.1) == "[########################] 100 %  1,200 rows")
    let unknown = Headway(done: 12_345, total: 0, unit: "frames")
    #expect(ProgressBar.text(unknown, columns: 80, after: 5) == "12,345 frames  2,469 frames/s")
  }

  @Test("A terminal sees it while `once` works, and it is wiped before the table")
  func onATerminal() async throws {
    try await withOrders(rows: 60_000) { root in
      var program = WaybillProgram(["once", "--root", root.path])
      program.errors = .terminal
      let finished = try await program.run()
      #expect(finished.status == .exited(0), "\(finished.errors)")
      #expect(finished.errors.contains("\r["))
      #expect(finished.errors.contains("/s"))
      #expect(finished.errors.contains("orders-1.csv"))
      #expect(finished.errors.hasSuffix("\r\u{1B}[K"))
      #expect(finished.output.contains("60,000"))

      for part in ["verify", "prove"] {
        var long = WaybillProgram(["ledger", part, "--root", root.path])
        long.errors = .terminal
        let ended = try await long.run()
        #expect(ended.status == .exited(0))
        #expect(ended.errors.contains(" %  "), "\(part): \(ended.errors)")
        let piped = try await WaybillProgram.run(["ledger", part, "--root", root.path])
        #expect(piped.errors == "")
      }
    }
  }

  @Test("Neither a pipe nor --quiet sees any of it")
  func elsewhere() async throws {
    try await withOrders(rows: 20_000) { root in
      let piped = try await WaybillProgram.run(["once", "--root", root.path])
      #expect(piped.status == .exited(0))
      #expect(piped.errors == "")
    }
    try await withOrders(rows: 20_000) { root in
      var program = WaybillProgram(["once", "--root", root.path, "--quiet"])
      program.errors = .terminal
      let finished = try await program.run()
      #expect(finished.errors == "")
    }
  }

  private static let tmux = "/usr/bin/tmux"

  @Test(
    "A real terminal shows it as one line that moves",
    .enabled(if: FileManager.default.isExecutableFile(atPath: tmux)))
  func inTmux() async throws {
    try await withOrders(rows: 60_000) { root in
      let socket = root.path("tmux")
      func tmux(_ words: String...) async throws -> FinishedProgram {
        var program = WaybillProgram(["-S", socket] + words)
        program.program = Self.tmux
        return try await program.run()
      }
      // The terminal's own record of what went to it: nothing is missed, however busy the machine is.
      let (go, record) = (root.path("go"), root.path("terminal"))
      let command =
        "while [ ! -e \(go) ]; do sleep 0.1; done; \(WaybillProgram.path) once --root \(root.path); sleep 300"
      let started = try await tmux("new-session", "-d", "-x", "100", "-y", "30", command)
      #expect(started.status == .exited(0), "\(started.errors)")
      let recorded = try await tmux("pipe-pane", "cat > \(record)")
      #expect(recorded.status == .exited(0), "\(recorded.errors)")
      try root.write("", to: "go")
      var (screen, complaints) = ("", "")
      let end = ContinuousClock.now + .seconds(300)
      while ContinuousClock.now < end, !screen.contains("rows a second") {
        try await Task.sleep(for: .milliseconds(200))
        let captured = try await tmux("capture-pane", "-p")
        (screen, complaints) = (captured.output, captured.errors)
        let shown = screen.split(separator: "\n").filter { $0.hasPrefix("[") && $0.contains(" %  ") }
        #expect(shown.count <= 1, "\(screen)")
      }
      _ = try await tmux("kill-server")
      #expect(screen.contains("60,000"), "\(screen)\(complaints)")
      #expect(!screen.contains(" %  "), "\(screen)")
      let bars = Set(try root.text("terminal").split(separator: "\r").filter { $0.contains(" %  ") })
      #expect(bars.count >= 2, "\(bars)")
      #expect(bars.contains { $0.contains("iB/s") && $0.contains("orders-1.csv") }, "\(bars)")
    }
  }

  /// An exchange in which one file of so many orders waits.
  private func withOrders(rows: Int, _ body: (TemporaryFolder) async throws -> Void) async throws {
    try await withTemporaryFolder { root in
      try root.makeFolder("inbox/easyecom")
      var text = "order_number,invoice_id,suborder_id,sku,quantity,price,location_key\n"
      for row in 1...rows { text += "E-\(row),INV-\(row),1,TEA-250,1,229.00,WH-1\n" }
      try root.write(text, to: "inbox/easyecom/orders-1.csv")
      try await body(root)
    }
  }
}

/// The units for systemd, held against systemd's own checker where the machine has it.

import Foundation
import TestSupport
import Testing

@testable import waybill

@Suite("The units for systemd")
struct ServiceUnitsTests {
  private static let analyze = "/usr/bin/systemd-analyze"
  private static let hasAnalyze = FileManager.default.isExecutableFile(atPath: analyze)

  @Test("The printed script writes the three units that systemd understands", .enabled(if: hasAnalyze))
  func verified() async throws {
    try await withTemporaryFolder { root in
      let printed = try await WaybillProgram.run(["init", "--root", root.path, "--systemd"])
      #expect(printed.status == .exited(0), "\(printed.errors)")
      let names = try Self.write(printed.output, root)
      #expect(names == ["waybill.service", "waybill-nightly.service", "waybill-nightly.timer"])
      var checker = WaybillProgram(["verify", "--man=no"] + names.map { root.path($0) })
      checker.program = Self.analyze
      let checked = try await checker.run()
      #expect(checked.status == .exited(0), "\(checked.errors)")
      #expect(checked.output + checked.errors == "")
    }
  }

  @Test("systemd counts the daemon among the well fenced", .enabled(if: hasAnalyze))
  func fenced() async throws {
    try await withTemporaryFolder { root in
      let printed = try await WaybillProgram.run(["init", "--root", root.path, "--systemd"])
      for name in try Self.write(printed.output, root) where name.hasSuffix(".service") {
        // 10 is no fence at all; 30 stands for 3.0 on the scale that ends with 10.0.
        var checker = WaybillProgram([
          "security", "--offline=true", "--no-pager", "--threshold=30", root.path(name),
        ])
        checker.program = Self.analyze
        let checked = try await checker.run()
        #expect(checked.status == .exited(0), "\(name): \(checked.output.suffix(300))\(checked.errors)")
      }
    }
  }

  @Test("The script is one that a shell reads, and the SFTP server's script has the same unit")
  func script() async throws {
    let printed = try await WaybillProgram.run(["init", "--root", "/srv/exchange", "--systemd"])
    var shell = WaybillProgram(["-n"])
    shell.program = "/bin/sh"
    shell.input = printed.outputBytes
    let checked = try await shell.run()
    #expect(checked.status == .exited(0), "\(checked.errors)")
    let server = try await WaybillProgram.run(["init", "--root", "/srv/exchange", "--sshd"])
    let unit = ServiceUnits(root: "/srv/exchange").service
    #expect(printed.output.contains(unit) && server.output.contains(unit))
    #expect(unit.contains("\nType=notify\n") && unit.contains("\nWatchdogSec="))
    #expect(unit.contains("ExecStart=/usr/local/bin/waybill run --root /srv/exchange\n"))
  }

  @Test("A path that a unit cannot hold is refused")
  func refused() async throws {
    let printed = try await WaybillProgram.run(["init", "--root", "/srv/an exchange", "--systemd"])
    #expect(printed.status == .exited(3))
    #expect(printed.errorLines.count == 1 && printed.output == "")
  }

  /// Writes the units as the script would, for the program that is tested; their names in the script's order.
  private static func write(_ script: String, _ root: TemporaryFolder) throws -> [String] {
    var names: [String] = []
    for part in script.components(separatedBy: "cat >/etc/systemd/system/").dropFirst() {
      let name = String(part.prefix { $0 != " " })
      let text = part.components(separatedBy: "<<'END'\n")[1].components(separatedBy: "END\n")[0]
      try root.write(text.replacing("/usr/local/bin/waybill", with: WaybillProgram.path), to: name)
      names.append(name)
    }
    return names
  }
}

/// `waybill init --sshd`: the script that sets up an SFTP server for the exchange.

import Exchange
import Foundation
import Orders

extension InitCommand {
  /// Prints the script; what it will make is for the operator to read first.
  static func printServer(_ call: Call) throws(Stop) -> ExitCode {
    let profiles = try call.ask { () throws(Failure) in try Connection.configuration(call.arguments).profiles
    }
    let setup: SFTPSetup
    do throws(SFTPSetup.Refusal) {
      setup = try SFTPSetup(
        root: absolute(call.arguments.root), configuration: call.arguments.config.map(absolute),
        partners: profiles.map(\.folder))
    } catch {
      throw .failure(.stopped(Sentences.of(error)))
    }
    call.console.data(setup.text.utf8)
    return .done
  }

  /// Prints the script that makes the units; what it will make is for the operator to read first.
  static func printUnits(_ call: Call) throws(Stop) -> ExitCode {
    let units = ServiceUnits(
      root: absolute(call.arguments.root), configuration: call.arguments.config.map(absolute))
    for path in [units.root, units.configuration].compactMap({ $0 }) where !SFTPSetup.isPlain(path) {
      throw .failure(.stopped(Sentences.of(SFTPSetup.Refusal.path(path))))
    }
    call.console.data(units.script.utf8)
    return .done
  }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}

extension Sentences {
  static func of(_ refusal: SFTPSetup.Refusal) -> String {
    switch refusal {
    case .path(let path):
      "the path \(SafeText.of(path)) cannot stand in sshd's configuration or a unit: give the exchange one of letters, digits, "
        + "dots, dashes and underscores below /"
    case .login(let name): "a partner's folder named \(SafeText.of(name)) cannot be a login of the same name"
    }
  }
}

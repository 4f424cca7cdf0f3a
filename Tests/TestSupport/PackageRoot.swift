/// Where the package lies on this machine, so that a test finds `fixtures/` whatever folder it was started in.

/// The folder that holds `Package.swift`, without a slash at its end.
package let packageRoot: String = {
  // This file is Tests/TestSupport/PackageRoot.swift: three names up.
  let names = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
  return names.joined(separator: "/")
}()

/// The path of something below the package's root: `fixture("exchanges/trading-day")` lies in `fixtures/`.
package func fixture(_ path: String) -> String { packageRoot + "/fixtures/" + path }

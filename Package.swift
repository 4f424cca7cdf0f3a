// swift-tools-version: 6.2

import PackageDescription

/// The same strict settings for every room: imports are internal and explicit, warnings are errors.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

func room(_ name: String, _ doors: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .target(name: name, dependencies: doors, exclude: exclude, swiftSettings: strict)
}

func proof(_ name: String, _ doors: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: doors + ["TestSupport"], swiftSettings: strict)
}

let package = Package(
  name: "waybill",
  products: [.executable(name: "waybill", targets: ["waybill"])],
  targets: [
    // The pure trade: states, transitions, partners, codes. Imports nothing.
    room("Orders"),
    // The one door to the kernel.
    room("Files", ["Digest"]),
    // SHA-256 and CRC-32C by the processor's own instructions; a room of its own for its flags, asked for at run time.
    .target(
      name: "Digest",
      swiftSettings: strict + [
        .unsafeFlags(
          ["-Xcc", "-msha", "-Xcc", "-mssse3", "-Xcc", "-msse4.1", "-Xcc", "-msse4.2"],
          .when(platforms: [.linux]))
      ]),
    room("Intake", ["Orders", "Files"]),
    room("Formats", ["Orders"]),
    room("Ledger", ["Orders", "Files"]),
    room("Outbox", ["Orders", "Files"]),
    room("Exchange", ["Intake", "Formats", "Ledger", "Outbox", "Orders", "Files"]),
    room("Reports", ["Ledger", "Orders", "Files"]),
    // The job for Apache Spark, which calls the program's filters; the program prints it.
    .target(name: "Spark", resources: [.embedInCode("waybill_job.py")], swiftSettings: strict),
    .executableTarget(
      name: "waybill", dependencies: ["Exchange", "Reports", "Ledger", "Orders", "Spark"],
      swiftSettings: strict),
    // Measures the program: its stages, the whole, and its peers beside it.
    .executableTarget(
      name: "Benchmarks", dependencies: ["Exchange", "Formats", "Orders", "Files"], swiftSettings: strict),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    // What is fed with hostile bytes, and what must be true of it; the tests feed it, and libFuzzer where it is asked for.
    .target(
      name: "Fuzzing",
      dependencies: ["Exchange", "Formats", "Intake", "Ledger", "Outbox", "Orders", "Files"],
      path: "Tests/Fuzzing", swiftSettings: strict),
    proof("FuzzTests", ["Fuzzing"]),
    proof("OrdersTests", ["Orders"]),
    proof("FilesTests", ["Files"]),
    proof("IntakeTests", ["Intake", "Orders", "Files"]),
    proof("FormatsTests", ["Formats", "Orders"]),
    proof("LedgerTests", ["Ledger", "Orders", "Files"]),
    proof("OutboxTests", ["Outbox", "Orders", "Files"]),
    proof("ReportsTests", ["Reports", "Ledger", "Orders", "Files"]),
    proof("ExchangeTests", ["Exchange", "Reports", "Ledger", "Orders", "Files"]),
    // Partners' own clients against Debian's own server, with the program between them.
    proof("SFTPTests", ["Files"]),
    // The job on a real Spark, where there is one.
    proof("SparkTests", ["Orders"]),
    proof("waybillTests", ["waybill", "Reports", "Exchange", "Orders"]),
  ]
)

// libFuzzer wants counters in every room it is to look into; nobody else does.
if Context.environment["WAYBILL_LIBFUZZER"] != nil {
  for target in package.targets {
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=fuzzer"])]
  }
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: ["Fuzzing"], path: "Tests/FuzzProgram",
      swiftSettings: strict + [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]))
}

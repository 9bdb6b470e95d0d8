// swift-tools-version: 6.2
import PackageDescription

/// The settings that every Swift target of ours is built with.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// A room of the house: a target of ours with the settings above.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of a room, which mirror its sources.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.target(name: name)] + dependencies, exclude: exclude, swiftSettings: strict)
}

/// A program that measures us, or holds us to data of others.
func measure(_ name: String, in folder: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Benchmarks/" + folder, exclude: exclude, swiftSettings: strict)
}

/// A program that tests start and end by force.
func probe(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: "Tests/" + name, swiftSettings: strict)
}

let package = Package(
  name: "entente",
  products: [
    .executable(name: "entente", targets: ["entente"]),
    .library(name: "AMQP", targets: ["AMQP"]),
    .library(name: "AgencyClient", targets: ["AgencyClient"]),
  ],
  dependencies: [
    // The command line.
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    // SHA-256, HMAC, Ed25519: commitments, delivery ids, signatures.
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    // Structured logs, with the backend chosen by the program.
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    // Metrics, with the backend chosen by the program.
    .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
    // Services that start, and stop in order on a signal.
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    // SQLite for the ledger.
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    // YAML for the configuration folder, with the lines that errors name.
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // Floor 0: C, and the schema files.
    .target(name: "CRabbitMQ", linkerSettings: [.linkedLibrary("rabbitmq")]),
    .systemLibrary(name: "CLibXML2", path: "Sources/CLibXML2", pkgConfig: "libxml-2.0"),
    // OpenSSL; beside 3.0 on x86-64 it loads Intel's multi-buffer library, if it is there, for AES-GCM.
    .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    .target(name: "CPCRE2", linkerSettings: [.linkedLibrary("pcre2-8")]),
    .target(name: "CSandbox"),
    .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
    .target(
      name: "Schemas", path: "Schemas",
      resources: [
        .copy("circia"), .copy("cra"), .copy("csaf"), .copy("entente"), .copy("intelmq"), .copy("iodef"),
        .copy("kev"), .copy("misp"), .copy("n6"), .copy("nis2"), .copy("stix"),
      ],
      swiftSettings: strict),
    // Floor 1.
    room("Contract"),
    room("AMQP", ["COpenSSL", "CRabbitMQ", crypto, lifecycle, logging, metrics]),
    room("JSON", ["CSimdJSON"]),
    room("Sandbox", ["CSandbox", crypto]),
    room("XML", ["CLibXML2"]),
    // Floor 2.
    room("JSONSchema", ["CPCRE2", "JSON"]),
    room("STIX", ["Contract", "JSON", crypto]),
    room("Broker", ["JSON"]),
    room("Partners", ["Contract", "JSON"]),
    // Floor 3.
    room("Formats", ["Contract", "JSON", "JSONSchema", "Partners", "STIX", "Schemas", "XML"]),
    room("Sharing", ["Contract", "JSON", "JSONSchema", "Partners", "STIX", "Schemas", crypto, yams]),
    // Floor 4.
    room("Adapters", ["Contract", "JSON", "Partners", "STIX", "Formats", "Sandbox", crypto]),
    room("Ledger", ["Contract", crypto, grdb]),
    // Floor 5.
    room(
      "Hub",
      [
        "AMQP", "Adapters", "Broker", "Contract", "Formats", "JSON", "Ledger", "Partners", "STIX", "Sharing", crypto,
        lifecycle, logging,
      ]),
    room("AgencyClient", ["AMQP", "Contract", "JSON", lifecycle, logging]),
    // Floor 7.
    room(
      "Commands",
      [
        "AMQP", "AgencyClient", "Broker", "Contract", "Formats", "Hub", "JSON", "Ledger", "Partners", "STIX", "Sharing",
        argumentParser, crypto, lifecycle, logging, unixSignals,
      ]),
    .executableTarget(name: "entente", dependencies: ["Commands"], swiftSettings: strict),
    // Tests, with what several of them share and the programs that some of them end by force.
    .target(
      name: "BrokerTestSupport", dependencies: ["Broker"], path: "Tests/BrokerTestSupport", swiftSettings: strict),
    probe("BrokerProbe", ["Broker", "BrokerTestSupport"]),
    probe("LedgerProbe", ["Contract", "Ledger"]),
    probe("HubProbe", ["Hub", "Sharing", logging]),
    // What `make fire` runs.
    probe(
      "Fire",
      [
        "AMQP", "AgencyClient", "Broker", "BrokerTestSupport", "Contract", "Hub", "JSON", "Ledger", "Sharing", crypto,
        logging,
      ]),
    tests("Adapters", ["Contract", "Formats", "JSON", "Partners", "STIX", crypto], exclude: ["Golden"]),
    tests("AMQP", ["Broker", "BrokerTestSupport", crypto, lifecycle, logging, metrics, metricsTestKit]),
    tests(
      "AgencyClient", ["AMQP", "Broker", "BrokerTestSupport", "Contract", "JSON", lifecycle, logging]),
    .testTarget(name: "ArchitectureTests", dependencies: ["JSON"], swiftSettings: strict),
    tests("Broker", ["BrokerProbe", "BrokerTestSupport", "JSON"]),
    tests(
      "Commands",
      ["Contract", "Formats", "Hub", "JSON", "Ledger", "STIX", "Sharing", "entente", argumentParser, logging],
      exclude: ["Golden"]),
    tests("Formats", ["Contract", "JSON", "Schemas"], exclude: ["Golden"]),
    tests(
      "Hub",
      [
        "AMQP", "Adapters", "Broker", "BrokerTestSupport", "Contract", "Formats", "HubProbe", "JSON", "Ledger",
        "Partners", "STIX", "Sharing", crypto, logging,
      ]),
    tests("JSON"),
    tests("JSONSchema", ["JSON"]),
    tests("Ledger", ["Contract", "JSON", "LedgerProbe", crypto, grdb]),
    tests("Sharing", ["Contract", "JSON", "Partners", "STIX"]),
    tests("XML"),
    tests("STIX", ["Contract", "JSON", "JSONSchema", "Schemas"]),
    // What fuzzers run; their corpora are tests too.
    .target(
      name: "FuzzTargets",
      dependencies: ["AMQP", "Adapters", "Contract", "Formats", "JSON", "JSONSchema", "Partners", "STIX"],
      path: "Fuzz/Targets",
      swiftSettings: strict),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: strict),
    // Measurements: `make corpora`, `make bench`.
    measure("Corpora", in: "Corpora", ["Adapters", "Contract", "Formats", "JSON", "JSONSchema", "STIX"]),
    measure("AMQPBenchmark", in: "AMQP", ["AMQP", "Broker"], exclude: ["Peer", "peer.py"]),
    .executableTarget(
      name: "AMQPBenchmarkPeer", path: "Benchmarks/AMQP/Peer", linkerSettings: [.linkedLibrary("rabbitmq")]),
    measure("AdaptersBenchmark", in: "Adapters", ["Adapters", "Contract", "JSON", "STIX"], exclude: ["peer.py"]),
    measure(
      "FormatsBenchmark", in: "Formats",
      ["Adapters", "Contract", "Formats", "JSON", "Partners", "STIX"],
      exclude: ["peer.py"]),
    measure("SharingBenchmark", in: "Sharing", ["Contract", "JSON", "STIX", "Sharing"], exclude: ["peer.py"]),
    measure(
      "HubBenchmark", in: "Hub",
      ["AMQP", "Adapters", "Broker", "Contract", "Hub", "JSON", "Ledger", "STIX", "Sharing", logging],
      exclude: ["peers.py"]),
    measure("LedgerBenchmark", in: "Ledger", ["Contract", "Ledger"]),
    measure("ValidationBenchmark", in: "Validation", ["CSimdJSON", "Formats", "JSON", "STIX"], exclude: ["peers.py"]),
  ],
  cxxLanguageStandard: .cxx17
)

// The program of `make fuzz` gets its main from the compiler's fuzzer, without which it cannot be linked.
if Context.environment["ENTENTE_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(name: "Fuzzer", dependencies: ["FuzzTargets"], path: "Fuzz/Program", swiftSettings: strict))
}

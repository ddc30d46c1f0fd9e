// swift-tools-version:6.2

import PackageDescription

let settings: [SwiftSetting] = [
    // https://github.com/apple/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A module of the product. Every arrow points down the list in `targets`.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The tests of one module.
func tests(of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name)] + dependencies,
        exclude: exclude,
        swiftSettings: settings
    )
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
    name: "dsr",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "dsr", targets: ["dsr"]),
        // For tests, which preload it.
        .library(name: "WallClock", type: .dynamic, targets: ["WallClock"]),
    ],
    // Exact, so that a build is of the code that was tested. An update is a change like any other.
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", exact: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system.git", exact: "1.8.1"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", exact: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", exact: "1.0.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        .executableTarget(
            name: "dsr",
            dependencies: [
                "Processor", "TalonOneSandbox", "ThrowawayPostgres", argumentParser, configuration, lifecycle, logging,
                httpClient, subprocess, systemPackage, unixSignals, yams,
                "AtomicFiles", "CallPolicy", "EvidenceLog", "Notary", "Postgres", "PublicHolidays", "Reports",
                "Schemas",
                "Store", "SubjectRequests", "TalonOne",
            ],
            swiftSettings: settings,
            linkerSettings: [.unsafeFlags(["-z", "relro", "-z", "now"].flatMap { ["-Xlinker", $0] })]
        ),
        module(
            "Processor",
            [
                "AtomicFiles", "CallPolicy", "EvidenceLog", "ExactJSON", "Inventory", "Notary", "Postgres", "Reports",
                "Store", "SubjectRequests", "TalonOne", crypto,
            ]
        ),
        module("Notary", ["AtomicFiles", "EvidenceLog", "ExactJSON", "Store"]),
        module("Reports", ["ExactJSON", "Inventory", "SubjectRequests", "TemplatesEN", crypto, mustache]),
        module("Inventory", ["ExactJSON", "SubjectRequests"]),
        module("Store", ["Migrations", "Postgres", "SubjectRequests", crypto]),
        module("Postgres", ["CLibPQ"]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        module("TalonOne", ["ExactJSON", crypto, httpClient, nioCore, nioHTTP1, nioPosix, nioSSL]),
        module("EvidenceLog", [crypto]),
        module("AtomicFiles"),
        module("CallPolicy"),
        module("SubjectRequests", ["ExactJSON"]),
        module("ExactJSON"),
        .target(
            name: "PublicHolidays",
            dependencies: ["SubjectRequests"],
            exclude: ["generate.py"],
            resources: [.embedInCode("holidays.txt")],
            swiftSettings: settings
        ),
        .target(
            name: "Migrations",
            path: "migrations",
            resources: [
                .embedInCode("0001_queue.sql"), .embedInCode("0002_gates.sql"), .embedInCode("0003_evidence.sql"),
                .embedInCode("0004_rechecks.sql"), .embedInCode("0005_policy.sql"), .embedInCode("0006_runs.sql"),
                .embedInCode("0007_decisions.sql"), .embedInCode("0008_audit.sql"), .embedInCode("0009_protection.sql"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Schemas",
            path: "schemas",
            resources: [
                .embedInCode("run-report.json"), .embedInCode("month-report.json"), .embedInCode("export.json"),
                .embedInCode("log-entry.json"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TemplatesEN",
            path: "templates/en",
            resources: [.embedInCode("documents")],
            swiftSettings: settings
        ),
        module("TalonOneSandbox", [crypto, hummingbird, logging, nioCore]),
        module("ThrowawayPostgres", [subprocess]),

        tests(of: "EvidenceLog", [crypto]),
        tests(of: "ExactJSON", ["InventorySample"]),
        tests(of: "SubjectRequests", ["PublicHolidays", subprocess], exclude: ["deadlines.py"]),
        tests(of: "CallPolicy"),
        tests(of: "AtomicFiles"),
        tests(
            of: "Store",
            ["Migrations", "Postgres", "SubjectRequests", "TestEnvironment", "ThrowawayPostgres", crypto]
        ),
        tests(of: "Postgres", ["TestEnvironment", "ThrowawayPostgres"]),
        tests(of: "ThrowawayPostgres", ["Postgres", "TestEnvironment", subprocess]),
        tests(of: "TalonOne", ["TalonOneSandbox", httpClient, nioCore, nioPosix, nioSSL]),
        tests(of: "TalonOneSandbox", [httpClient, nioCore, nioHTTP1], exclude: ["official_sdk.py"]),
        tests(of: "Inventory", ["InventorySample", "SubjectRequests"]),
        tests(of: "Reports", ["Inventory", "InventorySample", "SubjectRequests", "TemplatesEN", crypto]),
        // A customer with data in every place of the inventory, for the tests of what is made of it.
        .target(
            name: "InventorySample",
            dependencies: ["ExactJSON", "Inventory", "SubjectRequests"],
            path: "Tests/InventorySample",
            swiftSettings: settings
        ),
        tests(
            of: "Processor",
            [
                "CallPolicy", "ExactJSON", "Inventory", "InventorySample", "Postgres", "Reports", "Store",
                "SubjectRequests", "TestEnvironment", "ThrowawayPostgres", crypto,
            ]
        ),
        // What tests run the binary in: a database, a sandbox, a folder, and the means to break them.
        .target(
            name: "TestEnvironment",
            dependencies: [
                "Postgres", "SubjectRequests", "TalonOne", "TalonOneSandbox", "ThrowawayPostgres", crypto, httpClient,
                nioCore, nioPosix, subprocess, systemPackage,
            ],
            path: "Tests/TestEnvironment",
            swiftSettings: settings
        ),
        // Sets the wall clock of a process that it is preloaded into.
        .target(name: "WallClock", path: "Tests/WallClock"),
        .testTarget(
            name: "DsrTests",
            dependencies: [
                "dsr", "Notary", "Postgres", "Schemas", "SubjectRequests", "TalonOneSandbox", "TestEnvironment",
                subprocess,
            ],
            exclude: ["validate.py"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "FuzzTests",
            dependencies: ["dsr", "InventorySample", "TestEnvironment", nioCore, nioPosix, subprocess],
            swiftSettings: settings
        ),
        .testTarget(
            name: "FaultTests",
            dependencies: [
                "dsr", "SubjectRequests", "TalonOneSandbox", "TestEnvironment", "ThrowawayPostgres", subprocess,
            ],
            swiftSettings: settings
        ),
    ]
)

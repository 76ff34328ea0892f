// swift-tools-version:6.0

import PackageDescription

/// Every Swift target: Swift 6 language mode (the tools version's default), explicit `any`,
/// and imports that stay inside the file that writes them.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func shared(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Sources/Shared/\(name)",
        resources: resources,
        swiftSettings: settings
    )
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.target(name: name), "TestSupport"] + dependencies,
        swiftSettings: settings
    )
}

let package = Package(
    name: "pdu-monitor",
    products: [
        .executable(name: "pdu-poll", targets: ["pdu-poll"]),
        .executable(name: "pdu-fcgi", targets: ["pdu-fcgi"]),
        .executable(name: "pductl", targets: ["pductl"]),
    ],
    targets: [
        // C libraries, from Debian's -dev packages.
        .systemLibrary(name: "CFastCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CNetSNMP", pkgConfig: "netsnmp", providers: [.apt(["libsnmp-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // What every target needs, and the vocabulary: values, no input or output.
        shared("Basics"),
        shared("Metering", ["Basics"]),
        shared("MIB"),

        // Wrappers: the only targets that import C libraries.
        shared("YAML", ["CYAML", "Basics"]),
        shared("SQLite", ["CSQLite", "Basics"]),
        shared("Zlib", ["CZlib", "Basics"]),
        shared("SNMP", ["CNetSNMP", "MIB", "Basics"]),
        shared("FastCGI", ["CFastCGI", "Basics"]),

        // The pure middle: arithmetic, calendars, and what vendors' tables mean.
        shared("Energy", ["Metering", "Basics"]),
        shared("Devices", ["MIB", "Metering", "YAML", "Basics"], resources: [.embedInCode("Profiles")]),

        // The outside: configuration, collecting, the database, the HTTP interface.
        shared("Configuration", ["YAML", "Metering", "Basics"]),
        shared("Collection", ["SNMP", "MIB", "Devices", "Configuration", "Metering", "Basics"]),
        shared(
            "Storage",
            ["SQLite", "Zlib", "Energy", "Metering", "Basics"],
            resources: [.embedInCode("Migrations"), .embedInCode("SettingsMigrations")]
        ),
        shared("Spool", ["Storage", "Zlib", "Energy", "Metering", "Basics"]),
        shared("API", ["Storage", "Energy", "Metering", "Basics"]),

        program(
            "pdu-poll",
            [
                "Collection", "SNMP", "Devices", "Configuration", "Spool", "Storage", "Energy", "Metering",
                "MIB",
                "Basics",
            ]
        ),
        program("pdu-fcgi", ["FastCGI", "API", "Configuration", "Storage", "Energy", "Basics"]),
        program(
            "pductl",
            [
                "Collection", "Devices", "Configuration", "API", "Spool", "Storage", "Energy", "Metering",
                "MIB", "Basics",
            ]
        ),
        // The demonstration's PDUs and history. Not installed.
        program("pdu-demo", ["Configuration", "Storage", "Energy", "Metering", "MIB", "Basics"]),

        // What tests of the store must do in another process. Not installed.
        .executableTarget(
            name: "history-tool",
            dependencies: ["Storage", "Energy", "Metering", "Basics"],
            path: "Tests/HistoryTool",
            swiftSettings: settings
        ),
        .target(
            name: "TestSupport",
            dependencies: ["Basics"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        tests("Basics"),
        tests("MIB"),
        tests("YAML"),
        tests("SQLite"),
        tests("Zlib"),
        tests("SNMP", ["MIB", "Basics"]),
        tests("FastCGI"),
        tests("Energy", ["Metering", "Basics"]),
        tests("Devices", ["MIB", "Metering", "Basics"]),
        tests("Configuration", ["Basics"]),
        tests("Collection", ["SNMP", "MIB", "Devices", "Configuration", "Metering", "Basics"]),
        tests("Storage", ["history-tool", "SQLite", "Zlib", "Energy", "Metering", "Basics"]),
        tests("Spool", ["Storage", "SQLite", "Zlib", "Energy", "Metering", "Basics"]),
        .testTarget(
            name: "DemoTests",
            dependencies: ["pdu-demo", "Devices", "MIB", "Metering", "Basics"],
            swiftSettings: settings
        ),
        tests("API", ["Storage", "Energy", "Metering", "Basics"]),
    ]
)

// What the fuzzer attacks is one folder and two targets, one at a time: a program for libFuzzer, which cannot be linked
// without its instrumentation, or else tests that run the seeds.
let fuzzed: [Target.Dependency] = [
    "API", "Spool", "Storage", "Configuration", "Devices", "Energy", "FastCGI", "SNMP", "Zlib", "MIB",
    "Metering",
    "Basics",
]
package.targets.append(
    Context.environment["PDU_FUZZ"] != nil
        ? .executableTarget(
            name: "fuzz",
            dependencies: fuzzed,
            path: "Tests/Fuzz",
            exclude: ["Seeds", "Replay"],
            swiftSettings: settings
        )
        : .testTarget(
            name: "FuzzTests",
            dependencies: fuzzed + ["TestSupport"],
            path: "Tests/Fuzz",
            exclude: ["Seeds", "Driver"],
            swiftSettings: settings
        )
)

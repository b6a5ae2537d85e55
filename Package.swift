// swift-tools-version: 6.2
import PackageDescription

// One section per target together with its tests, lowest row first, one dependency per line.
// The rows and the rule "imports only point downward" are explained in docs/architecture.md;
// `make check` proves the rule with --explicit-target-dependency-import-check.

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "lawad",
    products: [
        .executable(name: "lawad", targets: ["lawad"]),
        .executable(name: "lawa", targets: ["lawa"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        // Row 0: the operating system
        .target(
            name: "CLinux",
            // pool_monitor.c says what for.
            linkerSettings: [
                .linkedLibrary("dispatch"),
                .unsafeFlags(["-Xlinker", "--wrap=dispatch_source_create"]),
                .unsafeFlags(["-Xlinker", "--wrap=dispatch_source_set_timer"]),
            ]
        ),
        .target(
            name: "LinuxSystem",
            dependencies: [
                "CLinux",
                systemPackage,
            ]
        ),
        .testTarget(
            name: "LinuxSystemTests",
            dependencies: [
                "LinuxSystem",
                "TestSupport",
                systemPackage,
            ]
        ),

        // Row 0: names for people's eyes
        .target(name: "Text"),
        .testTarget(
            name: "TextTests",
            dependencies: [
                "Text"
            ]
        ),

        // Row 0: systemd
        .systemLibrary(
            name: "CSystemd",
            pkgConfig: "libsystemd",
            providers: [.apt(["libsystemd-dev"])]
        ),
        .target(
            name: "Systemd",
            dependencies: [
                "CSystemd",
                "Text",
            ]
        ),
        .testTarget(
            name: "SystemdTests",
            dependencies: [
                "Systemd"
            ]
        ),

        // Row 0: arithmetic on bytes, in C
        .target(
            name: "CKernels",
            // Debug builds compile C without optimization, in which even a test checkpoint takes seconds.
            cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]
        ),

        // Row 0: file formats, bytes only
        .target(
            name: "TensorFormats",
            dependencies: [
                "CKernels",
                "Text",
            ]
        ),
        .testTarget(
            name: "TensorFormatsTests",
            dependencies: [
                "TensorFormats",
                "TestSupport",
            ],
            exclude: ["Fixtures"]
        ),

        // Row 1: directory entries become complete checkpoints
        .target(
            name: "Checkpoints",
            dependencies: [
                "LinuxSystem",
                "TensorFormats",
                systemPackage,
            ]
        ),
        .testTarget(
            name: "CheckpointsTests",
            dependencies: [
                "Checkpoints",
                "LinuxSystem",
                "TensorFormats",
                "TestSupport",
                systemPackage,
            ],
            exclude: ["Fixtures"]
        ),

        // Row 1: what the daemon and its clients say to each other
        .target(
            name: "ControlProtocol",
            dependencies: [
                "LinuxSystem",
                nioCore,
                nioHTTP1,
                nioPosix,
                systemPackage,
            ]
        ),
        .testTarget(
            name: "ControlProtocolTests",
            dependencies: [
                "ControlProtocol",
                "LinuxSystem",
                "TestSupport",
                systemPackage,
            ]
        ),

        // Row 2: the average
        .target(
            name: "Averaging",
            dependencies: [
                "CKernels",
                "Checkpoints",
                "LinuxSystem",
                "TensorFormats",
                systemPackage,
            ]
        ),
        .testTarget(
            name: "AveragingTests",
            dependencies: [
                "Averaging",
                "CKernels",
                "Checkpoints",
                "LinuxSystem",
                "TensorFormats",
                "TestSupport",
                systemPackage,
            ],
            exclude: ["Fixtures"]
        ),

        // Row 3: the daemon
        .target(
            name: "DaemonCore",
            dependencies: [
                "Averaging",
                "Checkpoints",
                "ControlProtocol",
                "LinuxSystem",
                "Systemd",
                "TensorFormats",
                "Text",
                logging,
                nioCore,
                nioHTTP1,
                nioPosix,
                serviceLifecycle,
                subprocess,
                systemPackage,
                unixSignals,
            ]
        ),
        .testTarget(
            name: "DaemonCoreTests",
            dependencies: [
                "Averaging",
                "Checkpoints",
                "ControlProtocol",
                "DaemonCore",
                "LinuxSystem",
                "TensorFormats",
                "TestSupport",
                logging,
                nioCore,
                nioHTTP1,
                serviceLifecycle,
                systemPackage,
            ]
        ),

        // Row 4: executables
        .executableTarget(
            name: "lawad",
            dependencies: [
                "DaemonCore",
                argumentParser,
                systemPackage,
            ]
        ),
        .executableTarget(
            name: "lawa",
            dependencies: [
                "Averaging",
                "Checkpoints",
                "ControlProtocol",
                "LinuxSystem",
                "TensorFormats",
                "Text",
                argumentParser,
                systemPackage,
                unixSignals,
            ]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Averaging",
                "Checkpoints",
                "ControlProtocol",
                "DemoTrainer",
                "LinuxSystem",
                "TensorFormats",
                "TestSupport",
                "lawa",
                "lawad",
                subprocess,
                systemPackage,
            ],
            exclude: ["Fixtures"]
        ),

        // Outside the product
        .target(name: "CBench"),
        .executableTarget(
            name: "LawaBench",
            dependencies: [
                "CBench",
                "CKernels",
                "LinuxSystem",
                "TensorFormats",
                argumentParser,
                systemPackage,
            ]
        ),
        .executableTarget(
            name: "DemoTrainer",
            dependencies: [
                "LinuxSystem",
                "TensorFormats",
                argumentParser,
                systemPackage,
            ]
        ),
        .target(
            name: "TestSupport",
            dependencies: [
                "LinuxSystem",
                "TensorFormats",
                systemPackage,
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

let swiftSettings: [SwiftSetting] = [
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0443-warning-control-flags.md
    .treatAllWarnings(as: .error),
]
let cTargets = ["CBench", "CKernels", "CLinux", "CSystemd"]
for target in package.targets where !cTargets.contains(target.name) {
    target.swiftSettings = (target.swiftSettings ?? []) + swiftSettings
}

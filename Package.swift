// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

/// What libgit2's archive needs beside it, once CNetworkStubs stands in for its network transports.
let archives = ["pcre2-8", "http_parser", "mbedcrypto", "z", "deflate"]

/// A ladder: a target imports only targets that stand above it in this list.
let package = Package(
  name: "git-session",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "git-session", targets: ["git-session"])],
  traits: [
    .trait(name: "StaticLibgit2", description: "Link libgit2's archive, without its network transports.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(
      name: "Clibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"]), .brew(["libgit2"])]),
    .systemLibrary(
      name: "Czlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "Cdeflate", pkgConfig: "libdeflate",
      providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),
    .target(name: "CNetworkStubs", dependencies: ["Clibgit2"]),
    .target(name: "CSHA"),
    // Of the system's C library, but in no module of it.
    .systemLibrary(name: "Cstatfs"),
    .systemLibrary(name: "Ccores"),
    .target(name: "Files", dependencies: ["Cstatfs", "Ccores"], swiftSettings: settings),

    .target(
      name: "Git",
      dependencies: [
        "Clibgit2", "Czlib", "Cdeflate", "CSHA", "Files",
        .target(name: "CNetworkStubs", condition: .when(traits: ["StaticLibgit2"])),
      ],
      swiftSettings: settings,
      linkerSettings: archives.map { .linkedLibrary($0, .when(traits: ["StaticLibgit2"])) }),
    .target(name: "Sessions", swiftSettings: settings),

    .target(name: "Snapshots", dependencies: ["Files", "Git", "Sessions"], swiftSettings: settings),
    .target(name: "Storage", dependencies: ["Files", "Git", "Sessions", grdb], swiftSettings: settings),
    .target(name: "Handoffs", dependencies: ["Sessions"], swiftSettings: settings),
    .target(
      name: "Agents", dependencies: ["Sessions"],
      resources: [.embedInCode("../../share/agents/opencode/git-session.js")], swiftSettings: settings),

    .target(
      name: "Operations",
      dependencies: ["Files", "Git", "Sessions", "Snapshots", "Storage", "Handoffs", "Agents"],
      resources: [
        .embedInCode("../../hooks/block.sh"), .embedInCode("../../hooks/block-with-input.sh"),
      ],
      swiftSettings: settings),

    .target(
      name: "Commands", dependencies: ["Agents", "Operations", "Sessions", argumentParser],
      swiftSettings: settings),

    .target(name: "Manuals", dependencies: ["Commands", "Operations"], swiftSettings: settings),

    .executableTarget(
      name: "git-session", dependencies: ["Commands", "Files", "Git", "Operations", "Sessions"],
      swiftSettings: settings),

    .executableTarget(
      name: "transcript-benchmark", dependencies: ["Agents", "Sessions"],
      path: "Tests/Benchmarks/Transcripts",
      swiftSettings: settings),

    .target(
      name: "TestSupport", dependencies: ["Files", "Git"], path: "Tests/TestSupport", swiftSettings: settings),
    .testTarget(name: "GitTests", dependencies: ["Git", "Files", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "SessionsTests", dependencies: ["Sessions", "TestSupport"], exclude: ["Texts"],
      swiftSettings: settings),
    .testTarget(
      name: "HandoffsTests", dependencies: ["Handoffs", "Sessions"], exclude: ["Golden"],
      swiftSettings: settings),
    .testTarget(
      name: "AgentsTests", dependencies: ["Agents", "Sessions", "TestSupport"],
      exclude: ["Payloads", "StatusLines", "Transcripts"],
      swiftSettings: settings),
    .testTarget(
      name: "SnapshotsTests", dependencies: ["Snapshots", "Files", "Git", "Sessions", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "StorageTests", dependencies: ["Storage", "Files", "Git", "Sessions", "TestSupport", grdb],
      swiftSettings: settings),
    .testTarget(
      name: "ManualsTests", dependencies: ["Manuals", "Commands", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "CommandsTests", dependencies: ["git-session", "TestSupport"], exclude: ["Golden", "Programs"],
      swiftSettings: settings),
  ]
)

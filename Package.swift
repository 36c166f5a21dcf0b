// swift-tools-version: 6.1
import PackageDescription

/// Every module is compiled in Swift 6 mode, with imports that say who sees them.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// The commit that is built, which make names, as a definition for C. (SwiftPM's own Context.gitInformation is that of the
/// first build: SwiftPM reads this file again only if it or the environment changes.)
let commit: [CSetting] =
  Context.environment["FIXACL_COMMIT"].map { [.define("FIXACL_COMMIT", to: "\"\($0)\"")] } ?? []

let package = Package(
  name: "fixacl",
  products: [
    .executable(name: "fixacl", targets: ["fixacl"]),
    .executable(name: "fixacl-sandbox", targets: ["fixacl-sandbox"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-algorithms", from: "1.2.1"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
  ],
  targets: [
    .target(name: "CBuild", cSettings: commit),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
      name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "AWSKit",
      dependencies: [
        "CCurl", "CLinux", "CLibXML2", "CZlib", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    .target(
      name: "FixACLKit",
      dependencies: [
        "AWSKit",
        .product(name: "Algorithms", package: "swift-algorithms"),
        .product(name: "BitCollections", package: "swift-collections"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "HeapModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "OrderedCollections", package: "swift-collections"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "fixacl",
      dependencies: [
        "CBuild", "FixACLKit", "AWSKit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      exclude: ["README.md"],
      swiftSettings: strict),
    .target(
      name: "SandboxKit",
      dependencies: [
        "AWSKit", "CZlib",
        .product(name: "Algorithms", package: "swift-algorithms"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "fixacl-sandbox",
      dependencies: [
        "SandboxKit", "AWSKit", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["README.md"],
      swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["AWSKit", "FixACLKit", "SandboxKit"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "AWSKitTests", dependencies: ["AWSKit", "TestSupport"], exclude: ["Recordings"],
      swiftSettings: strict),
    .testTarget(
      name: "FixACLKitTests",
      dependencies: [
        "FixACLKit", "AWSKit", "SandboxKit", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
      ],
      exclude: ["Inventory/Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "SandboxKitTests",
      dependencies: [
        "SandboxKit", "AWSKit", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ], swiftSettings: strict),
    .testTarget(
      name: "fixaclTests", dependencies: ["fixacl", "FixACLKit", "AWSKit", "TestSupport"], swiftSettings: strict),
    .target(
      name: "FuzzTargets",
      dependencies: ["FixACLKit", "AWSKit", .product(name: "Crypto", package: "swift-crypto")],
      path: "Tests/Fuzz/Targets", swiftSettings: strict),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "fixacl", "fixacl-sandbox", "AWSKit", "SandboxKit", "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      exclude: ["Chaos/FaultyDisk.c"],
      swiftSettings: strict),
  ]
)

// Only 'make fuzz' builds the fuzzer: without Swift's -sanitize=fuzzer there is nothing that would start it.
if Context.environment["FIXACL_FUZZER"] != nil {
  package.products.append(.executable(name: "fixacl-fuzz", targets: ["fixacl-fuzz"]))
  package.targets.append(
    .executableTarget(
      name: "fixacl-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Fuzzer", swiftSettings: strict))
}

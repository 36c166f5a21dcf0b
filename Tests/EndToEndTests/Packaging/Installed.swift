import Foundation
import TestSupport
import Testing

/// Programs that a machine may not have, and where the packages are made.
enum Installed {
  /// The folder `Packaging`.
  static let packaging = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Packaging")
    .standardizedFileURL.path

  /// Whether a program is on the PATH.
  static func has(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  /// The commands that have a man page.
  static func commands(_ place: Workplace) async throws -> [String] {
    try await place.fixacl("man-page", "--list").out.split(separator: "\n").map(String.init)
  }
}

extension Trait where Self == ConditionTrait {
  /// Skips what needs a program that 'make install-test-packages' installs.
  static func needs(_ program: String) -> Self {
    .enabled(if: Installed.has(program), "there is no \(program) on the PATH")
  }
}

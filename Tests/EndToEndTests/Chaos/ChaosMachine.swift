import Foundation
import SandboxKit
import TestSupport

/// What is wrong with the machine that a run is on: its clock, or its disk.
enum MachineFault: CaseIterable, Sendable {
  case none, wrongClock, jumpingClock, fullDisk, failingDisk

  /// The environment that brings it about; nil where the machine has no compiler for the library that does it.
  func environment(using random: inout SeededGenerator) -> [String: String] {
    guard self != .none, let library = Self.library else { return [:] }
    let setting: (String, Int) =
      switch self {
      case .none: ("", 0)
      // S3 takes requests that are up to 15 minutes old.
      case .wrongClock: ("CHAOS_CLOCK", Int.random(in: -800...800, using: &random))
      case .jumpingClock: ("CHAOS_CLOCK_JUMPS", Int.random(in: -600...600, using: &random))
      case .fullDisk: ("CHAOS_DISK_FULL", Int.random(in: 0...20_000, using: &random))
      case .failingDisk: ("CHAOS_SYNC_FAILS", Int.random(in: 1...20, using: &random))
      }
    return ["LD_PRELOAD": library, setting.0: "\(setting.1)"]
  }

  /// Built once a test run, by the compiler that Swift has with it or by another one.
  static let library: String? = {
    let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "FaultyDisk.c")
      .path(percentEncoded: false)
    let library = FileManager.default.temporaryDirectory.path + "/fixacl-chaos-\(getpid()).so"
    for compiler in ["clang", "cc", "gcc"] {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = [compiler, "-shared", "-fPIC", "-O1", "-o", library, source]
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { continue }
      process.waitUntilExit()
      if process.terminationStatus == 0 { return library }
    }
    print("chaos: no C compiler: clock and disk stay whole")
    return nil
  }()
}

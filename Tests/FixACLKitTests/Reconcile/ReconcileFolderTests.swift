import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

/// Which runs the folder remembers, and in which order.
@Suite struct ReconcileFolderTests {
  private static let second = Timestamp(iso8601: "2026-11-27T09:00:00Z")!

  private static func begin(_ folder: ReconcileFolder, _ content: String) throws -> ReconcileFolder.Run {
    try OpenFile.replacing(folder.nextPlan) { try $0.write(Array(content.utf8)) }
    let run = try folder.beginRun(at: second)
    try OpenFile.replacing(run.journal) { try $0.write(Array("journal".utf8)) }
    return run
  }

  /// More than ten of one second: the tenth is behind the second.
  @Test func runsOfOneSecondAreInTheirOrder() throws {
    try withTemporaryFolder { path in
      let folder = try ReconcileFolder(in: path, bucket: "assets")
      let runs = try (0..<12).map { try Self.begin(folder, "\($0)") }
      #expect(try folder.unfinishedRuns() == runs)
      for run in runs { try folder.finish(run) }
      try folder.prune(keeping: 3, present: nil)
      let kept = try FolderContents.names(in: folder.path).filter { $0.hasSuffix(".plan.json") }
      #expect(Set(kept.map { "\(folder.path)/\($0)" }) == Set(runs.suffix(3).map(\.plan)))
    }
  }

  /// What is still to be finished stays, however old it is.
  @Test func anUnfinishedRunStays() throws {
    try withTemporaryFolder { path in
      let folder = try ReconcileFolder(in: path, bucket: "assets")
      let runs = try (0..<4).map { try Self.begin(folder, "\($0)") }
      for run in runs.dropFirst() { try folder.finish(run) }
      try folder.prune(keeping: 1, present: nil)
      let kept = try FolderContents.names(in: folder.path).filter { $0.hasSuffix(".plan.json") }
      #expect(Set(kept.map { "\(folder.path)/\($0)" }) == [runs[0].plan, runs[3].plan])
    }
  }

  /// The last plan to look at is compared with the new one, also of one second.
  @Test func aPlanIsNotKeptTwice() throws {
    try withTemporaryFolder { path in
      let folder = try ReconcileFolder(in: path, bucket: "assets")
      func hold(_ content: String) throws -> String {
        try OpenFile.replacing(folder.nextPlan) { try $0.write(Array(content.utf8)) }
        return try folder.holdPlan(at: Self.second)
      }
      let held = try (0..<11).map { try hold("\($0)\n") }
      #expect(Set(held).count == 11)
      #expect(try hold("10\n") == held[10])
      #expect(try !held.contains(hold("0\n")))
    }
  }
}

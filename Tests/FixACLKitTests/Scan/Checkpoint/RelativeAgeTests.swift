import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

/// An age that a scan computed a moment from means the same moment if the scan is resumed.
@Suite struct RelativeAgeTests {
  private static func identity(_ moment: Int?, within seconds: Int?) -> CheckpointIdentity {
    var desired = Sample.desired()
    desired.selection.modifiedSince = moment.map { Timestamp(seconds: $0) }
    return CheckpointIdentity(
      tool: "fixacl test", bucket: Sample.bucket(), desired: desired, accounts: [Sample.site], modifiedWithin: seconds)
  }

  @Test func itIsFoundAgain() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/c"
      #expect(Checkpoint.modifiedSince(within: 3600, at: path) == nil)
      let identity = Self.identity(1_795_342_509, within: 3600)
      _ = try #require(try Checkpoint.open(path, identity: identity, startsOver: false, maximumAge: 60))
      #expect(Checkpoint.modifiedSince(within: 3600, at: path) == Timestamp(seconds: 1_795_342_509))
      #expect(Checkpoint.modifiedSince(within: 7200, at: path) == nil)
      // A moment that was written out is no age.
      for other in [Self.identity(1_795_342_509, within: nil), Self.identity(1_795_342_510, within: 3600)] {
        #expect(throws: CheckpointError.self) {
          try Checkpoint.open(path, identity: other, startsOver: false, maximumAge: 60)
        }
      }
      _ = try Checkpoint.open(path, identity: Self.identity(5, within: nil), startsOver: true, maximumAge: 60)
      #expect(Checkpoint.modifiedSince(within: 3600, at: path) == nil)
      for bytes in ["", "x", "{\"begun\":1}\n", String(repeating: "\0", count: 100)] {
        try writeBytes(bytes.utf8, to: path)
        #expect(Checkpoint.modifiedSince(within: 3600, at: path) == nil)
      }
      #expect(Checkpoint.modifiedSince(within: 3600, at: folder) == nil)
    }
  }

  /// A plan can say a time from 1970 to 9999: what was asked for is at most all, and at least nothing.
  @Test(arguments: [(-1, 0), (.min / 2, 0), (0, 0), (253_402_300_800, 253_402_300_799)])
  func aMomentThatNoPlanCanSay(seconds: Int, kept: Int) {
    var request = SelectionRequest()
    request.modifiedSince = .moment(Timestamp(seconds: seconds))
    let now = Timestamp(seconds: 1_795_342_509)
    #expect(request.selection(keys: nil, recorded: nil, now: now).modifiedSince == Timestamp(seconds: kept))
    request.modifiedSince = .ago(seconds: 1_795_342_510)
    #expect(request.selection(keys: nil, recorded: nil, now: now).modifiedSince == Timestamp(seconds: 0))
  }

  @Test func theSelectionTakesIt() {
    var request = SelectionRequest()
    let now = Timestamp(seconds: 1_800_000_000)
    #expect(request.selection(keys: nil, recorded: nil, now: now) == ObjectSelection())
    request.modifiedSince = .ago(seconds: 3600)
    #expect(
      request.selection(keys: nil, recorded: nil, now: now).modifiedSince == Timestamp(seconds: 1_799_996_400))
    let recorded = Timestamp(seconds: 1_799_000_000)
    #expect(request.selection(keys: nil, recorded: recorded, now: now).modifiedSince == recorded)
    request.modifiedSince = .moment(Timestamp(seconds: 5))
    #expect(request.selection(keys: nil, recorded: nil, now: now).modifiedSince == Timestamp(seconds: 5))
  }
}

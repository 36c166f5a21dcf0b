import AWSKit
import Testing

@testable import FixACLKit

@Suite struct FailureStreakTests {
  private static func error(
    _ status: Int, _ code: String, operation: String = "PutObjectAcl", key: String = "k"
  ) -> FailureStreak.Failure {
    FailureStreak.Failure(
      AWSError(
        kind: .service, operation: operation, bucket: "b", key: ObjectKey(key), status: status, code: code,
        message: "m",
        requestID: "R-\(key)"))
  }

  @Test func aLimitOfFailuresAlikeStops() throws {
    var streak = FailureStreak(limit: 3)
    #expect(streak.note(Self.error(400, "InvalidArgument", key: "1")) == nil)
    #expect(streak.note(Self.error(400, "InvalidArgument", key: "2")) == nil)
    let stop = streak.note(Self.error(400, "InvalidArgument", key: "3"))
    #expect(stop?.cause == .alike(3))
    // The first of them, with its request.
    let cause = try #require(stop?.example.cause)
    guard case .s3(let error) = cause else {
      Issue.record("\(cause)")
      return
    }
    #expect(error.requestID == "R-1")
  }

  @Test func aSuccessBeginsAnew() {
    var streak = FailureStreak(limit: 3)
    for _ in 0..<100 {
      #expect(streak.note(Self.error(400, "InvalidArgument")) == nil)
      #expect(streak.note(Self.error(400, "InvalidArgument")) == nil)
      streak.noteSuccess()
    }
  }

  @Test func failuresOfOtherKindsAreCountedApart() {
    var streak = FailureStreak(limit: 3)
    for _ in 0..<2 {
      #expect(streak.note(Self.error(400, "InvalidArgument")) == nil)
      #expect(streak.note(Self.error(403, "InvalidArgument")) == nil)
      #expect(streak.note(Self.error(400, "Another")) == nil)
      #expect(streak.note(Self.error(400, "InvalidArgument", operation: "CopyObject")) == nil)
      #expect(streak.note(FailureStreak.Failure("it has other grants", of: ObjectName(ObjectKey("k")))) == nil)
    }
    #expect(streak.note(FailureStreak.Failure("it has other grants", of: ObjectName(ObjectKey("k")))) != nil)
  }

  @Test func noLimitNeverStops() {
    var streak = FailureStreak(limit: nil)
    for _ in 0..<1000 { #expect(streak.note(Self.error(400, "InvalidArgument")) == nil) }
  }

  @Test(arguments: ["ExpiredToken", "InvalidToken", "InvalidAccessKeyId", "SignatureDoesNotMatch"])
  func refusedCredentialsStopAtOnce(code: String) {
    for limit in [3, nil] {
      var streak = FailureStreak(limit: limit)
      streak.noteSuccess()
      #expect(streak.note(Self.error(403, code))?.cause == .credentialsRefused)
    }
  }

  /// A server that words each failure anew stops the run all the same.
  @Test func kindsWithoutEnd() {
    var streak = FailureStreak(limit: 50)
    var stop: FailureStreak.Stop?
    for number in 0..<1000 where stop == nil { stop = streak.note(Self.error(400, "Code\(number)")) }
    #expect(stop != nil)
  }

  /// What fails once a run is stopped was under way: it is left for the next run.
  @Test func nothingCountsOnceItIsStopped() {
    let stop = StopSignal()
    let watch = FailureWatch(limit: 2, stop: stop)
    #expect(watch.counts(Self.error(400, "InvalidArgument")))
    #expect(watch.reason == nil && !stop.isSet)
    #expect(watch.counts(Self.error(400, "InvalidArgument")))
    #expect(watch.reason != nil && stop.isSet)
    #expect(!watch.counts(Self.error(400, "InvalidArgument")))
    #expect(!watch.counts(Self.error(500, "InternalError")))
  }

  @Test func nothingCountsOnceSomebodyHasStoppedIt() {
    let stop = StopSignal()
    let watch = FailureWatch(limit: 2, stop: stop)
    stop.set()
    #expect(!watch.counts(Self.error(400, "InvalidArgument")))
    #expect(watch.reason == nil)
  }
}

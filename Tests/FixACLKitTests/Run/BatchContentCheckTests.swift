import AWSKit
import Glibc
import TestSupport
import Testing

@testable import FixACLKit

private let tools = Sample.tools

/// One listing in place of a look at each of many objects.
@Suite struct BatchContentCheckTests {
  private static func listing(_ changes: [Change], of sample: SampleBucket, freshness: Double = 3600)
    -> BatchContentCheck
  {
    BatchContentCheck(of: changes, bucket: "assets", lister: sample.accounts().main.client, freshness: freshness)
  }

  private static func texts(_ listing: BatchContentCheck, count: Int) async -> [String] {
    var texts: [String] = []
    for place in 0..<count {
      switch await listing.content(at: place) {
      case .unknown: texts.append("unknown")
      case .known(.missing): texts.append("missing")
      case .known(.found(let content, let owner)): texts.append("\(content.etag) \(content.size) \(owner == tools)")
      }
    }
    return texts
  }

  @Test func aPageTellsOfAllItsObjects() async {
    let sample = SampleBucket()
    for key in ["a/1", "a/2", "a/4", "a/5", "b"] { sample.server[key] = InProcessS3.Object(.owned(by: tools)) }
    sample.server["a/2"]?.etag = "other"
    let changes = ["a/1", "a/2", "a/3", "b"].map { Sample.change($0) }
    let listing = Self.listing(changes, of: sample)
    sample.server.forgetCalls()
    // The second time it is not asked again.
    for _ in 0..<2 {
      #expect(await Self.texts(listing, count: 4) == ["e1 10 true", "other 10 true", "missing", "e1 10 true"])
    }
    #expect(sample.server.calls.map(\.operation) == ["ListObjectsV2"])
  }

  /// A copy needs to know more than a listing has, and an old version's content cannot change.
  @Test func onlyGrantsOfCurrentVersionsAreListed() async {
    let sample = SampleBucket()
    for key in ["a", "b", "c", "d"] { sample.server[key] = InProcessS3.Object(.owned(by: tools)) }
    var changes = ["a", "b", "c", "d"].map { Sample.change($0) }
    changes[1] = Sample.change("b", action: .copy)
    changes[2].versionID = "v1"
    changes[2].etag = "old"
    changes[3].versionID = "null"
    sample.server.forgetCalls()
    // Then one is left, for which a listing is no gain.
    #expect(
      await Self.texts(Self.listing(changes, of: sample), count: 4) == ["unknown", "unknown", "old 10 true", "unknown"])
    #expect(sample.server.calls.isEmpty)
  }

  /// Where the plan's objects are few among others, listing stops before it costs more than looking.
  @Test func fewAmongManyAreLookedAtOneByOne() async {
    let sample = SampleBucket()
    for number in 1000..<1400 { sample.server["\(number)"] = InProcessS3.Object(.owned(by: Sample.site)) }
    let changes = ["1000", "1003", "1399"].map { Sample.change($0) }
    for change in changes { sample.server[change.key.text] = InProcessS3.Object(.owned(by: tools)) }
    sample.server.forgetCalls()
    #expect(await Self.texts(Self.listing(changes, of: sample), count: 3) == ["e1 10 true", "e1 10 true", "unknown"])
    #expect(sample.server.calls.count <= 3)
  }

  @Test func whoMayNotListLooksOneByOne() async {
    let sample = SampleBucket()
    let changes = ["a", "b"].map { Sample.change($0) }
    sample.server.intercept { _, _ in InProcessS3.error(403, "AccessDenied") }
    #expect(await Self.texts(Self.listing(changes, of: sample), count: 2) == ["unknown", "unknown"])
  }

  @Test func aListingGoesOff() async {
    let sample = SampleBucket()
    for key in ["a", "b"] { sample.server[key] = InProcessS3.Object(.owned(by: tools)) }
    let listing = Self.listing(["a", "b"].map { Sample.change($0) }, of: sample, freshness: 0)
    #expect(await Self.texts(listing, count: 2) == ["unknown", "unknown"])
  }

  /// What a server that takes long has seen may be as old as the question.
  @Test func aListingThatComesLateIsOld() async {
    let sample = SampleBucket()
    for key in ["a", "b"] { sample.server[key] = InProcessS3.Object(.owned(by: tools)) }
    sample.server.intercept { _, carryOut in
      usleep(60_000)
      return carryOut()
    }
    let listing = Self.listing(["a", "b"].map { Sample.change($0) }, of: sample, freshness: 0.05)
    #expect(await Self.texts(listing, count: 2) == ["unknown", "unknown"])
  }

  /// Keys that S3 takes: nothing may be taken from a character without looking.
  @Test(arguments: ["\u{0}", "a\u{0}", "\u{0}\u{0}", "a\u{0}\u{0}", "\u{1}", "\u{e000}", "\u{10ffff}"])
  func aPlaceBeforeAnyKeyIsFound(key: String) {
    let place = ObjectKey(key).placeBefore
    #expect(place.map { $0 < ObjectKey(key) } ?? true)
  }

  @Test(arguments: ["\u{0}", "a\u{0}", "a\u{0}\u{0}"])
  func keysThatEndInZeroAreFound(key: String) async {
    let sample = SampleBucket()
    let keys = [ObjectKey(key), ObjectKey(key + "!")].sorted()
    for key in keys { sample.server[key.text] = InProcessS3.Object(.owned(by: tools)) }
    let listing = Self.listing(keys.map { Sample.change($0.text) }, of: sample)
    #expect(await Self.texts(listing, count: 2) == ["e1 10 true", "e1 10 true"])
  }

  @Test(arguments: Sample.oddKeys)
  func oddKeysAreFound(key: String) async {
    let sample = SampleBucket()
    // No key has more than 1,024 bytes, so one of them stands in for longer ones.
    let keys = [key, key + "!", "!" + key].map { ObjectKey($0.utf8.count > 1024 ? "z" : $0) }
    for key in keys { sample.server[key.text] = InProcessS3.Object(.owned(by: tools)) }
    let changes = Set(keys).sorted().map { Sample.change($0.text) }
    let listing = Self.listing(changes, of: sample)
    #expect(await Set(Self.texts(listing, count: changes.count)) == ["e1 10 true"])
  }
}

import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct BucketScannerTests {
  @Test func samePlanWhoeverIsFaster() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket(pageSize: 23)
      sample.fill(700)
      let first = try await sample.plan(in: folder, concurrency: 1)
      let bytes = try readBytes(first.path)
      for concurrency in [4, 64, 64] {
        let plan = try await sample.plan(in: folder, concurrency: concurrency, name: "\(concurrency).json")
        #expect(try readBytes(plan.path) == bytes)
      }
      // Pages of another size, too.
      var other = SampleBucket(pageSize: 1000)
      other.fill(700)
      #expect(try readBytes(try await other.plan(in: folder, concurrency: 64, name: "other.json").path) == bytes)
    }
  }

  @Test func countsWhatIsThere() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket(pageSize: 10)
      sample.fill(90)
      let (scanner, result) = try await sample.scan()
      let summary = result.summary
      #expect(summary.listed == 90)
      #expect(summary.foreign == 80)
      // Of the nine kinds, tools' second and guest's last let the reader in, and the fourth is site's own.
      #expect(summary.actions == [.grant: 30, .copy: 20, .blocked: 10])
      #expect(summary.blockedReasons == [.ownerCredentialsMissing: 10])
      #expect(summary.owners[Sample.tools] == PlanSummary.Owner(objects: 40, bytes: 1690, changes: 30))
      #expect(summary.owners[Sample.guest] == PlanSummary.Owner(objects: 40, bytes: 1880, changes: 30))
      #expect(summary.owners.count == 2)
      #expect(summary.requests == 30 * 2 + 20 * 5)
      #expect(scanner.progress.listed == 90)
      #expect(scanner.progress.foreign == 80)
      #expect(scanner.progress.changes == 60)
      // Nothing but questions.
      #expect(Set(sample.server.counts.keys) == ["ListObjectsV2", "HeadObject", "GetObjectAcl"])
      // None about the bucket owner's own objects.
      let own = sample.server.objects.filter { $0.value.acl.owner == Sample.site }.map(\.key)
      #expect(own.count == 10)
      #expect(!sample.server.calls.contains { $0.key.map(own.contains) == true })
    }
  }

  @Test(arguments: [1, 8, 64])
  func keepsToItsConcurrency(concurrency: Int) async throws {
    var sample = SampleBucket(pageSize: 50)
    sample.fill(400)
    _ = try await sample.scan(concurrency: concurrency)
    #expect(sample.server.maximumInFlight <= concurrency)
  }

  @Test func narrowsTheScan() async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket(pageSize: 4)
      let keys = ["a/1.html", "a/2.css", "a/old/3.html", "b/4.html", "a", "a/", "a0", "caf\u{e9}/5.html"]
      for key in keys { sample.server[key] = InProcessS3.Object(.owned(by: Sample.tools)) }
      sample.desired.filter = KeyFilter(prefix: "a/", include: [Glob("*.html")], exclude: [Glob("*/old/*")])
      let plan = try await sample.plan(in: folder)
      #expect(try plan.allChanges().map(\.key) == [ObjectKey("a/1.html")])
      #expect(plan.header.summary.listed == 1)
      // Another normalization is another prefix.
      sample.desired.filter = KeyFilter(prefix: "cafe\u{301}/")
      #expect(try await sample.plan(in: folder).changeCount == 0)
      sample.desired.filter = KeyFilter(prefix: "caf\u{e9}/")
      #expect(try await sample.plan(in: folder).changeCount == 1)
    }
  }

  @Test func oddKeys() async throws {
    try await withTemporaryFolder { folder in
      let sample = SampleBucket(pageSize: 3)
      for key in Sample.oddKeys { sample.server[key] = InProcessS3.Object(.owned(by: Sample.tools)) }
      let plan = try await sample.plan(in: folder)
      #expect(try plan.allChanges().map(\.key) == Sample.oddKeys.map { ObjectKey($0) }.sorted())
    }
  }

  @Test func emptyBucket() async throws {
    try await withTemporaryFolder { folder in
      let sample = SampleBucket()
      let plan = try await sample.plan(in: folder)
      #expect(plan.changeCount == 0)
      #expect(plan.header.summary == PlanSummary())
      #expect(sample.server.calls.count == 1)
    }
  }

  @Test(arguments: [1, 16], [1, 2, 40, 150])
  func interruptionEndsItSoon(concurrency: Int, after number: Int) async throws {
    try await withTemporaryFolder { folder in
      var sample = SampleBucket(pageSize: 20)
      sample.fill(300)
      let stop = StopSignal()
      sample.server.intercept { call, carryOut in
        if call.number == number { stop.set() }
        return carryOut()
      }
      let failure = await #expect(throws: BucketScanner.Failure.self) {
        _ = try await sample.scan(concurrency: concurrency, stop: stop, folder: folder)
      }
      guard case .interrupted = failure else {
        Issue.record("\(String(describing: failure)) is no interruption")
        return
      }
      let left = try entries(of: folder)
      #expect(left.isEmpty)
      // What was under way ends; and an object may need a second question.
      #expect(sample.server.calls.count <= number + 3 * concurrency + 20)
    }
  }

  @Test func stoppedBeforeItBegan() async throws {
    let sample = SampleBucket()
    let stop = StopSignal()
    stop.set()
    await #expect(throws: BucketScanner.Failure.self) { _ = try await sample.scan(stop: stop) }
    #expect(sample.server.calls.isEmpty)
  }

  /// A scan that could not list a part knows nothing of it, and so is no scan; nor is one that the server left alone.
  @Test(arguments: ["ListObjectsV2", nil])
  func aServerThatFailsIsNoPlan(operation: String?) async throws {
    var sample = SampleBucket(pageSize: 20)
    sample.fill(100)
    sample.server.intercept { call, carryOut in
      call.operation == operation ?? call.operation && call.number > (operation == nil ? 60 : 2)
        ? InProcessS3.error(500, "InternalError") : carryOut()
    }
    let failure = await #expect(throws: BucketScanner.Failure.self) { _ = try await sample.scan() }
    guard case .s3(let error) = failure else {
      Issue.record("\(String(describing: failure)) is no error of S3's")
      return
    }
    if let operation { #expect(error.operation == operation) }
    #expect(error.status == 500)
  }

  @Test func bucketIsGone() async throws {
    let sample = SampleBucket()
    sample.server.intercept { _, _ in InProcessS3.error(404, "NoSuchBucket") }
    let failure = await #expect(throws: BucketScanner.Failure.self) { _ = try await sample.scan() }
    guard case .s3(let error) = failure else {
      Issue.record("\(String(describing: failure)) is no error of S3's")
      return
    }
    #expect(error.code == "NoSuchBucket")
  }

  @Test func ownersAreNotListed() async throws {
    let sample = SampleBucket()
    sample.server.intercept { _, _ in
      HTTPResponse(
        status: 200,
        body: Array(
          ("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>k</Key><ETag>e</ETag>"
            + "<Size>1</Size></Contents></ListBucketResult>").utf8))
    }
    let failure = await #expect(throws: BucketScanner.Failure.self) { _ = try await sample.scan() }
    guard case .ownerMissing(let key) = failure else {
      Issue.record("\(String(describing: failure)) says nothing of owners")
      return
    }
    #expect(key == ObjectKey("k"))
  }
}

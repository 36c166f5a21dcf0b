import Testing

@testable import AWSKit

@Suite struct BucketSettingsTests {
  private static let single: RetryPolicy = {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    return policy
  }()

  /// A client that gets the recorded answer.
  private static func bench(_ recording: String) throws -> ClientBench {
    ClientBench(.success(try Recording.named(recording)), policy: single)
  }

  private static func bench(body: String) -> ClientBench {
    ClientBench(.status(200, body), policy: single)
  }

  private static func policyBlock(_ content: String) -> String {
    "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(content)</PublicAccessBlockConfiguration>"
  }

  @Test(arguments: [
    ("list-buckets", "49d3c228f8b734f0bcf385ad7d0eed7099e878d0289eaacf7a3893b962b56617"),
    ("list-buckets-none", "39f38351dbbee55ec63c5c851f0f7977ffed1672c55f0fc6013f6b49180fdfec"),
  ])
  func theCallersIDIsTheOwnerOfItsBuckets(recording: String, id: String) async throws {
    let bench = try Self.bench(recording)
    #expect(try await bench.client.callerCanonicalID().value == id)
    #expect(bench.requests.map(\.url) == ["https://s3.us-east-1.amazonaws.com/?max-buckets=1"])
  }

  @Test(arguments: [
    "<ListAllMyBucketsResult/>", "<ListAllMyBucketsResult><Owner><ID/></Owner></ListAllMyBucketsResult>",
    "<ListBucketResult/>", "",
  ])
  func aListOfBucketsWithoutOwnerIsRefused(body: String) async {
    let error = await #expect(throws: AWSError.self) { try await Self.bench(body: body).client.callerCanonicalID() }
    #expect(error?.kind == .malformedAnswer)
  }

  @Test func theACLOfABucketIsRead() async throws {
    let bench = try Self.bench("get-bucket-acl")
    let acl = try await bench.client.bucketACL(bucket: "site")
    #expect(acl.owner.value == "49d3c228f8b734f0bcf385ad7d0eed7099e878d0289eaacf7a3893b962b56617")
    #expect(acl.grants.map(\.permission) == [.fullControl, .write])
    #expect(bench.requests.map(\.url) == ["https://site.s3.us-east-1.amazonaws.com/?acl="])
  }

  // GetBucketLocation, S3 API Reference: an empty constraint is us-east-1, EU is eu-west-1.
  @Test(arguments: [
    ("<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>", "us-east-1"),
    ("<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"></LocationConstraint>", "us-east-1"),
    ("<LocationConstraint>EU</LocationConstraint>", "eu-west-1"),
    ("<LocationConstraint>us-west-2</LocationConstraint>", "us-west-2"),
    ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint>cn-north-1</LocationConstraint>\n", "cn-north-1"),
  ])
  func theRegionOfABucketIsRead(body: String, region: String) async throws {
    let bench = Self.bench(body: body)
    #expect(try await bench.client.bucketLocation(bucket: "site").name == region)
    #expect(bench.requests.map(\.query) == ["location="])
  }

  @Test func radosGWsLocationIsRead() async throws {
    #expect(try await Self.bench("get-bucket-location").client.bucketLocation(bucket: "site").name == "us-east-1")
    let error = await #expect(throws: AWSError.self) {
      try await Self.bench("get-bucket-location-denied").client.bucketLocation(bucket: "site")
    }
    #expect(error?.isAccessDenied == true)
  }

  @Test(arguments: [
    ("<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>", VersioningState.unversioned),
    ("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>", .enabled),
    (
      "<VersioningConfiguration><Status>Suspended</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>",
      .suspended
    ),
    ("<VersioningConfiguration><MfaDelete>Disabled</MfaDelete></VersioningConfiguration>", .unversioned),
  ])
  func theVersioningStateIsRead(body: String, state: VersioningState) async throws {
    #expect(try await Self.bench(body: body).client.bucketVersioning(bucket: "b") == state)
  }

  @Test(arguments: [
    ("get-bucket-versioning-unset", VersioningState.unversioned), ("get-bucket-versioning-enabled", .enabled),
    ("get-bucket-versioning-suspended", .suspended),
  ])
  func radosGWsVersioningStateIsRead(recording: String, state: VersioningState) async throws {
    #expect(try await Self.bench(recording).client.bucketVersioning(bucket: "b") == state)
  }

  @Test(arguments: ["enabled", "On", "", "Unversioned "])
  func anUnknownVersioningStateIsRefused(status: String) async {
    let body = "<VersioningConfiguration><Status>\(status)</Status></VersioningConfiguration>"
    let error = await #expect(throws: AWSError.self) {
      try await Self.bench(body: body).client.bucketVersioning(bucket: "b")
    }
    #expect(error?.kind == .malformedAnswer)
  }

  @Test(arguments: [
    ("", [false, false, false, false]),
    ("<BlockPublicAcls>true</BlockPublicAcls>", [true, false, false, false]),
    (
      "<BlockPublicAcls>TRUE</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls>"
        + "<BlockPublicPolicy>True</BlockPublicPolicy><RestrictPublicBuckets>FALSE</RestrictPublicBuckets>",
      [true, false, true, false]
    ),
    (
      "<RestrictPublicBuckets>true</RestrictPublicBuckets><IgnorePublicAcls>true</IgnorePublicAcls>",
      [false, true, false, true]
    ),
  ])
  func thePublicAccessBlockIsRead(content: String, flags: [Bool]) async throws {
    let block = try await Self.bench(body: Self.policyBlock(content)).client.publicAccessBlock(bucket: "b")
    #expect(
      [block.blockPublicAcls, block.ignorePublicAcls, block.blockPublicPolicy, block.restrictPublicBuckets] == flags)
  }

  @Test(arguments: [
    ("get-public-access-block-none", [false, false, false, false]),
    ("get-public-access-block-acls", [true, false, false, false]),
    ("get-public-access-block-all", [true, true, true, true]),
  ])
  func radosGWsPublicAccessBlockIsRead(recording: String, flags: [Bool]) async throws {
    let block = try await Self.bench(recording).client.publicAccessBlock(bucket: "b")
    #expect(
      [block.blockPublicAcls, block.ignorePublicAcls, block.blockPublicPolicy, block.restrictPublicBuckets] == flags)
  }

  @Test func aPublicAccessBlockThatWasNeverSetBlocksNothing() async throws {
    let bench = ClientBench(.error(404, "NoSuchPublicAccessBlockConfiguration"))
    #expect(try await bench.client.publicAccessBlock(bucket: "b") == PublicAccessBlock())
    #expect(bench.requests.map(\.query) == ["publicAccessBlock="])
  }

  @Test(
    arguments: [
      (404, "NoSuchBucket", ""), (403, "AccessDenied", ""), (200, nil, "<ListBucketResult/>"), (200, nil, ""),
    ] as [(Int, String?, String)])
  func noPublicAccessBlockIsGuessedFromOtherAnswers(status: Int, code: String?, body: String) async {
    let bench = ClientBench(code.map { .error(status, $0) } ?? .status(status, body), policy: Self.single)
    let error = await #expect(throws: AWSError.self) { try await bench.client.publicAccessBlock(bucket: "b") }
    #expect(error?.code == code)
  }

  @Test(arguments: [
    ("ObjectWriter", ObjectOwnership.objectWriter), ("BucketOwnerPreferred", .bucketOwnerPreferred),
    ("BucketOwnerEnforced", .bucketOwnerEnforced),
  ])
  func theObjectOwnershipIsRead(value: String, ownership: ObjectOwnership) async throws {
    let bench = Self.bench(
      body: "<OwnershipControls xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ObjectOwnership>\(value)"
        + "</ObjectOwnership></Rule></OwnershipControls>")
    #expect(try await bench.client.objectOwnership(bucket: "b") == ownership)
    #expect(bench.requests.map(\.method) == [.get])
    #expect(bench.requests.map(\.query) == ["ownershipControls="])
  }

  @Test func withoutControlsTheUploaderOwns() async throws {
    let none = ClientBench(.error(404, "OwnershipControlsNotFoundError"))
    #expect(try await none.client.objectOwnership(bucket: "b") == .objectWriter)
    // RadosGW knows no controls, and lists the bucket.
    let bench = try Self.bench("get-bucket-ownership-controls-list-result")
    #expect(try await bench.client.objectOwnership(bucket: "b") == .objectWriter)
  }

  @Test(arguments: [
    "<OwnershipControls/>", "<OwnershipControls><Rule/></OwnershipControls>", "<html/>", "",
    "<OwnershipControls><Rule><ObjectOwnership>Nobody</ObjectOwnership></Rule></OwnershipControls>",
  ])
  func noObjectOwnershipIsGuessedFromOtherAnswers(body: String) async {
    let error = await #expect(throws: AWSError.self) {
      try await Self.bench(body: body).client.objectOwnership(bucket: "b")
    }
    #expect(error?.kind == .malformedAnswer)
  }
}

import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

/// Answers questions about a bucket by the sub-resource that they are asked of.
private struct BucketServer: HTTPTransport {
  var answers: [String: HTTPResponse] = [
    "acl": xml("<AccessControlPolicy><Owner><ID>5173</ID></Owner><AccessControlList/></AccessControlPolicy>"),
    "location": xml("<LocationConstraint>eu-west-1</LocationConstraint>"),
    "versioning": xml("<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"),
    "ownershipControls": xml(
      "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>"),
    "encryption": xml(
      "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>"
        + "</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"),
    "object-lock": xml(
      "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>"),
    "policy": xml("{\"Statement\": []}"),
    "publicAccessBlock": xml(
      "<PublicAccessBlockConfiguration><IgnorePublicAcls>true</IgnorePublicAcls></PublicAccessBlockConfiguration>"),
  ]

  static func xml(_ text: String) -> HTTPResponse { HTTPResponse(status: 200, body: Array(text.utf8)) }

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let name = String(request.query.prefix { $0 != "=" })
    guard let answer = answers[name] else { throw TransportError(.other, "no answer to \(name)") }
    return answer
  }

  var client: AWSClient {
    var surroundings = AWSClient.Dependencies()
    surroundings.sleep = { _ in }
    return AWSClient(
      endpoint: AWSEndpoint(url: "http://fake.test:8000/")!, region: "us-east-1",
      credentials: StaticCredentialsProvider(Credentials(accessKeyID: "A", secretAccessKey: "S")),
      transport: self, throttle: Throttle(concurrency: 4), surroundings: surroundings)
  }
}

@Suite struct BucketInspectorTests {
  /// As a session does: the bucket's ACL first.
  private static func inspect(_ bucket: String, with client: AWSClient) async throws(AWSError) -> BucketInspection {
    let acl = try await client.bucketACL(bucket: bucket)
    return try await BucketInspector.inspect(bucket, acl: acl, with: client)
  }

  @Test func readsEverything() async throws {
    let inspection = try await Self.inspect("assets", with: BucketServer().client)
    var block = PublicAccessBlock()
    block.ignorePublicAcls = true
    #expect(
      inspection.bucket
        == BucketSettings(
          name: "assets", region: "eu-west-1", endpoint: "http://fake.test:8000", owner: CanonicalID("5173"),
          versioning: .suspended, objectOwnership: .bucketOwnerPreferred, publicAccessBlock: block,
          encryption: ObjectEncryption(algorithm: "AES256"), objectLock: ObjectLockConfiguration(isEnabled: true),
          // That of `printf '{"Statement": []}' | sha256sum`.
          policyDigest: "sha256:d5f91b90ebfbc96ed28751b90a81eae9c611cc357f70f0bb0a061bda0670c347"))
    #expect(inspection.policy.document?.statements.isEmpty == true)
    #expect(inspection.supportsOwnershipControls)
    #expect(inspection.omissions.isEmpty)
  }

  @Test(
    arguments: [
      ("location", "GetBucketLocation", .location), ("versioning", "GetBucketVersioning", .versioning),
      ("ownershipControls", "GetBucketOwnershipControls", .objectOwnership),
      ("publicAccessBlock", "GetPublicAccessBlock", .publicAccessBlock),
      ("encryption", "GetBucketEncryption", .encryption),
      ("object-lock", "GetObjectLockConfiguration", .objectLock),
    ] as [(String, String, BucketInspection.Setting)])
  func goesOnWithoutASetting(name: String, operation: String, setting: BucketInspection.Setting) async throws {
    let denied = InProcessS3.error(403, "AccessDenied")
    for answer in [
      denied, HTTPResponse(status: 200, body: Array("<html/>".utf8)), InProcessS3.error(501, "NotImplemented"),
      HTTPResponse(status: 403, body: Array("<html/>".utf8)),
    ] {
      var server = BucketServer()
      server.answers[name] = answer
      let inspection = try await Self.inspect("assets", with: server.client)
      let (bucket, omissions) = (inspection.bucket, inspection.omissions)
      #expect(omissions.count == 1)
      #expect(omissions.first?.error.operation == operation)
      #expect(omissions.first?.setting == setting)
      #expect(bucket.region == (name == "location" ? "us-east-1" : "eu-west-1"))
      #expect((bucket.versioning == nil) == (name == "versioning"))
      #expect((bucket.objectOwnership == nil) == (name == "ownershipControls"))
      #expect((bucket.publicAccessBlock == nil) == (name == "publicAccessBlock"))
      #expect((bucket.encryption == nil) == (name == "encryption"))
      #expect((bucket.objectLock == nil) == (name == "object-lock"))
      #expect(inspection.supportsOwnershipControls == (name != "ownershipControls"))
    }
  }

  /// What fails for a passing reason, or for the keys is no setting that cannot be read.
  @Test(arguments: ["location", "versioning", "ownershipControls", "publicAccessBlock", "object-lock", "policy"])
  func doesNotGoOnWithoutAnAnswer(name: String) async throws {
    for answer in [
      InProcessS3.error(503, "SlowDown"), InProcessS3.error(503, "ServiceUnavailable"),
      InProcessS3.error(429, "TooManyRequests"), InProcessS3.error(400, "ExpiredToken"),
      InProcessS3.error(403, "InvalidAccessKeyId"), InProcessS3.error(403, "RequestTimeTooSkewed"),
    ] {
      var server = BucketServer()
      server.answers[name] = answer
      let error = await #expect(throws: AWSError.self) {
        _ = try await Self.inspect("assets", with: server.client)
      }
      #expect(error?.status == answer.status)
    }
  }

  @Test func aServerThatDoesNotKnowASubresourceListsTheBucket() async throws {
    var server = BucketServer()
    for name in ["ownershipControls", "encryption", "object-lock", "policy"] {
      server.answers[name] = BucketServer.xml("<ListBucketResult/>")
    }
    let inspection = try await Self.inspect("assets", with: server.client)
    #expect(inspection.bucket.objectOwnership == .objectWriter)
    #expect(!inspection.supportsOwnershipControls)
    #expect(inspection.bucket.encryption == .off)
    #expect(inspection.bucket.objectLock == ObjectLockConfiguration(isEnabled: false))
    #expect(inspection.bucket.policyDigest == "none")
    #expect(inspection.policy.document == nil)
    #expect(inspection.omissions.isEmpty)
  }

  /// Whether the policy is needed is not known here.
  @Test func goesOnWithoutThePolicy() async throws {
    var server = BucketServer()
    server.answers["policy"] = InProcessS3.error(403, "AccessDenied")
    var inspection = try await Self.inspect("assets", with: server.client)
    guard case .unreadable(let error) = inspection.policy else {
      Issue.record("it is readable")
      return
    }
    #expect(error.operation == "GetBucketPolicy")
    #expect(inspection.bucket.policyDigest == nil)
    server.answers["policy"] = BucketServer.xml("no JSON")
    inspection = try await Self.inspect("assets", with: server.client)
    guard case .malformed = inspection.policy else {
      Issue.record("it makes sense")
      return
    }
    #expect(inspection.bucket.policyDigest?.hasPrefix("sha256:") == true)
    #expect(inspection.omissions.isEmpty)
  }

  /// There is no going on without the owner, nor without an answer.
  @Test(arguments: [
    "acl", "location", "versioning", "ownershipControls", "publicAccessBlock", "encryption", "object-lock", "policy",
  ])
  func needsAnswers(name: String) async throws {
    var server = BucketServer()
    server.answers[name] = nil
    let error = await #expect(throws: AWSError.self) { _ = try await Self.inspect("b", with: server.client) }
    #expect(error?.kind == .transport(.other))
  }

  @Test(arguments: [403, 404])
  func needsTheOwner(status: Int) async throws {
    var server = BucketServer()
    server.answers["acl"] = InProcessS3.error(status, status == 403 ? "AccessDenied" : "NoSuchBucket")
    let error = await #expect(throws: AWSError.self) { _ = try await Self.inspect("b", with: server.client) }
    #expect(error?.status == status)
    #expect(error?.operation == "GetBucketAcl")
  }
}

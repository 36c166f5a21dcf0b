import S3Kit
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
    "publicAccessBlock": xml(
      "<PublicAccessBlockConfiguration><IgnorePublicAcls>true</IgnorePublicAcls></PublicAccessBlockConfiguration>"),
  ]

  static func xml(_ text: String) -> HTTPResponse { HTTPResponse(status: 200, body: Array(text.utf8)) }

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let name = String(request.query.prefix { $0 != "=" })
    guard let answer = answers[name] else { throw TransportError(.other, "no answer to \(name)") }
    return answer
  }

  var client: S3Client {
    var surroundings = S3Client.Surroundings()
    surroundings.sleep = { _ in }
    return S3Client(
      endpoint: S3Endpoint(url: "http://fake.test:8000/")!, region: "us-east-1",
      credentials: StaticCredentialsProvider(Credentials(accessKeyID: "A", secretAccessKey: "S")),
      transport: self, governor: RequestGovernor(concurrency: 4), surroundings: surroundings)
  }
}

@Suite struct BucketInspectorTests {
  @Test func readsEverything() async throws {
    let (bucket, omissions) = try await BucketInspector.inspect("assets", with: BucketServer().client)
    var block = PublicAccessBlock()
    block.ignorePublicAcls = true
    #expect(
      bucket
        == PlanBucket(
          name: "assets", region: "eu-west-1", endpoint: "http://fake.test:8000", owner: CanonicalID("5173"),
          versioning: .suspended, objectOwnership: .bucketOwnerPreferred, publicAccessBlock: block))
    #expect(omissions.isEmpty)
  }

  @Test(
    arguments: [
      ("location", "GetBucketLocation", "the region"), ("versioning", "GetBucketVersioning", "cannot be copied"),
      ("ownershipControls", "GetBucketOwnershipControls", "ACLs are in force"),
      ("publicAccessBlock", "GetPublicAccessBlock", "public grants are kept"),
    ])
  func goesOnWithoutASetting(name: String, operation: String, consequence: String) async throws {
    let denied = FakeS3.error(403, "AccessDenied")
    for answer in [denied, HTTPResponse(status: 200, body: Array("<html/>".utf8)), FakeS3.error(501, "NotImplemented")]
    {
      var server = BucketServer()
      server.answers[name] = answer
      let (bucket, omissions) = try await BucketInspector.inspect("assets", with: server.client)
      #expect(omissions.count == 1)
      #expect(omissions.first?.error.operation == operation)
      #expect(omissions.first?.consequence.contains(consequence) == true)
      #expect(bucket.region == (name == "location" ? "us-east-1" : "eu-west-1"))
      #expect((bucket.versioning == nil) == (name == "versioning"))
      #expect((bucket.objectOwnership == nil) == (name == "ownershipControls"))
      #expect((bucket.publicAccessBlock == nil) == (name == "publicAccessBlock"))
    }
  }

  /// There is no going on without the owner, nor without an answer.
  @Test(arguments: ["acl", "location", "versioning", "ownershipControls", "publicAccessBlock"])
  func needsAnswers(name: String) async throws {
    var server = BucketServer()
    server.answers[name] = nil
    let error = await #expect(throws: S3Error.self) { _ = try await BucketInspector.inspect("b", with: server.client) }
    #expect(error?.kind == .transport(.other))
  }

  @Test(arguments: [403, 404])
  func needsTheOwner(status: Int) async throws {
    var server = BucketServer()
    server.answers["acl"] = FakeS3.error(status, status == 403 ? "AccessDenied" : "NoSuchBucket")
    let error = await #expect(throws: S3Error.self) { _ = try await BucketInspector.inspect("b", with: server.client) }
    #expect(error?.status == status)
    #expect(error?.operation == "GetBucketAcl")
  }
}

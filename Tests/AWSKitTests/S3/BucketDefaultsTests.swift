import Testing

@testable import AWSKit

/// What objects of a bucket get by default, by the answers that the S3 API Reference shows, and by what other servers say.
@Suite struct BucketDefaultsTests {
  private static func bench(_ answer: ScriptedAnswer) -> ClientBench {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    return ClientBench(answer, policy: policy)
  }

  private static func encryption(_ rule: String) -> ScriptedAnswer {
    .status(
      200,
      "<ServerSideEncryptionConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule>\(rule)</Rule>"
        + "</ServerSideEncryptionConfiguration>")
  }

  @Test(
    arguments: [
      (
        encryption(
          "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>"
            + "<BucketKeyEnabled>false</BucketKeyEnabled>"), ObjectEncryption(algorithm: "AES256")
      ),
      (
        encryption(
          "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>key/1</KMSMasterKeyID>"
            + "</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled>"),
        ObjectEncryption(algorithm: "aws:kms", kmsKeyID: "key/1", usesBucketKey: true)
      ),
      (.error(404, "ServerSideEncryptionConfigurationNotFoundError"), .off),
      (.status(200, "<ListBucketResult/>"), .off),
    ])
  func encryptionIsRead(answer: ScriptedAnswer, encryption: ObjectEncryption) async throws {
    let bench = Self.bench(answer)
    #expect(try await bench.client.defaultEncryption(bucket: "site") == encryption)
    #expect(bench.requests.map(\.url) == ["https://site.s3.us-east-1.amazonaws.com/?encryption="])
  }

  @Test(
    arguments: [
      (
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
        ObjectLockConfiguration(isEnabled: true)
      ),
      (
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"
          + "<Mode>COMPLIANCE</Mode><Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>",
        ObjectLockConfiguration(isEnabled: true, defaultMode: "COMPLIANCE", defaultDays: 30)
      ),
      (
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"
          + "<Mode>GOVERNANCE</Mode><Years>7</Years></DefaultRetention></Rule></ObjectLockConfiguration>",
        ObjectLockConfiguration(isEnabled: true, defaultMode: "GOVERNANCE", defaultYears: 7)
      ),
      (
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"
          + "<Mode>GOVERNANCE</Mode><DefaultEventHold><Days>90</Days></DefaultEventHold></DefaultRetention></Rule>"
          + "</ObjectLockConfiguration>",
        ObjectLockConfiguration(isEnabled: true, defaultMode: "GOVERNANCE", defaultEventHold: .days(90))
      ),
      ("<ListBucketResult><Name>site</Name></ListBucketResult>", ObjectLockConfiguration(isEnabled: false)),
    ])
  func objectLockIsRead(body: String, configuration: ObjectLockConfiguration) async throws {
    let bench = Self.bench(.status(200, body))
    #expect(try await bench.client.objectLockConfiguration(bucket: "site") == configuration)
    #expect(bench.requests.map(\.url) == ["https://site.s3.us-east-1.amazonaws.com/?object-lock="])
  }

  @Test(arguments: ["ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration"])
  func aBucketWithoutObjectLock(code: String) async throws {
    let bench = Self.bench(.error(404, code))
    #expect(
      try await bench.client.objectLockConfiguration(bucket: "site") == ObjectLockConfiguration(isEnabled: false))
  }

  @Test(
    arguments: [
      (.status(200, " {\"Version\": \"2012-10-17\"}\n"), " {\"Version\": \"2012-10-17\"}\n"),
      (.status(200, "not JSON"), "not JSON"),
      (.status(200, ""), nil),
      (.error(404, "NoSuchBucketPolicy"), nil),
      (.status(200, "<?xml version=\"1.0\"?>\n<ListBucketResult/>"), nil),
    ] as [(ScriptedAnswer, String?)])
  func thePolicyIsReadAsItWasPut(answer: ScriptedAnswer, policy: String?) async throws {
    let bench = Self.bench(answer)
    #expect(try await bench.client.bucketPolicy(bucket: "site") == policy.map { Array($0.utf8) })
    #expect(bench.requests.map(\.url) == ["https://site.s3.us-east-1.amazonaws.com/?policy="])
  }

  /// Anything else is not taken for an answer.
  @Test(
    arguments: [
      (.status(200, "<html/>"), AWSError.Kind.malformedAnswer), (.error(403, "AccessDenied"), .service),
      (.error(200, "InternalError"), .service), (.error(404, "NoSuchBucket"), .service),
    ] as [(ScriptedAnswer, AWSError.Kind)])
  func otherAnswersAreErrors(answer: ScriptedAnswer, kind: AWSError.Kind) async {
    let client = Self.bench(answer).client
    let errors = [
      await #expect(throws: AWSError.self) { _ = try await client.bucketPolicy(bucket: "site") },
      await #expect(throws: AWSError.self) { _ = try await client.defaultEncryption(bucket: "site") },
      await #expect(throws: AWSError.self) { _ = try await client.objectLockConfiguration(bucket: "site") },
      await #expect(throws: AWSError.self) { _ = try await client.ownershipControls(bucket: "site") },
    ]
    for error in errors { #expect(error?.kind == kind) }
  }

  @Test(
    arguments: [
      (
        .status(
          200, "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>"),
        .objectWriter
      ),
      (.error(404, "OwnershipControlsNotFoundError"), .objectWriter), (.status(200, "<ListBucketResult/>"), nil),
    ] as [(ScriptedAnswer, ObjectOwnership?)])
  func whetherOwnershipCanBeControlled(answer: ScriptedAnswer, ownership: ObjectOwnership?) async throws {
    #expect(try await Self.bench(answer).client.ownershipControls(bucket: "site") == ownership)
    #expect(try await Self.bench(answer).client.objectOwnership(bucket: "site") == .objectWriter)
  }
}

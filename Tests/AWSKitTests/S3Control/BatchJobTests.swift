import Testing

@testable import AWSKit

/// What S3 Control is asked for jobs of S3 Batch Operations, and what is read of its answers.
@Suite struct BatchJobTests {
  private let account = AccountID("111122223333")!
  private let acl = AccessControlList(
    owner: CanonicalID("0a"), grants: [Grant(.canonicalUser(CanonicalID("0b")), .read), Grant(.allUsers, .read)])

  private func request(_ operation: BatchOperation) -> BatchJobRequest {
    BatchJobRequest(
      token: "t-1", description: "d & e", roleARN: "arn:aws:iam::111122223333:role/batch", operation: operation,
      manifest: BatchManifestLocation(bucket: "jobs", key: "m/1.csv", etag: "e-2", hasVersions: true),
      reportBucket: "jobs", reportPrefix: "reports")
  }

  private static let grants = """
    <member><Grantee><TypeIdentifier>id</TypeIdentifier><Identifier>0b</Identifier></Grantee>\
    <Permission>READ</Permission></member><member><Grantee><TypeIdentifier>uri</TypeIdentifier>\
    <Identifier>http://acs.amazonaws.com/groups/global/AllUsers</Identifier></Grantee>\
    <Permission>READ</Permission></member>
    """

  private func document(_ operation: BatchOperation) -> String {
    String(decoding: request(operation).document(partition: "aws").bytes, as: UTF8.self)
  }

  @Test func theDocumentOfAGrantIsExactly() {
    let expected = """
      <CreateJobRequest xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">\
      <ConfirmationRequired>true</ConfirmationRequired><Operation><S3PutObjectAcl><AccessControlPolicy>\
      <AccessControlList><Owner><ID>0a</ID></Owner><Grants>\(Self.grants)</Grants></AccessControlList>\
      </AccessControlPolicy></S3PutObjectAcl></Operation><Report><Bucket>arn:aws:s3:::jobs</Bucket>\
      <Format>Report_CSV_20180820</Format><Enabled>true</Enabled><Prefix>reports</Prefix>\
      <ReportScope>AllTasks</ReportScope></Report><ClientRequestToken>t-1</ClientRequestToken><Manifest><Spec>\
      <Format>S3BatchOperations_CSV_20180820</Format><Fields><member>Bucket</member><member>Key</member>\
      <member>VersionId</member></Fields></Spec><Location><ObjectArn>arn:aws:s3:::jobs/m/1.csv</ObjectArn>\
      <ETag>e-2</ETag></Location></Manifest><Description>d &amp; e</Description><Priority>10</Priority>\
      <RoleArn>arn:aws:iam::111122223333:role/batch</RoleArn></CreateJobRequest>
      """
    #expect(document(.putACL(acl)) == expected)
  }

  @Test func theOperationOfACopyIsExactly() {
    var attributes = BatchCopy.Attributes(
      storageClass: "STANDARD_IA", kmsKeyID: "arn:aws:kms:::key/k", usesBucketKey: true, redirect: "/x",
      checksumAlgorithm: "SHA256")
    attributes.lock = ObjectLockState(
      retention: ObjectLockState.Retention(mode: "GOVERNANCE", until: "2030-01-01T00:00:00Z"), hasLegalHold: true)
    let copy = BatchCopy(
      bucket: "assets", acl: acl, attributes: attributes, unmodifiedSince: Timestamp(iso8601: "2026-11-20T10:00:00Z"))
    let expected = """
      <Operation><S3PutObjectCopy><TargetResource>arn:aws:s3:::assets</TargetResource><AccessControlGrants>\
      \(Self.grants)</AccessControlGrants><MetadataDirective>COPY</MetadataDirective>\
      <RedirectLocation>/x</RedirectLocation><StorageClass>STANDARD_IA</StorageClass>\
      <UnModifiedSinceConstraint>2026-11-20T10:00:00Z</UnModifiedSinceConstraint>\
      <SSEAwsKmsKeyId>arn:aws:kms:::key/k</SSEAwsKmsKeyId><ObjectLockLegalHoldStatus>ON</ObjectLockLegalHoldStatus>\
      <ObjectLockMode>GOVERNANCE</ObjectLockMode>\
      <ObjectLockRetainUntilDate>2030-01-01T00:00:00Z</ObjectLockRetainUntilDate>\
      <BucketKeyEnabled>true</BucketKeyEnabled><ChecksumAlgorithm>SHA256</ChecksumAlgorithm></S3PutObjectCopy>
      """
    #expect(document(.copy(copy)).contains(expected))
  }

  @Test(arguments: [nil, "GOVERNANCE"])
  func aCopyKeepsAnEventHold(mode: String?) {
    var attributes = BatchCopy.Attributes(storageClass: "STANDARD", checksumAlgorithm: "SHA256")
    attributes.lock = ObjectLockState(eventHold: .init(mode: mode, duration: .years(7)))
    let expected = """
      <StorageClass>STANDARD</StorageClass>\(mode.map { "<ObjectLockMode>\($0)</ObjectLockMode>" } ?? "")\
      <ChecksumAlgorithm>SHA256</ChecksumAlgorithm><ObjectLockEventHold>ON</ObjectLockEventHold>\
      <ObjectLockEventHoldDuration><Years>7</Years></ObjectLockEventHoldDuration></S3PutObjectCopy>
      """
    #expect(document(.copy(BatchCopy(bucket: "assets", acl: acl, attributes: attributes))).contains(expected))
  }

  /// The token makes it the same job, so that a lost answer is asked for again.
  @Test func aLostAnswerIsAskedForAgain() async throws {
    let bench = ClientBench(
      .broken(.interrupted), .status(200, "<CreateJobResult><JobId>id-1</JobId></CreateJobResult>"))
    #expect(try await bench.client.createJob(request(.putACL(acl)), in: account) == "id-1")
    #expect(bench.requests.count == 2 && bench.requests[0].body == bench.requests[1].body)
    #expect(bench.requests[0].path == "/v20180820/jobs")
    #expect(bench.requests[0].header("x-amz-account-id") == "111122223333")
  }

  @Test func aDescriptionIsRead() async throws {
    let bench = ClientBench(
      .status(
        200,
        """
        <DescribeJobResult xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><Job><JobId>id-1</JobId>
        <Description>d</Description><Status>Failed</Status><ProgressSummary><TotalNumberOfTasks>10</TotalNumberOfTasks>
        <NumberOfTasksSucceeded>7</NumberOfTasksSucceeded><NumberOfTasksFailed>3</NumberOfTasksFailed>
        <Timers><ElapsedTimeInActiveSeconds>5</ElapsedTimeInActiveSeconds></Timers></ProgressSummary>
        <StatusUpdateReason></StatusUpdateReason><FailureReasons><member><FailureCode>C</FailureCode>
        <FailureReason>because</FailureReason></member></FailureReasons></Job></DescribeJobResult>
        """))
    let job = try await bench.client.describeJob("id-1", in: account)
    #expect(job.status == .failed && job.status.isFinal && job.description == "d" && job.reason == nil)
    #expect(job.tasks == 10 && job.succeeded == 7 && job.failed == 3 && job.activeSeconds == 5)
    #expect(job.failures == [BatchJob.Failure(code: "C", reason: "because")])
    #expect(bench.requests.map(\.path) == ["/v20180820/jobs/id-1"])
  }

  @Test(arguments: [
    "<DescribeJobResult/>", "<DescribeJobResult><Job/></DescribeJobResult>",
    "<DescribeJobResult><Job><JobId>../x</JobId><Status>New</Status></Job></DescribeJobResult>",
    "<DescribeJobResult><Job><JobId>i</JobId><Status>New</Status><ProgressSummary><TotalNumberOfTasks>-1</TotalNumberOfTasks></ProgressSummary></Job></DescribeJobResult>",
  ])
  func anotherDescriptionIsRefused(body: String) async {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    await #expect(throws: AWSError.self) {
      try await ClientBench(.status(200, body), policy: policy).client.describeJob("i", in: account)
    }
  }

  /// Only S3 Control's own word says that a job is gone: others answer with 404, too.
  @Test(arguments: [
    ("NoSuchJob", true), ("NoSuchJobException", true), ("NoSuchBucket", false), ("NoSuchKey", false),
  ])
  func aMissingJob(code: String, isGone: Bool) async {
    let bench = ClientBench(.status(404, "<Error><Code>\(code)</Code><Message>no</Message></Error>"))
    let error = await #expect(throws: AWSError.self) { try await bench.client.describeJob("i", in: account) }
    #expect(error?.isNotFound == true && error?.isNoSuchJob == isGone)
  }

  @Test func aJobIsConfirmed() async throws {
    let bench = ClientBench(
      .status(200, "<UpdateJobStatusResult><JobId>i</JobId><Status>Ready</Status></UpdateJobStatusResult>"))
    try await bench.client.confirmJob("i", in: account)
    let request = try #require(bench.requests.first)
    #expect(request.method == .post && request.path == "/v20180820/jobs/i/status")
    #expect(request.query == "requestedJobStatus=Ready")
  }

  @Test func anUploadInParts() async throws {
    let bench = ClientBench(
      .status(200, "<InitiateMultipartUploadResult><UploadId>u/1</UploadId></InitiateMultipartUploadResult>"),
      .status(200, headers: [("ETag", "\"e1\"")]), .status(200, headers: [("ETag", "\"e2\"")]),
      .status(200, "<CompleteMultipartUploadResult><ETag>\"whole-2\"</ETag></CompleteMultipartUploadResult>"))
    let (client, key) = (bench.client, ObjectKey("m.csv"))
    let id = try await client.createUpload(bucket: "jobs", key: key, type: "text/csv")
    var parts: [UploadedPart] = []
    for number in 1...2 {
      parts.append(try await client.uploadPart(number, bucket: "jobs", key: key, uploadID: id, body: [0x61]))
    }
    #expect(try await client.completeUpload(bucket: "jobs", key: key, uploadID: id, parts: parts) == "whole-2")
    // S3 Batch Operations reads no manifest under KMS.
    #expect(bench.requests[0].header("x-amz-server-side-encryption") == "AES256")
    #expect(bench.requests[1].query == "partNumber=1&uploadId=u%2F1")
    let completion = """
      <CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Part>\
      <PartNumber>1</PartNumber><ETag>"e1"</ETag></Part><Part><PartNumber>2</PartNumber>\
      <ETag>"e2"</ETag></Part></CompleteMultipartUpload>
      """
    #expect(String(decoding: bench.requests[3].body, as: UTF8.self) == completion)
  }
}

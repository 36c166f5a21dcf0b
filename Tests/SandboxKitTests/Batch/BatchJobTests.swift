import AWSKit
import Testing

@testable import SandboxKit

/// Jobs of S3 Batch Operations (S3 Control API Reference: CreateJob; User Guide: "Tracking job status and completion
/// reports", "Examples: S3 Batch Operations completion reports", "Troubleshooting S3 Batch Operations").
@Suite("S3 Batch Operations")
struct BatchJobTests {
  private let stage: BatchStage

  init() throws {
    stage = try BatchStage()
    for key in ["a%20b.html", "%C3%BC/c.html", "d.html"] { stage.stage.put(key, as: stage.tools) }
  }

  private static let rows =
    "\(CloudFrontStage.bucket),a%20b.html\n\(CloudFrontStage.bucket),%C3%BC/c.html\n\(CloudFrontStage.bucket),missing\n"

  private var readBySite: String {
    stage.putACL(("FULL_CONTROL", stage.tools.canonicalID), ("READ", stage.site.canonicalID))
  }

  @Test("gives objects an ACL, and reports each task")
  func acl() async throws {
    var wanted = BatchStage.Wanted(operation: readBySite)
    wanted.etag = stage.putManifest(Self.rows)
    let id = try stage.id(of: wanted)
    let done = try await stage.wait(for: id, "Complete")
    #expect(done.text("Job", "ProgressSummary", "TotalNumberOfTasks") == "3", "\(done.text)")
    #expect(done.text("Job", "ProgressSummary", "NumberOfTasksSucceeded") == "2")
    #expect(done.text("Job", "ProgressSummary", "NumberOfTasksFailed") == "1")
    #expect(done.text("Job", "JobArn").hasSuffix(":job/" + id) && !done.text("Job", "TerminationDate").isEmpty)
    #expect(stage.acl(of: "ü/c.html")?.grants.contains(Grant(.canonicalUser(stage.site.canonicalID), .read)) == true)
    #expect(stage.acl(of: "d.html") == .owned(by: stage.tools.canonicalID))
    let files = stage.report(of: id)
    let manifest = try #require(files["manifest.json"])
    #expect(manifest.contains(#""Format":"Report_CSV_20180820""#) && manifest.contains("/results/"))
    let rows = files.filter { $0.key.hasPrefix("results/") }.values.joined().split(separator: "\n").sorted()
    #expect(rows.count == 3)
    #expect(rows.contains("\(CloudFrontStage.bucket),%C3%BC/c.html,,succeeded,200,,Successful"))
    #expect(rows.contains { $0.hasPrefix("\(CloudFrontStage.bucket),missing,,failed,404,NoSuchKey,") })
  }

  @Test("puts the error's code before the status where it is asked to, in files of so many rows")
  func codeFirst() async throws {
    stage.setBatch(#"{"statusFirst": false, "rowsPerReport": 1}"#)
    var wanted = BatchStage.Wanted(operation: readBySite)
    wanted.etag = stage.putManifest(Self.rows)
    wanted.report = wanted.report.replacing("AllTasks", with: "FailedTasksOnly")
    let id = try stage.id(of: wanted)
    _ = try await stage.wait(for: id, "Complete")
    let rows = stage.report(of: id).filter { $0.key.hasPrefix("results/") }
    #expect(rows.count == 1)
    #expect(rows.values.first?.hasPrefix("\(CloudFrontStage.bucket),missing,,failed,NoSuchKey,404,") == true)
  }

  @Test("waits until it is confirmed, and does nothing once it is cancelled")
  func confirmation() async throws {
    var wanted = BatchStage.Wanted(operation: readBySite, more: "<ConfirmationRequired>true</ConfirmationRequired>")
    wanted.etag = stage.putManifest(Self.rows)
    let first = try stage.id(of: wanted)
    let suspended = try await stage.wait(for: first, "Suspended")
    #expect(suspended.text("Job", "ProgressSummary", "TotalNumberOfTasks") == "3")
    #expect(!suspended.text("Job", "SuspendedDate").isEmpty)
    func update(_ id: String, _ status: String) -> Answer {
      stage.control(.post, "jobs/\(id)/status", query: [("requestedJobStatus", status), ("statusUpdateReason", "why")])
    }
    #expect(update(first, "Ready").text("Status") == "Ready")
    #expect(update(first, "Ready").code == "JobStatusException")
    _ = try await stage.wait(for: first, "Complete")
    #expect(update(first, "Cancelled").code == "JobStatusException")

    wanted.token = "second"
    let second = try stage.id(of: wanted)
    _ = try await stage.wait(for: second, "Suspended")
    #expect(update(second, "Cancelled").text("Status") == "Cancelling")
    let cancelled = try await stage.wait(for: second, "Cancelled")
    #expect(cancelled.text("Job", "StatusUpdateReason") == "why")
    #expect(stage.report(of: second).isEmpty, "no report if no task ran")
    #expect(update(second, "Active").code == "BadRequestException")
  }

  @Test("is made once for a token")
  func idempotency() throws {
    var wanted = BatchStage.Wanted(operation: readBySite, etag: stage.putManifest(Self.rows))
    let id = try stage.id(of: wanted)
    #expect(try stage.id(of: wanted) == id)
    wanted.more = "<Description>another</Description>"
    #expect(stage.create(wanted).code == "IdempotencyException")
    wanted.token = "another"
    #expect(try stage.id(of: wanted) != id)
  }

  @Test("is known to its account only, and listed by status")
  func lists() async throws {
    let wanted = BatchStage.Wanted(operation: readBySite, etag: stage.putManifest(Self.rows))
    let id = try stage.id(of: wanted)
    #expect(stage.describe(id, as: stage.site).code == "NoSuchJobException")
    #expect(stage.describe("other").status == 404)
    #expect(stage.control(.get, "jobs", as: stage.site, of: stage.tools).code == "AccessDenied")
    _ = try await stage.wait(for: id, "Complete")
    var other = wanted
    other.token = "other"
    let next = try stage.id(of: other)
    let list = stage.control(.get, "jobs", query: [("jobStatuses", "Complete"), ("jobStatuses", "Failed")])
    #expect(list.text.contains(id) && !list.text.contains(next), "\(list.text)")
    let page = stage.control(.get, "jobs", query: [("maxResults", "1")])
    #expect(page.text.contains(next) && page.text("NextToken") == id)
    let rest = stage.control(.get, "jobs", query: [("maxResults", "1"), ("nextToken", id)])
    #expect(rest.text("Jobs", "member", "JobId") == id && rest.text("NextToken").isEmpty)
    #expect(stage.control(.get, "jobs", query: [("nextToken", "x")]).code == "InvalidNextTokenException")
    #expect(stage.control(.post, "jobs/\(next)/priority", query: [("priority", "7")]).text("Priority") == "7")
    #expect(stage.describe(next).text("Job", "Priority") == "7")
  }

  @Test("tries again what fails for a reason that passes, also reading the manifest and writing the report")
  func retries() async throws {
    var wanted = BatchStage.Wanted(operation: readBySite)
    wanted.etag = stage.putManifest(Self.rows.replacing("missing", with: "d.html"))
    stage.setFaults(
      #"[{"operation": "PutObjectAcl", "fault": "slowdown", "count": 2}, {"operation": "GetObject", "fault": "internal", "count": 1}, {"operation": "PutObjectAcl", "fault": "reset", "count": 1}, {"operation": "PutObjectAcl", "fault": "error-in-200", "count": 2}, {"operation": "PutObject", "fault": "slowdown", "count": 1}]"#
    )
    let id = try stage.id(of: wanted)
    let done = try await stage.wait(for: id, "Complete")
    #expect(done.text("Job", "ProgressSummary", "NumberOfTasksSucceeded") == "3", "\(done.text)")
    wanted.token = "second"
    stage.setBatch(#"{"attempts": 2}"#)
    stage.setFaults(#"[{"operation": "PutObjectAcl", "key": "d.html", "fault": "slowdown"}]"#)
    let second = try stage.id(of: wanted)
    let failed = try await stage.wait(for: second, "Complete")
    #expect(failed.text("Job", "ProgressSummary", "NumberOfTasksFailed") == "1")
    #expect(stage.report(of: second).values.contains { $0.contains("d.html,,failed,503,SlowDown,") })
  }

  @Test("stands still at a rate of 0")
  func rate() async throws {
    stage.setBatch(#"{"tasksPerSecond": 0}"#)
    let id = try stage.id(of: BatchStage.Wanted(operation: readBySite, etag: stage.putManifest(Self.rows)))
    _ = try await stage.wait(for: id, "Active")
    for _ in 0..<5 { #expect(stage.describe(id).text("Job", "ProgressSummary", "NumberOfTasksSucceeded") == "0") }
    stage.setBatch("{}")
    _ = try await stage.wait(for: id, "Complete")
    #expect(stage.stage.sandbox.send(.put, "control.sandbox", "/batch", body: #"{"attempts": 0}"#).status == 400)
  }

  @Test("fails when more than half of a thousand tasks have")
  func threshold() async throws {
    stage.setBatch(#"{"tasksPerSecond": 1000000}"#)
    let rows = (0..<1500).map { "\(CloudFrontStage.bucket),missing-\($0)\n" }.joined()
    let id = try stage.id(of: BatchStage.Wanted(operation: readBySite, etag: stage.putManifest(rows)))
    let failed = try await stage.wait(for: id, "Failed")
    #expect(failed.text("Job", "ProgressSummary", "NumberOfTasksFailed") == "1000")
    #expect(!failed.text("Job", "FailureReasons", "member", "FailureReason").isEmpty)
    #expect(stage.report(of: id)["manifest.json"] != nil, "failed jobs report too")
  }

  @Test("copies in place, with grants, a class and tags")
  func copy() async throws {
    stage.stage.setPolicy(
      """
      {"Effect": "Allow", "Principal": {"AWS": "\(stage.site.accountID)"}, "Action": "s3:*", "Resource": "BUCKET/*"}
      """)
    stage.stage.put("own.html", headers: [("x-amz-tagging", "old=1")])
    var wanted = BatchStage.Wanted(
      operation: "<S3PutObjectCopy><TargetResource>arn:aws:s3:::\(CloudFrontStage.bucket)</TargetResource>"
        + "<AccessControlGrants><member><Grantee><TypeIdentifier>id</TypeIdentifier><Identifier>"
        + "\(stage.tools.canonicalID.value)</Identifier></Grantee><Permission>READ</Permission></member>"
        + "</AccessControlGrants><MetadataDirective>COPY</MetadataDirective><NewObjectTagging><member><Key>new</Key>"
        + "<Value>2</Value></member></NewObjectTagging><StorageClass>STANDARD_IA</StorageClass></S3PutObjectCopy>",
      fields: ["Bucket", "Key", "VersionId"])
    wanted.etag = stage.putManifest(
      "\(CloudFrontStage.bucket),own.html,null\n",
      headers: [
        ("x-amz-grant-read", "id=\"\(stage.site.canonicalID.value)\"")
      ])
    let id = try stage.id(of: wanted, as: stage.site)
    let done = try await stage.wait(for: id, "Complete", as: stage.site)
    #expect(done.text("Job", "ProgressSummary", "NumberOfTasksSucceeded") == "1", "\(stage.report(of: id))")
    let object = stage.stage.sandbox.transport.withState {
      $0.buckets[CloudFrontStage.bucket]?.newest(ObjectKey("own.html"))
    }
    #expect(object?.attributes.storageClass == "STANDARD_IA")
    #expect(object?.attributes.tags == [ObjectTag(key: "new", value: "2")])
    #expect(object?.attributes.contentHeaders.contains { $0.value == "text/html" } == true)
    #expect(object?.acl.grants == [Grant(.canonicalUser(stage.tools.canonicalID), .read)])
  }

  @Test(
    "fails where its manifest cannot be used",
    arguments: [
      ("ETag", "ManifestETagMismatch"), ("key", "InvalidManifestContent"),
      ("versions", "InvalidManifestContent"), ("empty", "InvalidManifestContent"), ("KMS", "InvalidManifest"),
      ("foreign", "ManifestAccessDenied"), ("missing", "ManifestNotReadable"),
    ])
  func badManifests(what: String, code: String) async throws {
    let bucket = CloudFrontStage.bucket
    var wanted = BatchStage.Wanted(operation: readBySite)
    switch what {
    case "key": wanted.etag = stage.putManifest("\(bucket),100%\n")
    case "versions":
      wanted.fields.append("VersionId")
      wanted.etag = stage.putManifest("\(bucket),a,null\n\(bucket),b,\n")
    case "empty": wanted.etag = stage.putManifest("\n")
    case "KMS": wanted.etag = stage.putManifest(Self.rows, headers: [("x-amz-server-side-encryption", "aws:kms")])
    case "foreign":
      stage.stage.put("jobs/foreign.csv")
      wanted.etag = "x"
      wanted.manifest = "arn:aws:s3:::\(bucket)/jobs/foreign.csv"
    case "missing":
      wanted.etag = "x"
      wanted.manifest = "arn:aws:s3:::\(bucket)/jobs/none.csv"
    default:
      _ = stage.putManifest(Self.rows)
      wanted.etag = "0123456789abcdef0123456789abcdef"
    }
    let id = try stage.id(of: wanted)
    let failed = try await stage.wait(for: id, "Failed")
    #expect(failed.text("Job", "FailureReasons", "member", "FailureCode") == code, "\(failed.text)")
    #expect(stage.report(of: id).isEmpty)
  }

  @Test("copies objects of one bucket")
  func buckets() throws {
    let rows = Array("a,k\nb,k\n".utf8)
    #expect(try BatchManifest.count(rows, columns: [.bucket, .key], isOfOneBucket: false) == 2)
    #expect(throws: BatchManifest.Invalid.self) {
      try BatchManifest.count(rows, columns: [.bucket, .key], isOfOneBucket: true)
    }
  }

  @Test("is refused where it asks for what is wrong, or for what the sandbox does not do")
  func refusals() {
    let etag = stage.putManifest(Self.rows)
    func code(_ change: (inout BatchStage.Wanted) -> Void) -> String {
      var wanted = BatchStage.Wanted(operation: readBySite, etag: etag)
      change(&wanted)
      return stage.create(wanted).code
    }
    #expect(code { $0.role = "nobody" } == "InvalidRequest")
    #expect(code { $0.fields = ["Key"] } == "InvalidRequest")
    #expect(code { $0.fields = ["Bucket", "Key", "Size"] } == "InvalidRequest")
    #expect(code { $0.operation = "<LambdaInvoke/>" } == "NotImplemented")
    #expect(code { $0.operation = "<S3Frobnicate/>" } == "MalformedXML")
    #expect(code { $0.operation += $0.operation } == "InvalidRequest")
    #expect(code { $0.more = "<Color>red</Color>" } == "MalformedXML")
    #expect(code { $0.more = "<ManifestGenerator/>" } == "NotImplemented")
    #expect(code { $0.report = "<Enabled>true</Enabled>" } == "InvalidRequest")
    #expect(code { $0.etag = "" } == "InvalidRequest")
    #expect(code { $0.manifest = "s3://bucket/key" } == "InvalidRequest")
    #expect(code { $0.token = "" } == "InvalidRequest")
  }

  @Test("needs s3:CreateJob and iam:PassRole, and a role that trusts the service")
  func rights() async throws {
    let stage = try BatchStage(
      #"""
      {"accounts": {"site": {}, "tools": {
        "users": {"maker": {"allows": ["s3:CreateJob", "iam:PassRole"]}, "weak": {"allows": ["s3:CreateJob"]}},
        "roles": {"batch": {"trusts": ["batchoperations.s3.amazonaws.com"], "allows": ["s3:GetObject", "s3:PutObject"]},
                  "closed": {"trusts": ["site"]}}}}}
      """#)
    stage.stage.put("a.html", as: stage.tools)
    let etag = stage.putManifest("\(CloudFrontStage.bucket),a.html\n")
    let operation = stage.putACL(("FULL_CONTROL", stage.tools.canonicalID))
    let users = stage.tools.users.reduce(into: [:]) { $0[$1.name] = $1.credentials }
    var wanted = BatchStage.Wanted(operation: operation, etag: etag, role: "batch")
    #expect(stage.create(wanted, credentials: users["weak"]).code == "AccessDenied")
    let id = stage.create(wanted, credentials: users["maker"]).text("JobId")
    #expect(stage.control(.get, "jobs/" + id, credentials: users["maker"]).code == "AccessDenied")
    let done = try await stage.wait(for: id, "Complete")
    #expect(done.text("Job", "ProgressSummary", "NumberOfTasksFailed") == "1", "the role may not s3:PutObjectAcl")
    #expect(stage.report(of: id).values.contains { $0.contains("a.html,,failed,403,AccessDenied,") })
    wanted.token = "closed"
    wanted.role = "closed"
    let failed = try await stage.wait(for: try stage.id(of: wanted), "Failed")
    #expect(failed.text("Job", "FailureReasons", "member", "FailureCode") == "AccessDenied")
    #expect(stage.create(wanted, as: stage.site).code == "InvalidRequest", "no such role there")
  }
}

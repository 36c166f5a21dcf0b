import AWSKit
import Testing

@testable import SandboxKit

/// A bucket of the account `site` with objects of `tools`, and jobs of S3 Batch Operations that repair them.
struct BatchStage {
  let stage: CloudFrontStage

  var site: SandboxAccount { stage.site }

  var tools: SandboxAccount { stage.tools }

  init(_ accounts: String = #"{"accounts": {"site": {}, "tools": {}}}"#) throws {
    stage = try CloudFrontStage(accounts)
    let toolsID = tools.canonicalID.value
    let siteID = site.canonicalID.value
    let grants = [siteID, toolsID].map {
      "<Grant><Grantee><ID>\($0)</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>"
    }
    let acl =
      "<AccessControlPolicy><Owner><ID>\(siteID)</ID></Owner><AccessControlList>\(grants.joined())</AccessControlList>"
      + "</AccessControlPolicy>"
    #expect(stage.s3(.put, "", query: [("acl", "")], body: acl).status == 200)
  }

  /// Puts a manifest of the account `tools`; its ETag.
  func putManifest(_ rows: String, headers: [(name: String, value: String)] = []) -> String {
    let answer = stage.s3(.put, "jobs/manifest.csv", headers: headers, body: rows, as: tools.credentials)
    #expect(answer.status == 200, "\(answer.text)")
    return answer.header("ETag")
  }

  /// A request to S3 Control.
  func control(
    _ method: HTTPMethod, _ path: String, query: [(String, String)] = [], body: String = "",
    as account: SandboxAccount? = nil, of other: SandboxAccount? = nil, credentials: Credentials? = nil
  ) -> Answer {
    let account = account ?? tools
    return stage.sandbox.send(
      method, "\(account.accountID).s3-control.us-east-1.amazonaws.com", "/v20180820/" + path, query: query,
      headers: [("x-amz-account-id", (other ?? account).accountID)], body: body, service: "s3",
      as: credentials ?? account.credentials)
  }

  /// What makes a job; everything has a value that is right.
  struct Wanted {
    var operation = ""
    var fields = ["Bucket", "Key"]
    var etag = ""
    var token = "token"
    var role = "fixacl"
    var more = ""
    var report =
      "<Enabled>true</Enabled><Bucket>arn:aws:s3:::\(CloudFrontStage.bucket)</Bucket><Format>Report_CSV_20180820</Format>"
      + "<Prefix>reports</Prefix><ReportScope>AllTasks</ReportScope>"
    var manifest = "arn:aws:s3:::\(CloudFrontStage.bucket)/jobs/manifest.csv"
  }

  /// The operation that gives the objects of `tools` this ACL.
  func putACL(owner: SandboxAccount? = nil, _ grants: (String, CanonicalID)...) -> String {
    let members = grants.map {
      "<member><Grantee><TypeIdentifier>id</TypeIdentifier><Identifier>\($0.1.value)</Identifier></Grantee>"
        + "<Permission>\($0.0)</Permission></member>"
    }
    return "<S3PutObjectAcl><AccessControlPolicy><AccessControlList><Owner><ID>"
      + "\((owner ?? tools).canonicalID.value)</ID></Owner><Grants>\(members.joined())</Grants></AccessControlList>"
      + "</AccessControlPolicy></S3PutObjectAcl>"
  }

  func create(_ wanted: Wanted, as account: SandboxAccount? = nil, credentials: Credentials? = nil) -> Answer {
    let fields = wanted.fields.map { "<member>\($0)</member>" }.joined()
    let accountID = (account ?? tools).accountID
    return control(
      .post, "jobs",
      body: "<CreateJobRequest xmlns=\"http://awss3control.amazonaws.com/doc/2018-08-20/\">\(wanted.more)"
        + "<Operation>\(wanted.operation)</Operation><Report>\(wanted.report)</Report>"
        + "<ClientRequestToken>\(wanted.token)</ClientRequestToken><Manifest><Spec>"
        + "<Format>S3BatchOperations_CSV_20180820</Format><Fields>\(fields)</Fields></Spec><Location>"
        + "<ObjectArn>\(wanted.manifest)</ObjectArn><ETag>\(wanted.etag)</ETag></Location></Manifest>"
        + "<Priority>10</Priority><RoleArn>arn:aws:iam::\(accountID):role/\(wanted.role)</RoleArn></CreateJobRequest>",
      as: account, credentials: credentials)
  }

  /// The ID of a job that is made.
  func id(of wanted: Wanted, as account: SandboxAccount? = nil) throws -> String {
    let answer = create(wanted, as: account)
    try #require(answer.status == 200, "\(answer.text)")
    return answer.text("JobId")
  }

  func describe(_ id: String, as account: SandboxAccount? = nil) -> Answer { control(.get, "jobs/" + id, as: account) }

  /// Asks until a job has a status, or has none any more that could change.
  func wait(for id: String, _ status: String, as account: SandboxAccount? = nil) async throws -> Answer {
    for _ in 0..<2000 {
      let answer = describe(id, as: account)
      let current = answer.text("Job", "Status")
      if current == status { return answer }
      if ["Complete", "Failed", "Cancelled"].contains(current) {
        Issue.record("the job is \(current): \(answer.text)")
        return answer
      }
      try await Task.sleep(for: .milliseconds(2))
    }
    Issue.record("the job does not become \(status)")
    return describe(id, as: account)
  }

  func setBatch(_ settings: String) {
    let answer = stage.sandbox.send(.put, "control.sandbox", "/batch", body: settings)
    #expect(answer.status == 204, "\(answer.text)")
  }

  func setFaults(_ rules: String) {
    #expect(stage.sandbox.send(.put, "control.sandbox", "/faults", body: rules).status == 204)
  }

  /// The objects of a job's report, by what follows its folder.
  func report(of id: String) -> [String: String] {
    let folder = "reports/job-\(id)/"
    return stage.sandbox.transport.withState { state in
      let bucket = state.buckets[CloudFrontStage.bucket]
      var files: [String: String] = [:]
      for key in bucket?.keys ?? [] where key.text.hasPrefix(folder) {
        let content = bucket?.newest(key)?.content.bytes ?? []
        files[String(key.text.dropFirst(folder.count))] = String(decoding: content, as: UTF8.self)
      }
      return files
    }
  }

  func acl(of key: String) -> AccessControlList? {
    stage.sandbox.transport.withState { $0.buckets[CloudFrontStage.bucket]?.newest(ObjectKey(key))?.acl }
  }
}

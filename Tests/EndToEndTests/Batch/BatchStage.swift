import Foundation
import AWSKit
import TestSupport
import Testing

/// A bucket of `site`'s with objects of others, which S3 Batch Operations repairs, and a bucket for manifests and reports.
struct BatchStage: Sendable {
  let bucket: BrokenBucket
  /// Into which all accounts may write, and which they may list.
  let jobs: String

  init(_ server: S3TestServer, keys: [ObjectKey] = []) async throws {
    bucket = try await BrokenBucket(server, keys: keys)
    jobs = "jobs-" + UUID().uuidString.lowercased()
    try await server.site.createBucket(jobs)
    try await server.site.putBucketACL(
      bucket: jobs,
      acl: AccessControlList(
        owner: server.site.id,
        grants: [Grant(.canonicalUser(server.site.id), .fullControl)]
          + [server.tools, server.other].flatMap { account in
            [Permission.read, .write].map { Grant(.canonicalUser(account.id), $0) }
          }))
  }

  var server: S3TestServer { bucket.server }
  var place: Workplace { bucket.place }

  static func role(of account: TestAccount) -> String { "arn:aws:iam::\(account.accountID ?? ""):role/fixacl" }

  /// The arguments of `batch submit`.
  func submission(_ more: [String], roles: [TestAccount], owners: [String]) -> [String] {
    ["batch", "submit", "plan.json", "--report", "s3://\(jobs)/reports", "--manifest", "s3://\(jobs)/manifests"]
      + roles.flatMap { ["--role-arn", Self.role(of: $0)] } + owners.flatMap { ["--owner-profile", $0] } + more
  }

  func submit(
    _ more: String..., roles: [TestAccount]? = nil, owners: [String] = ["tools"]
  ) async throws -> ProgramResult {
    try await place.fixacl(submission(more, roles: roles ?? [server.tools], owners: owners))
  }

  func status(_ more: String..., owners: [String] = ["tools"]) async throws -> ProgramResult {
    try await place.fixacl(["batch", "status", "plan.json"] + owners.flatMap { ["--owner-profile", $0] } + more)
  }

  func collect(_ more: String..., owners: [String] = ["tools"]) async throws -> ProgramResult {
    try await place.fixacl(["batch", "collect", "plan.json"] + owners.flatMap { ["--owner-profile", $0] } + more)
  }

  /// Waits until all jobs have ended.
  func waitForEnd(owners: [String] = ["tools"], sourceLocation: SourceLocation = #_sourceLocation) async throws {
    for _ in 0..<300 {
      let result = try await status(owners: owners)
      let lines = result.out.split(separator: "\n")
      let ends = [": Complete", ": Failed", ": Cancelled"]
      if !lines.isEmpty, lines.allSatisfy({ line in ends.contains { line.contains($0) } }) { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("the jobs do not end", sourceLocation: sourceLocation)
  }

  /// Submits, lets the jobs run, and waits for their end.
  func runJobs(roles: [TestAccount]? = nil, owners: [String] = ["tools"]) async throws {
    let submitted = try await submit("--run", roles: roles, owners: owners)
    try #require(submitted.status == 0, "\(submitted.err)")
    try await waitForEnd(owners: owners)
  }

  /// How many jobs an account has, by S3 Control's own list.
  static func jobCount(of account: TestAccount) async throws -> Int {
    try await account.client.run(
      AWSOperation(
        "ListJobs", path: "/v20180820/jobs", headers: [("x-amz-account-id", account.accountID ?? "")]
      ) { response throws(XMLError) in
        try XMLElement(parsing: response.body, root: "ListJobsResult")["Jobs"]?.children.count ?? 0
      })
  }

  /// Every object's ACL, as its owner sees it.
  func acls() async throws -> [ObjectKey: AccessControlList] { try await bucket.states().mapValues(\.acl) }
}

import Foundation
import AWSKit
import TestSupport
import Testing

/// Copied objects before and after, as the AWS CLI shows them: nothing of fixacl's own eyes is in it.
@Suite(.enabled(if: AWSCLI.isInstalled, "needs 'aws'"))
struct AWSCLIComparisonTests {
  private struct Sample: Sendable {
    let key: ObjectKey
    var headers: [String: String] = [:]
    var body = Array("content".utf8)
    /// More than one for an upload in parts.
    var parts: [[UInt8]] = []
    /// Whether a server that has no more than Ceph's RadosGW can have it.
    var isEverywhere = true
    /// Properties that no copy can keep.
    var changing: Set<String> = []
  }

  private static let everything = [
    "Content-Type": "image/svg+xml", "Cache-Control": "max-age=300, public", "Content-Encoding": "br",
    "Content-Disposition": "attachment; filename=\"a, b.svg\"", "Content-Language": "de-CH",
    "Expires": "Tue, 01 Jan 2030 00:00:00 GMT", "x-amz-website-redirect-location": "https://example.org/a?b=c#d",
    "x-amz-storage-class": "STANDARD_IA", "x-amz-meta-city": "Zürich 🏔", "x-amz-meta-empty": "",
    "x-amz-meta-with-dashes": "a, b; c=\"d\"", "x-amz-tagging": "team=web&a%20b=%2B%3D%3A%2F&%C3%BC=%C3%A4",
  ]

  private static let samples: [Sample] = [
    Sample(key: "everything ä+%", headers: everything),
    Sample(key: "plain", body: []),
    Sample(
      key: "parts", headers: ["Content-Type": "video/mp4", "x-amz-meta-a": "b", "x-amz-tagging": "k=v"],
      parts: [[UInt8](repeating: 1, count: 5 << 20), [UInt8](repeating: 2, count: 1000)],
      changing: ["ETag"]),
    Sample(
      key: "checksum",
      headers: ["x-amz-checksum-sha256": "7XACtDnprIRfIjV9giusFERzD722AW0+yUMil7nsn3M=", "x-amz-meta-a": "b"],
      isEverywhere: false),
    Sample(
      key: "kms",
      headers: [
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:111122223333:key/1234abcd",
        "x-amz-server-side-encryption-bucket-key-enabled": "true", "x-amz-tagging": "k=v",
      ], isEverywhere: false, changing: ["ETag"]),
  ]

  /// What the CLI tells of an object.
  private struct Looks: Sendable {
    var head: [String: JSONValue]
    let body: Data
    let tags: Set<JSONValue>
    let acl: JSONValue
    /// Retention and legal hold.
    var lock: [JSONValue] = []
  }

  private func look(
    at key: ObjectKey, in bucket: String, as account: TestAccount, isLocked: Bool, _ aws: AWSCLI
  ) async throws -> Looks {
    let object = ["--bucket", bucket, "--key", key.text]
    let file = "\(UUID().uuidString).body"
    async let head = aws.output(["s3api", "head-object", "--checksum-mode", "ENABLED"] + object, as: account.name)
    async let got = aws.output(["s3api", "get-object"] + object + [file], as: account.name)
    async let tags = aws.output(["s3api", "get-object-tagging"] + object, as: account.name)
    async let acl = aws.output(["s3api", "get-object-acl"] + object, as: account.name)
    var lock: [JSONValue] = []
    if isLocked {
      lock.append(try await aws.output(["s3api", "get-object-retention"] + object, as: account.name))
      // An error where there is none.
      let hold = try await aws.run(["s3api", "get-object-legal-hold"] + object, as: account.name)
      lock.append(try JSONValue(parsing: hold.stdout))
    }
    _ = try await got
    return try await Looks(
      head: head.members, body: Data(contentsOf: URL(filePath: aws.place.path(file))),
      tags: Set(tags["TagSet"].elements), acl: acl, lock: lock)
  }

  /// Without what tells of the time and of the version, and of the class that needs no name.
  private func lasting(_ properties: [String: JSONValue], but changing: Set<String>) -> [String: JSONValue] {
    properties.filter { name, value in
      !["LastModified", "VersionId"].contains(name) && !changing.contains(name)
        && (name, value) != ("StorageClass", "STANDARD") && (name, value) != ("TagCount", 0)
    }
  }

  @Test(arguments: S3TestServer.all)
  func copiesAreWhatTheyWere(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    try await compare(Self.samples.filter { $0.isEverywhere || server.kind == .sandbox }, in: bucket, on: server)
  }

  @Test(arguments: S3TestServer.all.filter(\.locksCopies))
  func copiesAreLockedAsTheyWere(server: S3TestServer) async throws {
    let bucket = "b-" + UUID().uuidString.lowercased()
    try await server.site.createBucket(bucket, headers: [("x-amz-bucket-object-lock-enabled", "true")])
    try await server.letUpload(into: bucket)
    let retention = [
      "x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-retain-until-date": "2041-01-01T00:00:00Z",
    ]
    let hold = ["x-amz-object-lock-legal-hold": "ON"]
    let samples = [
      Sample(key: "both", headers: Self.everything.merging(retention) { $1 }.merging(hold) { $1 }),
      Sample(
        key: "retained",
        headers: retention.merging(["x-amz-tagging": "k=v"]) { $1 }),
    ]
    try await compare(samples, isLocked: true, in: bucket, on: server)
  }

  /// Uploads as `tools`, copies as `site`, and compares.
  private func compare(
    _ samples: [Sample], isLocked: Bool = false, in bucket: String, on server: S3TestServer
  ) async throws {
    let aws = try AWSCLI(server)
    let grants = [server.tools.may(.fullControl), server.site.may(.read), server.other.may(.readACP)]
    try await inParallel(samples) { sample in
      let headers = sample.headers.map { (name: $0.key, value: $0.value) }
      if sample.parts.isEmpty {
        try await server.tools.put(sample.key, in: bucket, body: sample.body, grants: grants, headers: headers)
      } else {
        try await server.tools.put(sample.key, in: bucket, parts: sample.parts, grants: grants, headers: headers)
      }
    }
    let before = try await inParallel(samples) {
      try await look(at: $0.key, in: bucket, as: server.tools, isLocked: isLocked, aws)
    }

    let plan = try await aws.place.plan(server, bucket, ["--strategy", "copy"])
    #expect(plan.changes.map(\.action) == samples.map { _ in "copy" })
    try await aws.place.apply()
    let after = try await inParallel(samples) {
      try await look(at: $0.key, in: bucket, as: server.site, isLocked: isLocked, aws)
    }

    for (index, sample) in samples.enumerated() {
      let (before, after) = (before[index], after[index])
      let (old, new) = (lasting(before.head, but: sample.changing), lasting(after.head, but: sample.changing))
      for name in Set(old.keys).union(new.keys).sorted() {
        #expect(new[name] == old[name], "\(sample.key): \(name)")
      }
      #expect(after.lock == before.lock, "\(sample.key)")
      #expect(after.body == before.body, "\(sample.key)")
      #expect(after.body == Data(sample.parts.isEmpty ? sample.body : sample.parts.flatMap { $0 }), "\(sample.key)")
      #expect(after.tags == before.tags, "\(sample.key)")
      #expect(after.acl["Owner"]["ID"].text == server.site.id.value, "\(sample.key)")
      let granted = after.acl["Grants"].elements.map { [$0["Grantee"]["ID"].text, $0["Permission"].text] }
      let expected = [
        [server.site.id.value, "FULL_CONTROL"], [server.other.id.value, "READ_ACP"], [server.oai.id.value, "READ"],
      ]
      #expect(Set(granted) == Set(expected), "\(sample.key)")
    }
    // There was something to lose.
    let first = before[0]
    #expect(first.tags.count == 3 && first.head["StorageClass"] == "STANDARD_IA")
    #expect(first.head["Metadata"]?.members.count == 3 && first.head["WebsiteRedirectLocation"] != nil)
  }
}

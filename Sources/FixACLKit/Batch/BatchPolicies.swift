/// The policies that jobs of S3 Batch Operations need, as texts to paste.
package struct BatchPolicies: Sendable {
  /// One policy, and where it belongs.
  package struct Policy: Sendable {
    package let purpose: String
    /// JSON, in lines.
    package let text: String
  }

  package var partition: String
  /// The bucket that is repaired.
  package var bucket: String
  package var hasGrants: Bool
  package var hasCopies: Bool
  package var hasObjectLock: Bool
  package var roles: [String]
  /// Where reports and manifests go: the bucket and what their keys begin with.
  package var report: (bucket: String, folder: String)
  package var manifest: (bucket: String, folder: String)

  package init(
    partition: String, bucket: String, hasGrants: Bool, hasCopies: Bool, hasObjectLock: Bool, roles: [String],
    report: (bucket: String, folder: String), manifest: (bucket: String, folder: String)
  ) {
    self.partition = partition
    self.bucket = bucket
    self.hasGrants = hasGrants
    self.hasCopies = hasCopies
    self.hasObjectLock = hasObjectLock
    self.roles = roles
    self.report = report
    self.manifest = manifest
  }

  /// The service that assumes the roles (S3 User Guide, batch-ops-iam-role-policies).
  private static let service = "batchoperations.s3.amazonaws.com"

  package var policies: [Policy] {
    var policies = [
      Policy(purpose: "The trust policy of each role", text: document([trust])),
      Policy(
        purpose: "The permissions of each role"
          + (hasCopies
            ? ". A plan does not know KMS keys: name those of the objects in place of *, or leave the statement out if KMS"
              + " encrypts none. The policy of a key must allow the role the same" : ""),
        text: document(ofRole)),
      Policy(purpose: "The permissions of the profiles that submit and collect", text: document(ofCreator)),
    ]
    let accounts = Set(
      roles.compactMap { $0.split(separator: ":", omittingEmptySubsequences: false).dropFirst(4).first })
    if !accounts.isEmpty {
      policies.append(
        Policy(
          purpose: "The bucket policy of \(report.bucket), for accounts that do not own it",
          text: document(ofBucket(report.bucket, accounts: accounts.sorted()))))
      if manifest.bucket != report.bucket {
        policies.append(
          Policy(
            purpose: "The bucket policy of \(manifest.bucket), for accounts that do not own it",
            text: document(ofBucket(manifest.bucket, accounts: accounts.sorted()))))
      }
    }
    return policies
  }

  private var trust: Statement {
    Statement(principal: "{\"Service\": \"\(Self.service)\"}", actions: ["sts:AssumeRole"], resources: [])
  }

  private var ofRole: [Statement] {
    let objects = ["arn:\(partition):s3:::\(bucket)/*"]
    var statements: [Statement] = []
    if hasGrants {
      statements.append(Statement(actions: ["s3:PutObjectAcl", "s3:PutObjectVersionAcl"], resources: objects))
    }
    if hasCopies {
      var actions = [
        "s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectAnnotation", "s3:GetObjectTagging", "s3:PutObject",
        "s3:PutObjectAcl", "s3:PutObjectAnnotation", "s3:PutObjectTagging",
      ]
      if hasObjectLock { actions += ["s3:PutObjectLegalHold", "s3:PutObjectRetention"] }
      statements.append(Statement(actions: actions, resources: objects))
      statements.append(Statement(actions: ["s3:ListBucket"], resources: ["arn:\(partition):s3:::\(bucket)"]))
      // For nothing but what S3 does on the role's behalf.
      statements.append(
        Statement(
          actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: ["*"],
          condition: "{\"StringLike\": {\"kms:ViaService\": \"s3.*\"}}"))
    }
    return statements + [
      Statement(actions: ["s3:GetObject", "s3:GetObjectVersion"], resources: [manifests]),
      Statement(actions: ["s3:PutObject"], resources: [reports]),
      Statement(
        actions: ["s3:GetBucketLocation"],
        resources: Set([manifest.bucket, report.bucket]).sorted().map { "arn:\(partition):s3:::\($0)" }),
    ]
  }

  private var ofCreator: [Statement] {
    [
      Statement(actions: ["s3:CreateJob", "s3:DescribeJob", "s3:UpdateJobStatus"], resources: ["*"]),
      Statement(
        actions: ["iam:PassRole"], resources: roles.isEmpty ? ["arn:\(partition):iam::ACCOUNT_ID:role/NAME"] : roles,
        condition: "{\"StringEquals\": {\"iam:PassedToService\": \"\(Self.service)\"}}"),
      Statement(actions: ["s3:AbortMultipartUpload", "s3:PutObject"], resources: [manifests]),
      Statement(actions: ["s3:GetObject"], resources: [reports]),
      Statement(actions: ["s3:ListBucket"], resources: ["arn:\(partition):s3:::\(report.bucket)"]),
    ]
  }

  private func ofBucket(_ name: String, accounts: [Substring]) -> [Statement] {
    let principals = accounts.map { "\"arn:\(partition):iam::\($0):root\"" }.joined(separator: ", ")
    let principal = "{\"AWS\": [\(principals)]}"
    var statements: [Statement] = []
    if name == manifest.bucket {
      statements.append(
        Statement(
          principal: principal, actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
          resources: [manifests]))
    }
    if name == report.bucket {
      statements.append(
        Statement(principal: principal, actions: ["s3:GetObject", "s3:PutObject"], resources: [reports]))
    }
    statements.append(
      Statement(
        principal: principal, actions: ["s3:GetBucketLocation", "s3:ListBucket"],
        resources: ["arn:\(partition):s3:::\(name)"]))
    return statements
  }

  private var manifests: String { "arn:\(partition):s3:::\(manifest.bucket)/\(manifest.folder)*" }
  private var reports: String { "arn:\(partition):s3:::\(report.bucket)/\(report.folder)*" }

  private struct Statement {
    var principal: String?
    var actions: [String]
    var resources: [String]
    var condition: String?
  }

  private func document(_ statements: [Statement]) -> String {
    func list(_ texts: [String]) -> String {
      texts.count == 1 ? "\"\(texts[0])\"" : "[" + texts.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    }
    let parts = statements.map { statement in
      var members = ["\"Effect\": \"Allow\""]
      if let principal = statement.principal { members.append("\"Principal\": \(principal)") }
      members.append("\"Action\": \(list(statement.actions))")
      if !statement.resources.isEmpty { members.append("\"Resource\": \(list(statement.resources))") }
      if let condition = statement.condition { members.append("\"Condition\": \(condition)") }
      return "    {" + members.joined(separator: ",\n     ") + "}"
    }
    return "{\"Version\": \"2012-10-17\",\n  \"Statement\": [\n" + parts.joined(separator: ",\n") + "\n  ]}"
  }
}

package import AWSKit

/// How uploads have to change, so that what other accounts upload from now on needs no repair.
package struct UploadFix: Sendable, Equatable {
  /// What gives the readers access to new objects.
  package enum Means: Sendable, Equatable {
    /// The bucket owner gets what is uploaded with a canned ACL (Object Ownership BucketOwnerPreferred), and the bucket
    /// policy decides. Objects of an uploader who sends no such ACL stay the uploader's.
    case ownership
    /// The uploader stays the owner, and grants READ with each upload.
    case grants
  }

  /// The most accounts that a statement names: a policy has at most 20 KB.
  package static let maximumUploaders = 100
  /// The name of the statement, by which a second run finds it.
  static let sid = "UploadsThatReadersCanRead"
  private static let cannedACL = "bucket-owner-full-control"

  package let means: Means
  /// The accounts whose objects need a repair, the ones with the most first, as far as a policy can name them.
  package let uploaders: [CanonicalID]
  /// What the first of them must add to `aws s3api put-object`.
  package let options: [String]
  /// The same as HTTP headers.
  package let headers: [String]
  /// Sets Object Ownership; nil if it is set.
  package let ownershipCommand: String?
  /// The statement that refuses other uploads of these accounts, in JSON.
  package let statement: String
  /// Adds the statement to the bucket policy; nil if the policy could not be read.
  package let policyCommand: String?

  /// - Parameters:
  ///   - allowsReaders: whether the bucket policy allows every reader; nil if it could not be read.
  ///   - owners: who owns what was looked at.
  ///   - cliOptions: for the AWS CLI, such as `--profile site`.
  /// - Returns: nil if there is nothing to fix: no foreign objects need a repair, or uploads already carry what they must.
  package init?(
    bucket: BucketSettings, desired: Intent, policy: BucketPolicyState, allowsReaders: Bool?,
    owners: [CanonicalID: PlanSummary.Owner], cliOptions: [String]
  ) {
    let uploaders = owners.filter { owner, count in
      owner != bucket.owner && count.changes > 0 && Self.canName(owner, isAmazons: bucket.endpoint == nil)
    }.sorted { ($1.value.changes, $0.key) < ($0.value.changes, $1.key) }.map(\.key).prefix(Self.maximumUploaders)
    guard let first = uploaders.first, bucket.objectOwnership != .bucketOwnerEnforced else { return nil }
    self.uploaders = Array(uploaders)
    let readers = desired.readers.compactMap(\.grant)
    // A service reads nothing but the bucket owner's objects, and of several permissions no condition can ask.
    let isGrantable =
      readers.count == desired.readers.count && !readers.isEmpty && readers.allSatisfy { $0.permission == .read }
    means = allowsReaders == false && isGrantable ? .grants : .ownership
    let condition: (key: String, value: String)
    switch means {
    case .ownership:
      condition = ("s3:x-amz-acl", Self.cannedACL)
      options = ["--acl", Self.cannedACL]
      headers = ["x-amz-acl: " + Self.cannedACL]
    case .grants:
      let ids = readers.compactMap(\.grantee.canonicalID).map { "id=\($0.value)" }.joined(separator: ",")
      // Without it nobody but the readers could read what was uploaded.
      let full = "id=\(first.value),id=\(bucket.owner.value)"
      condition = ("s3:x-amz-grant-read", ids)
      options = ["--grant-read", ids, "--grant-full-control", full]
      headers = ["x-amz-grant-read: " + ids, "x-amz-grant-full-control: " + full]
    }
    if means == .ownership, bucket.objectOwnership == .bucketOwnerPreferred,
      policy.document?.demands(condition.value, as: condition.key, ofAll: self.uploaders, in: bucket.name) == true
    {
      return nil
    }
    let target = (["--bucket", bucket.name] + cliOptions).map(ShellQuoting.quoted).joined(separator: " ")
    ownershipCommand =
      means == .ownership && bucket.objectOwnership != .bucketOwnerPreferred
      ? "aws s3api put-bucket-ownership-controls \(target)"
        + " --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerPreferred}]'"
      : nil
    statement = Self.statement(
      of: self.uploaders, resource: Self.resource(bucket, prefix: desired.filter.prefix), condition)
    policyCommand = Self.policyCommand(adding: statement, to: policy, target: target)
  }

  /// Whether a policy or a grant can name an owner: S3 refuses the whole policy for one principal that it does not know.
  private static func canName(_ owner: CanonicalID, isAmazons: Bool) -> Bool {
    guard owner != .unknownOwner, !AmazonCanonicalID.isAnonymous(owner) else { return false }
    return !isAmazons || AmazonCanonicalID.normalized(owner) != nil
  }

  /// The objects that the statement is about: those of the scan.
  private static func resource(_ bucket: BucketSettings, prefix: String?) -> String {
    let partition = Region(bucket.region).map { Partition.of($0).name } ?? "aws"
    // These stand for others in a policy, and `${` begins a variable.
    let isPlain = prefix.map { prefix in !"*?$".utf8.contains { prefix.utf8.contains($0) } } ?? false
    return "arn:\(partition):s3:::\(bucket.name)/\(isPlain ? prefix ?? "" : "")*"
  }

  /// A Deny: an Allow with the condition would leave other Allows as they are.
  private static func statement(
    of uploaders: [CanonicalID], resource: String, _ condition: (key: String, value: String)
  ) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("Sid", sid)
      json.member("Effect", "Deny")
      json.name("Principal")
      json.object { json in
        json.name("CanonicalUser")
        uploaders.map(\.value).write(to: &json)
      }
      json.member("Action", "s3:PutObject")
      json.member("Resource", resource)
      json.name("Condition")
      json.object { json in
        json.name("StringNotEquals")
        json.object { $0.member(condition.key, condition.value) }
      }
    }
    return String(decoding: json.bytes, as: UTF8.self)
  }

  private static func policyCommand(adding statement: String, to policy: BucketPolicyState, target: String) -> String? {
    let put = "aws s3api put-bucket-policy \(target) --policy "
    switch policy {
    case .none:
      return put + ShellQuoting.quoted(#"{"Version":"2012-10-17","Statement":[\#(statement)]}"#)
    case .document:
      // The statement may be a single one; an older one of the same name gives way.
      let program =
        ".Statement = ([.Statement] | flatten | map(select(.Sid != \"\(sid)\"))) + [\(statement)]"
      return put + "\"$(aws s3api get-bucket-policy \(target) --query Policy --output text | jq -c "
        + ShellQuoting.quoted(program) + ")\""
    case .malformed, .unreadable: return nil
    }
  }
}

extension PolicyDocument {
  /// Whether a Deny refuses every upload of these accounts without a certain value.
  fileprivate func demands(_ value: String, as key: String, ofAll uploaders: [CanonicalID], in bucket: String) -> Bool {
    let scope = PolicyScope(bucket: bucket)
    let action = Array("s3:putobject".utf8)
    return statements.contains { statement in
      !statement.allows && !statement.excludesActions && !statement.excludesPrincipals
        && scope.coverage(of: statement) == .all
        && statement.actions.contains { PolicyPattern($0, ignoresCase: true).matches(action) }
        && (statement.principals.contains(.everyone)
          || uploaders.allSatisfy { statement.principals.contains(.canonicalUser($0)) })
        && statement.conditions.count == 1 && statement.conditions[0].key == key
        && ["stringnotequals", "stringnotequalsifexists"].contains(statement.conditions[0].comparison.lowercased())
        && statement.conditions[0].values == [value]
    }
  }
}

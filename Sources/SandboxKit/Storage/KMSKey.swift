internal import AWSKit

/// A key of AWS KMS, as far as it decides who may read what it encrypts.
struct KMSKey: Sendable, Identifiable {
  /// Lets a principal use the key, in addition to the key's policy.
  struct Grant: Sendable, Identifiable {
    let id: String
    let name: String?
    /// The ARN of the principal that may use the key.
    let granteePrincipal: String
    /// `Decrypt`, `GenerateDataKey`, …
    let operations: [String]
    let createdAt: Timestamp
  }

  /// 36 characters; `aws/s3` of the key that AWS manages for S3.
  let id: String
  /// Of the account that it belongs to.
  let accountID: String
  let region: String
  let description: String
  let createdAt: Timestamp
  var policy: BucketPolicy
  var isEnabled = true
  var grants: [Grant] = []

  var arn: String { Self.arn(id, accountID: accountID, region: region) }

  /// Whether it is the AWS managed key of S3: nobody can change its policy.
  var isManagedByAWS: Bool { id == Self.managedID }

  static let managedID = "aws/s3"

  static func arn(_ id: String, accountID: String, region: String) -> String {
    "arn:aws:kms:\(region):\(accountID):key/\(id)"
  }

  /// What lets the account's own policies decide (KMS Developer Guide: "Default key policy").
  static func defaultPolicy(accountID: String) -> [UInt8] {
    Array(
      """
      {
        "Version" : "2012-10-17",
        "Id" : "key-default-1",
        "Statement" : [ {
          "Sid" : "Enable IAM User Permissions",
          "Effect" : "Allow",
          "Principal" : {
            "AWS" : "arn:aws:iam::\(accountID):root"
          },
          "Action" : "kms:*",
          "Resource" : "*"
        } ]
      }
      """.utf8)
  }

  /// The key `aws/s3` of an account: everybody of the account may use it through S3, and nobody else (KMS Developer
  /// Guide: "AWS managed keys").
  static func managed(accountID: String, region: String) -> KMSKey? {
    let text = """
      {
        "Version" : "2012-10-17",
        "Id" : "auto-s3-2",
        "Statement" : [ {
          "Sid" : "Allow access through S3 for all principals in the account that are authorized to use S3",
          "Effect" : "Allow",
          "Principal" : {
            "AWS" : "*"
          },
          "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey" ],
          "Resource" : "*",
          "Condition" : {
            "StringEquals" : {
              "kms:ViaService" : "s3.\(region).amazonaws.com",
              "kms:CallerAccount" : "\(accountID)"
            }
          }
        }, {
          "Sid" : "Allow direct access to key metadata to the account",
          "Effect" : "Allow",
          "Principal" : {
            "AWS" : "arn:aws:iam::\(accountID):root"
          },
          "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*" ],
          "Resource" : "*"
        } ]
      }
      """
    guard let policy = try? BucketPolicy(parsing: Array(text.utf8)) else { return nil }
    return KMSKey(
      id: managedID, accountID: accountID, region: region,
      description: "Default key that protects my S3 objects when no other key is defined",
      createdAt: Timestamp(seconds: 1_700_000_000), policy: policy)
  }

  /// Decides as KMS documents it (KMS Developer Guide: "Key policies in AWS KMS", "Allowing users in other accounts to
  /// use a KMS key", "Grants in AWS KMS").
  func allows(_ action: String, _ context: RequestContext) -> Bool {
    let caller = context.caller
    if PolicyEvaluator(statements: policy.statements, context: context).denies(action, arn) || caller.denies(action) {
      return false
    }
    if case .identity(let identity) = caller, isGranted(action, to: identity) { return true }
    let isForeign = caller.account.map { $0.accountID != accountID } ?? false
    // A statement for a whole account only lets that account's own policies decide.
    let statements =
      caller.allows(action)
      ? policy.statements
      : policy.statements.filter { statement in
        !isForeign && !statement.principals.contains { if case .account = $0 { true } else { false } }
      }
    return PolicyEvaluator(statements: statements, context: context).allows(action, arn)
  }

  private func isGranted(_ action: String, to identity: AccountDirectory.Identity) -> Bool {
    grants.contains { grant in
      grant.operations.contains { "kms:" + $0 == action }
        && (grant.granteePrincipal == identity.arn || grant.granteePrincipal == identity.roleARN)
    }
  }
}

internal import AWSKit

/// Everything that the sandbox's services know. Not thread-safe: guarded by its holder.
package final class SandboxState {
  /// Options that change how the services behave.
  package struct Settings: Sendable {
    /// The most bytes of one CopyObject or UploadPartCopy; 5 GiB on AWS.
    package var multipartLimit = 5 << 30
    /// The most entries of a page of a listing; S3 may always send fewer than it is asked for.
    package var pageSize = 1000
    /// Of new buckets that name none, and of the viewer's.
    package var region = "us-east-1"
    /// How long all temporary credentials last, regardless of the request; nil for as long as on AWS.
    package var sessionSeconds: Int?

    /// The least bytes of a part that is not the last; 5 MiB on AWS.
    var minimumPartSize: Int { min(5 << 20, multipartLimit) }
  }

  package let settings: Settings
  package var accounts: AccountDirectory
  package var buckets: [String: SandboxBucket] = [:]
  /// Block Public Access of whole accounts, by account ID.
  var accountPublicAccessBlocks: [String: PublicAccessBlock] = [:]
  var cloudFront: CloudFrontState
  /// By ARN: those that CreateKey made.
  var kmsKeys: [String: KMSKey] = [:]
  /// Effective S3 policies of the organization, by account ID.
  var organizationPolicies: [String: OrganizationPolicy] = [:]
  /// In the order in which they were created.
  var batchJobs: [BatchJob] = []
  var batch = BatchSettings()
  var ssoTokens: SSOTokens
  var signins = SigninSessions()
  var machine = MachineSettings()
  var counters = Counters()
  var logs = AccessLogs()
  var faults: FaultInjector
  private var random: SeededGenerator
  private var requestCount: UInt64 = 0

  init(settings: Settings, accounts: AccountDirectory, seed: UInt64) {
    self.settings = settings
    self.accounts = accounts
    random = SeededGenerator(seed: seed)
    cloudFront = CloudFrontState(accounts: accounts)
    ssoTokens = SSOTokens(accounts.ssoUsers, now: .now())
    faults = FaultInjector(seed: seed)
  }

  /// A new ID of capital letters and digits.
  func newID(prefix: String = "", length: Int) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    return prefix + String((0..<length).map { _ in letters[Int(random.next() % 36)] })
  }

  /// A new ID of the form of a UUID.
  func newUUID() -> String {
    let digits = Array("0123456789abcdef")
    return [8, 4, 4, 4, 12].map { count in
      String((0..<count).map { _ in digits[Int(random.next() & 15)] })
    }.joined(separator: "-")
  }

  /// A key of KMS, made or managed by AWS; nil for one that nobody made.
  func kmsKey(arn: String) -> KMSKey? {
    if let key = kmsKeys[arn] { return key }
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 6, parts[5] == "key/" + KMSKey.managedID, accounts.account(id: parts[4]) != nil else {
      return nil
    }
    return KMSKey.managed(accountID: parts[4], region: parts[3])
  }

  /// 16 digits, as AWS's request IDs have.
  func newRequestID() -> String {
    requestCount += 1
    let digits = String(requestCount, radix: 16, uppercase: true)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  /// Makes temporary credentials.
  ///
  /// - Parameter seconds: how long they last, unless the settings say otherwise.
  func openSession(
    for identity: AccountDirectory.Identity, policy: String? = nil, seconds: Int, now: Timestamp
  ) -> AccountDirectory.Session {
    accounts.openSession(for: identity, policy: policy, seconds: settings.sessionSeconds ?? seconds, now: now)
  }

  /// What counts when access to a bucket is decided.
  func access(to bucket: SandboxBucket) -> BucketAccess {
    BucketAccess(
      name: bucket.name, owner: bucket.owner.canonicalID, acl: bucket.acl, policy: bucket.policy,
      publicAccessBlock: publicAccessBlock(of: bucket), ownership: bucket.effectiveOwnership)
  }

  /// The bucket's Block Public Access and its account's, together: S3 applies the more restrictive one.
  func publicAccessBlock(of bucket: SandboxBucket) -> PublicAccessBlock {
    (bucket.publicAccessBlock ?? PublicAccessBlock()).union(
      publicAccessBlock(ofAccount: bucket.owner.accountID) ?? PublicAccessBlock())
  }

  /// What counts for a whole account: what its organization decides, else its own; nil for neither (User Guide:
  /// "Blocking public access to your Amazon S3 storage").
  func publicAccessBlock(ofAccount id: String) -> PublicAccessBlock? {
    guard organizationPolicies[id]?.blocksPublicAccess ?? false else { return accountPublicAccessBlocks[id] }
    var block = PublicAccessBlock()
    block.blockPublicAcls = true
    block.ignorePublicAcls = true
    block.blockPublicPolicy = true
    block.restrictPublicBuckets = true
    return block
  }
}

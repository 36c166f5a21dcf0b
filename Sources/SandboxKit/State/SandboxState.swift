internal import AWSKit

/// Everything that the sandbox's services know. Not thread-safe: guarded by whoever holds it.
package final class SandboxState {
  /// Options that change how the services behave.
  package struct Settings: Sendable {
    /// The most bytes of one CopyObject or UploadPartCopy; 5 GiB on AWS.
    package var multipartLimit = 5 << 30
    /// The most entries of a page of a listing; S3 may always send fewer than it is asked for.
    package var pageSize = 1000
    /// Of new buckets that name none, and of the viewer's.
    package var region = "us-east-1"
    /// How long all temporary credentials last, whatever is asked for; nil for as long as on AWS.
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
  var ssoTokens: SSOTokens
  var signins = SigninSessions()
  var machine = MachineSettings()
  var counters = Counters()
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
    for identity: AccountDirectory.Identity, seconds: Int, now: Timestamp
  ) -> AccountDirectory.Session {
    accounts.openSession(for: identity, seconds: settings.sessionSeconds ?? seconds, now: now)
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
      accountPublicAccessBlocks[bucket.owner.accountID] ?? PublicAccessBlock())
  }
}

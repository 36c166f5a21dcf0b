internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

/// What `apply` and `verify` have in common: a plan, and the bucket it was made for.
struct PlanOptions: ParsableArguments {
  @Argument(help: "The plan file.")
  var plan: String

  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions

  /// A plan, and everything that is needed to work on it.
  struct Opened {
    let plan: Plan
    let session: ChangeSession
  }

  /// Reads the plan and sees that it is for this server and this bucket, and that the credentials it needs are there.
  func open() async throws -> Opened {
    let plan = try Plan(path: plan)
    let session = try await ChangeSession(
      of: "plan", bucket: plan.header.bucket, owners: plan.ownersNeeded,
      copies: (plan.header.summary.actions[.copy] ?? 0) > 0, credentials: credentials, run: run,
      requestPayer: plan.header.desired.requestPayer)
    return Opened(plan: plan, session: session)
  }
}

/// The server and the bucket that a plan or a journal is for, and the accounts to work on it with.
struct ChangeSession {
  let configuration: Configuration
  let accounts: Accounts
  /// The bucket's settings as they are now; what copies depend on is as the plan has it where it cannot be read.
  let bucket: BucketSettings
  /// The same as the plan has them.
  let planned: BucketSettings
  /// As it is now.
  let policy: BucketPolicyState

  /// - Parameters:
  ///   - document: what it is: a plan, or a journal.
  ///   - planned: the bucket as the plan has it.
  ///   - owners: those without whose credentials something cannot be done.
  ///   - copies: whether the bucket owner's credentials are needed too.
  ///   - requestPayer: what the plan remembers for requests, where no option says it.
  /// - Throws: where it is for another server or bucket, or credentials are missing. Nothing was touched then.
  init(
    of document: String, bucket planned: BucketSettings, owners: Set<CanonicalID>, copies: Bool,
    credentials: CredentialOptions, run: RunOptions, requestPayer: RequestPayer?
  ) async throws {
    var credentials = credentials
    credentials.requestPayer = credentials.requestPayer ?? requestPayer
    guard let region = Region(planned.region) else {
      throw CommandFailure(
        "the \(document)'s region, '\(planned.region.escapedForTerminal)', cannot be one. Nothing was touched.")
    }
    let configuration = try Configuration(credentials: credentials, run: run, defaultRegion: region)
    guard configuration.endpoint.url == planned.endpoint else {
      throw CommandFailure(
        "this \(document) is for \(Self.name(planned.endpoint)), and this run would go to"
          + " \(Self.name(configuration.endpoint.url)). Nothing was touched."
          + (planned.endpoint.map { " Use --endpoint-url \($0.escapedForTerminal) if you trust it." }
            ?? " Leave out --endpoint-url, and unset AWS_ENDPOINT_URL."))
    }
    let inspection = try await configuration.inspect(planned.name)
    var bucket = inspection.bucket
    bucket.versioning = bucket.versioning ?? planned.versioning
    bucket.objectLock = bucket.objectLock ?? planned.objectLock
    bucket.encryption = bucket.encryption ?? planned.encryption
    guard bucket.owner == planned.owner else {
      throw CommandFailure(
        "this \(document) is for the bucket \(planned.name.escapedForTerminal) of \(planned.owner), and the one that has this"
          + " name now belongs to \(bucket.owner). Nothing was touched.")
    }
    let accounts = try await configuration.accounts(bucketOwner: bucket.owner)
    let missing = owners.filter { accounts.client(of: $0) == nil }.sorted()
    guard missing.isEmpty else {
      throw CommandFailure(
        "the \(document) needs credentials of the account\(missing.count == 1 ? "" : "s") that the objects belong to: "
          + missing.map(\.description).joined(separator: ", ")
          + ". Nothing was touched. Name a profile of each with --owner-profile, or set FIXACL_OWNER_PROFILE.")
    }
    if copies, accounts.bucketOwnerClient == nil {
      throw CommandFailure(
        "the \(document) has copies, and the credentials in use are not known to be the bucket owner's"
          + " (\(bucket.owner)). Nothing was touched. Name a profile of that account with --profile.")
    }
    bucket.accountPublicAccessBlock =
      await configuration.accountPublicAccessBlock(of: accounts) ?? planned.accountPublicAccessBlock
    (self.configuration, self.accounts, self.bucket) = (configuration, accounts, bucket)
    (self.planned, policy) = (planned, inspection.policy)
  }

  private static func name(_ endpoint: String?) -> String {
    endpoint.map { "the server \($0.escapedForTerminal)" } ?? "Amazon's S3"
  }
}

internal import AWSKit

/// The accounts that a plan's jobs are in, and how to ask S3 Control in each.
struct BatchAccounts {
  struct Entry: Sendable {
    /// For people: `profile tools`.
    let name: String
    let id: AccountID
    let s3: AWSClient
    let control: AWSClient
  }

  private let entries: [CanonicalID: Entry]

  /// - Throws: `BatchProblem` if the number of an account is not known, or where S3 Control is.
  init(_ owners: Set<CanonicalID>, in session: ChangeSession) async throws {
    var entries: [CanonicalID: Entry] = [:]
    let region = Region(session.bucket.region) ?? session.session.mainClient.region
    for owner in owners.sorted() {
      guard let account = session.accounts.account(of: owner) else {
        throw WorkflowError.missingCredentials(.plan, [owner])
      }
      guard let control = account.control(region) else {
        throw BatchProblem.noControl(server: session.session.endpoint.url)
      }
      guard let identity = await account.identity() else {
        throw BatchProblem.accountUnknown(name: account.name, owner)
      }
      entries[owner] = Entry(name: account.name, id: identity.account, s3: account.client, control: control)
    }
    self.entries = entries
  }

  /// - Precondition: the account is one of those that were asked for.
  subscript(owner: CanonicalID) -> Entry {
    guard let entry = entries[owner] else { preconditionFailure("\(owner) was not asked for") }
    return entry
  }

  /// The role of each account, by the numbers in their ARNs.
  ///
  /// - Throws: `BatchProblem.missingRoles`.
  func roles(_ arns: [String]) throws(BatchProblem) -> [CanonicalID: String] {
    var roles: [CanonicalID: String] = [:]
    var missing: [BatchProblem.JobAccount] = []
    for (owner, entry) in entries.sorted(by: { $0.key < $1.key }) {
      if let arn = arns.first(where: { Self.account(ofRole: $0) == entry.id }) {
        roles[owner] = arn
      } else {
        missing.append(BatchProblem.JobAccount(name: entry.name, canonicalID: owner, id: entry.id))
      }
    }
    guard missing.isEmpty else { throw .missingRoles(missing) }
    return roles
  }

  /// The account that a role is in, by its ARN.
  static func account(ofRole arn: String) -> AccountID? {
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count > 5 ? AccountID(String(parts[4])) : nil
  }
}

extension Journal {
  /// The accounts of jobs.
  static func accounts(of jobs: [BatchHistory.Job]) -> Set<CanonicalID> { Set(jobs.map(\.record.group.account)) }
}

package import AWSKit

/// One set of credentials, and the account that it belongs to.
package struct Account: Sendable {
  /// Where the credentials come from, for messages: `profile tools`, `the environment`.
  package let label: String
  package let client: AWSClient
  /// STS's client with the same credentials; nil if it is not known where STS is.
  package let sts: AWSClient?
  /// S3 Control's client in a region with the same credentials; nil if it is not known where S3 Control is.
  package let control: @Sendable (Region) -> AWSClient?
  /// Nil if the account could not be identified.
  package let canonicalID: CanonicalID?

  package init(
    label: String, client: AWSClient, sts: AWSClient? = nil,
    control: @escaping @Sendable (Region) -> AWSClient? = { _ in nil }, canonicalID: CanonicalID?
  ) {
    self.label = label
    self.client = client
    self.sts = sts
    self.control = control
    self.canonicalID = canonicalID
  }

  /// Whose credentials they are, by account number and ARN; nil if STS does not say.
  package func identity() async -> CallerIdentity? {
    try? await sts?.callerIdentity()
  }

  /// The account for people: `profile tools`.
  package var name: String { client.account ?? label }
}

/// All credentials of a run, by account.
package struct Accounts: Sendable {
  /// The credentials that list the bucket (`--profile`).
  package let main: Account
  /// The credentials that the user gave for object owners (`--owner-profile`).
  package let owners: [Account]
  package let bucketOwner: CanonicalID
  private let byID: [CanonicalID: Account]

  package init(main: Account, owners: [Account], bucketOwner: CanonicalID) {
    self.main = main
    self.owners = owners
    self.bucketOwner = bucketOwner
    byID = (owners + [main]).reduce(into: [:]) { accounts, account in
      // The first one named wins; `main` comes last, since the user did not give it for this purpose.
      if let id = account.canonicalID, accounts[id] == nil { accounts[id] = account }
    }
  }

  /// The accounts with known credentials.
  package var canonicalIDs: Set<CanonicalID> { Set(byID.keys) }

  /// That account's credentials; nil if there are none.
  package func account(of id: CanonicalID) -> Account? { byID[id] }

  /// The client with that account's credentials; nil if there are none.
  package func client(of owner: CanonicalID) -> AWSClient? {
    byID[owner]?.client
  }

  /// The client with that account's credentials.
  ///
  /// - Throws: if there are none.
  package func requiredClient(of owner: CanonicalID) throws(AWSError) -> AWSClient {
    guard let client = client(of: owner) else { throw Self.missingCredentials(of: owner) }
    return client
  }

  static func missingCredentials(of account: CanonicalID) -> AWSError {
    AWSError(
      kind: .credentials, operation: AWSError.missingCredentials, message: "none are given for account \(account)")
  }

  /// The client that makes copies. The account that copies becomes the owner, so it must be known to be the bucket's.
  package var bucketOwnerClient: AWSClient? {
    client(of: bucketOwner)
  }
}

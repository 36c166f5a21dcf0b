package import AWSKit

/// Credentials at hand, and whose they are.
package struct Account: Sendable {
  /// Where the credentials come from, for messages: `profile tools`, `the environment`.
  package let label: String
  package let client: AWSClient
  /// Nil where the account could not be asked for it.
  package let canonicalID: CanonicalID?

  package init(label: String, client: AWSClient, canonicalID: CanonicalID?) {
    self.label = label
    self.client = client
    self.canonicalID = canonicalID
  }

  /// The account for people: `profile tools`.
  package var name: String { client.account ?? label }
}

/// All credentials at hand in a run, by the account they belong to.
package struct Accounts: Sendable {
  /// The credentials that list the bucket.
  package let main: Account
  /// Those that the user names for accounts that own objects.
  package let owners: [Account]
  package let bucketOwner: CanonicalID
  private let byID: [CanonicalID: Account]

  package init(main: Account, owners: [Account], bucketOwner: CanonicalID) {
    self.main = main
    self.owners = owners
    self.bucketOwner = bucketOwner
    byID = (owners + [main]).reduce(into: [:]) { accounts, account in
      // The first one named wins; `main` comes last, as what the user did not name for the purpose.
      if let id = account.canonicalID, accounts[id] == nil { accounts[id] = account }
    }
  }

  /// Whose credentials are at hand.
  package var canonicalIDs: Set<CanonicalID> { Set(byID.keys) }

  /// The client with the credentials of that account, if they are at hand.
  package func client(of owner: CanonicalID) -> AWSClient? {
    byID[owner]?.client
  }

  /// The client with the credentials of that account.
  ///
  /// - Throws: where they are not at hand.
  package func requiredClient(of owner: CanonicalID) throws(AWSError) -> AWSClient {
    guard let client = client(of: owner) else { throw Self.missingCredentials(of: owner) }
    return client
  }

  static func missingCredentials(of account: CanonicalID) -> AWSError {
    AWSError(
      kind: .credentials, operation: AWSError.missingCredentials, message: "none are at hand of the account \(account)")
  }

  /// The client that makes copies: whoever copies becomes the owner, so it must be known to be the bucket's.
  package var bucketOwnerClient: AWSClient? {
    client(of: bucketOwner)
  }
}

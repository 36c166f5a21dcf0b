internal import Foundation
internal import AWSKit

extension Sandbox {
  /// What `--info` writes: where the services are, and the accounts' keys.
  private struct Info: Encodable {
    struct Account: Encodable {
      let accountId: String
      let canonicalId: String
      let accessKey: String
      let secretKey: String
    }

    let endpoint: String
    let region: String
    let cloudfront: String
    let viewer: String
    let sts: String
    let control: String
    let sso: String
    let ssoOIDC: String
    let signin: String
    let imds: String
    let container: String
    let kms: String
    let iam: String
    let organizations: String
    /// PEM; left out where the services speak plain HTTP.
    let certificate: String?
    let accounts: [String: Account]
  }

  /// Writes the file as a whole: once it exists, the sandbox answers.
  package func writeInfo(to path: String) throws {
    let info = Info(
      endpoint: addresses.endpoint, region: configuration.settings.region, cloudfront: addresses.cloudFront,
      viewer: addresses.viewer, sts: addresses.sts, control: addresses.control, sso: addresses.sso,
      ssoOIDC: addresses.ssoOIDC, signin: addresses.signin, imds: addresses.imds, container: addresses.container,
      kms: addresses.kms, iam: addresses.iam, organizations: addresses.organizations, certificate: certificate,
      accounts: configuration.accounts.accounts.reduce(into: [:]) { accounts, account in
        accounts[account.name] = Info.Account(
          accountId: account.accountID, canonicalId: account.canonicalID.value,
          accessKey: account.credentials.accessKeyID, secretKey: account.credentials.secretAccessKey)
      })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try (encoder.encode(info) + Data("\n".utf8)).write(to: URL(filePath: path), options: .atomic)
  }

  /// A shared credentials file and a config file, `credentials` and `config`, with a profile for each account and user,
  /// and where the services speak HTTPS `ca.pem`, which clients must trust.
  package func writeProfiles(to folder: String) throws {
    var (credentials, config) = ("", "")
    func add(_ profile: String, _ keys: Credentials) {
      credentials +=
        "[\(profile)]\naws_access_key_id = \(keys.accessKeyID)\naws_secret_access_key = \(keys.secretAccessKey)\n\n"
      // The AWS CLI's first version does not read AWS_REGION.
      config += "[profile \(profile)]\nregion = \(configuration.settings.region)\n\n"
    }
    for account in configuration.accounts.accounts {
      add(account.name, account.credentials)
      for user in account.users { add("\(account.name)-\(user.name)", user.credentials) }
    }
    if let certificate { try Data(certificate.utf8).write(to: URL(filePath: folder + "/ca.pem"), options: .atomic) }
    try Data(credentials.utf8).write(to: URL(filePath: folder + "/credentials"), options: .atomic)
    try Data(config.utf8).write(to: URL(filePath: folder + "/config"), options: .atomic)
  }
}

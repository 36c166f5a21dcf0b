import Foundation
import AWSKit
import TestSupport

/// The ways in which a profile gets its keys.
enum ProfileKind: String, CaseIterable, Sendable {
  case keys, role, chain, externalID, environment, webIdentity, sso, ssoLegacy, login, process, container, instance

  /// Writes a profile of this kind for an account.
  ///
  /// - Parameter name: the profile's.
  /// - Returns: the variables that it needs.
  func add(_ name: String, for account: TestAccount, on stage: CredentialStage) async throws -> [String: String] {
    let server = stage.server
    let id = account.accountID ?? ""
    func role(_ role: String = "fixacl", of accountID: String = id) -> String {
      "arn:aws:iam::\(accountID):role/\(role)"
    }
    /// The header of a profile in the config file.
    func section(_ suffix: String = "") -> String {
      name.contains(" ") ? "profile \"\(name)\(suffix)\"" : "profile \(name)\(suffix)"
    }
    switch self {
    case .keys: try stage.addKeys(name, account.credentials)
    case .role:
      try stage.addKeys("\(name)-source", server.other.credentials)
      try stage.add("[\(section())]\nrole_arn = \(role())\nsource_profile = \(name)-source\nduration_seconds = 900")
    case .chain:
      try stage.addKeys("\(name)-source", server.site.credentials)
      try stage.add(
        """
        [\(section())]
        role_arn = \(role())
        source_profile = \(name)-middle
        [\(section("-middle"))]
        role_arn = \(role(of: server.other.accountID ?? ""))
        source_profile = \(name)-source
        """)
    case .externalID:
      try stage.addKeys("\(name)-source", server.other.credentials)
      try stage.add(
        "[\(section())]\nrole_arn = \(role("external"))\nsource_profile = \(name)-source\nexternal_id = ours")
    case .environment:
      try stage.add("[\(section())]\nrole_arn = \(role())\ncredential_source = Environment")
      return [
        "AWS_ACCESS_KEY_ID": server.other.credentials.accessKeyID,
        "AWS_SECRET_ACCESS_KEY": server.other.credentials.secretAccessKey,
      ]
    case .webIdentity:
      let token = "token-of-\(account.name)"
      stage.plant(token)
      try stage.place.write(token, to: token)
      try stage.add("[\(section())]\nrole_arn = \(role("ci"))\nweb_identity_token_file = \(stage.place.path(token))")
    case .sso:
      let session = "[sso-session corp]\nsso_start_url = https://sandbox.awsapps.com/start\nsso_region = us-east-1\n"
      if !((try? stage.place.read("config").contains("[sso-session corp]")) ?? false) {
        try stage.add(session)
        try await stage.signInToSSO("corp")
      }
      try stage.add("[\(section())]\nsso_session = corp\nsso_account_id = \(id)\nsso_role_name = Admin")
    case .ssoLegacy:
      let url = "https://legacy.awsapps.com/start"
      try await stage.signInToSSO(url)
      try stage.add(
        """
        [\(section())]
        sso_start_url = \(url)
        sso_region = us-east-1
        sso_account_id = \(id)
        sso_role_name = Admin
        """)
    case .login:
      try await stage.signIn(account.name)
      try stage.add("[\(section())]\nlogin_session = \(stage.loginSession(account.name))")
    case .process:
      let keys = try await stage.sessionKeys(account.name)
      stage.plant(keys.secretAccessKey, keys.sessionToken)
      try stage.place.write(
        #"{"Version": 1, "AccessKeyId": "\#(keys.accessKeyID)", "SecretAccessKey": "\#(keys.secretAccessKey)", "#
          + #""SessionToken": "\#(keys.sessionToken ?? "")"}"#, to: "keys.json")
      try stage.add("[\(section())]\ncredential_process = cat '\(stage.place.path("keys.json"))'")
    case .container:
      stage.plant("token-of-the-container")
      _ = try await stage.control.send(.put, "/container", body: Array("token-of-the-container".utf8))
      try stage.add("[\(section())]\nregion = us-east-1")
      return [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": (server.keyServices[.container] ?? "") + "/\(account.name)/fixacl",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token-of-the-container",
      ]
    case .instance:
      _ = try await stage.control.send(
        .put, "/instance", body: Array(#"{"account": "\#(account.name)", "role": "fixacl"}"#.utf8))
      try stage.add("[\(section())]\nregion = us-east-1")
    }
    return [:]
  }
}

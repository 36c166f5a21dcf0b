internal import AWSKit

/// A user of IAM Identity Center, who signs in once and has roles in several accounts.
package struct SSOUser: Sendable {
  let name: String
  /// The names of the permission sets that the user has, by account.
  let roles: [String: [String]]
  /// How long an access token lasts.
  let tokenSeconds: Int
  /// What the user has from the start, as somebody who has signed in before.
  let signIn: SSOSignIn

  /// - Parameter signIn: what is nil in it is made of the name: the same at every start.
  init(name: String, roles: [String: [String]], tokenSeconds: Int = 3600, signIn: SSOSignIn? = nil) {
    self.name = name
    self.roles = roles
    self.tokenSeconds = tokenSeconds
    self.signIn = signIn ?? SSOSignIn(name)
  }
}

/// What one sign-in gives to a client: its registration and its tokens.
struct SSOSignIn: Sendable {
  var clientID: String
  var clientSecret: String
  var accessToken: String
  var refreshToken: String

  init(clientID: String, clientSecret: String, accessToken: String, refreshToken: String) {
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.accessToken = accessToken
    self.refreshToken = refreshToken
  }

  /// Made of a text.
  init(_ text: String) {
    func made(_ what: String) -> String {
      "sandbox-sso-\(what)-" + SandboxAccount.credentials(for: "sso \(what) \(text)").secretAccessKey
    }
    self.init(
      clientID: made("client"), clientSecret: made("secret"), accessToken: made("access"), refreshToken: made("refresh")
    )
  }
}

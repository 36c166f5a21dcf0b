import AWSKit
import Testing

@testable import SandboxKit

@Suite("IAM Identity Center")
struct SSOTests {
  private let sandbox: InProcessSandbox
  private static let (portal, oidc) = ("portal.sso.us-east-1.amazonaws.com", "oidc.us-east-1.amazonaws.com")

  init() throws {
    sandbox = try InProcessSandbox(
      """
      {"accounts": {"site": {}, "tools": {}},
       "ssoUsers": {
        "alice": {"roles": {"site": ["Admin"], "tools": ["Uploader", "Reader"]}, "clientId": "c", "clientSecret": "s",
                  "accessToken": "a0", "refreshToken": "r0", "tokenSeconds": 600},
        "bob": {"roles": {"tools": ["Reader"]}}}}
      """)
  }

  private func credentials(_ role: String, of account: String, token: String?) throws -> Answer {
    sandbox.send(
      .get, Self.portal, "/federation/credentials",
      query: [("role_name", role), ("account_id", try sandbox.account(account).accountID)],
      headers: token.map { [("x-amz-sso_bearer_token", $0)] } ?? [])
  }

  private func refresh(_ token: String, client: String = "c", secret: String = "s", grant: String = "refresh_token")
    -> Answer
  {
    sandbox.send(
      .post, Self.oidc, "/token", headers: [("Content-Type", "application/json")],
      body:
        #"{"clientId": "\#(client)", "clientSecret": "\#(secret)", "grantType": "\#(grant)", "refreshToken": "\#(token)"}"#
    )
  }

  @Test("gives keys of the role", arguments: [("site", "Admin"), ("tools", "Reader")])
  func keys(account: String, role: String) throws {
    let before = Timestamp.now().seconds
    let answer = try credentials(role, of: account, token: "a0")
    #expect(answer.status == 200)
    let keys = try #require(try answer.json()["roleCredentials"])
    let session = Credentials(
      accessKeyID: keys["accessKeyId"]?.text ?? "", secretAccessKey: keys["secretAccessKey"]?.text ?? "",
      sessionToken: keys["sessionToken"]?.text)
    #expect((before + 3600...before + 3602).contains((keys["expiration"]?.number ?? 0) / 1000))
    #expect(try sandbox.listBuckets(as: session).text("Owner", "ID") == sandbox.account(account).canonicalID.value)
    let arn = sandbox.sts("GetCallerIdentity", [:], as: session).text("GetCallerIdentityResult", "Arn")
    #expect(arn.contains(":assumed-role/AWSReservedSSO_\(role)_") && arn.hasSuffix("/alice"), "\(arn)")
  }

  @Test("refuses tokens and roles as AWS does")
  func refusals() throws {
    for (role, account, token, status, type) in [
      ("Admin", "site", "another", 401, "UnauthorizedException"), ("Admin", "site", nil, 401, "UnauthorizedException"),
      ("Admin", "tools", "a0", 403, "ForbiddenException"), ("Nobody", "site", "a0", 403, "ForbiddenException"),
    ] as [(String, String, String?, Int, String)] {
      let answer = try credentials(role, of: account, token: token)
      #expect(answer.status == status)
      #expect(answer.response.headers["x-amzn-ErrorType"] == type)
      #expect(try answer.json()["message"]?.text.isEmpty == false)
    }
    #expect(sandbox.send(.get, Self.portal, "/federation/credentials").status == 400)
    #expect(sandbox.send(.get, Self.portal, "/assignment/roles").status == 501)
  }

  @Test("takes a refresh token once, for new tokens")
  func refreshing() throws {
    let answer = refresh("r0")
    #expect(answer.status == 200)
    let tokens = try answer.json()
    #expect(tokens["expiresIn"] == .number(600) && tokens["tokenType"] == .text("Bearer"))
    let (access, next) = (tokens["accessToken"]?.text ?? "", tokens["refreshToken"]?.text ?? "")
    #expect(access != "a0" && next != "r0")
    #expect(try credentials("Admin", of: "site", token: access).status == 200)
    #expect(try credentials("Admin", of: "site", token: "a0").status == 200)
    #expect(refresh("r0").response.headers["x-amzn-ErrorType"] == "InvalidGrantException")
    #expect(refresh(next).status == 200)
  }

  @Test("refuses refresh tokens as AWS does")
  func refusedRefresh() throws {
    for (answer, status, type, error) in [
      (refresh("r1"), 400, "InvalidGrantException", "invalid_grant"),
      (refresh("r0", client: "d"), 401, "InvalidClientException", "invalid_client"),
      (refresh("r0", secret: "t"), 401, "InvalidClientException", "invalid_client"),
      (refresh("r0", grant: "password"), 400, "UnsupportedGrantTypeException", "unsupported_grant_type"),
      (sandbox.send(.post, Self.oidc, "/token", body: "{"), 400, "InvalidRequestException", "invalid_request"),
    ] {
      #expect(answer.status == status)
      #expect(answer.response.headers["x-amzn-ErrorType"] == type)
      #expect(try answer.json()["error"] == .text(error))
    }
    #expect(refresh("r0").status == 200, "what was refused has used nothing up")
  }

  @Test("signs users in and ends their tokens where the control address asks for it")
  func control() throws {
    let signIn = sandbox.send(.post, "control.test", "/sso/sign-in", query: [("user", "bob")])
    let cache = try signIn.json()
    let access = cache["accessToken"]?.text ?? ""
    #expect(try credentials("Reader", of: "tools", token: access).status == 200)
    #expect(try credentials("Admin", of: "site", token: access).status == 403)
    #expect(sandbox.send(.post, "control.test", "/sso/sign-in", query: [("user", "eve")]).status == 404)

    #expect(sandbox.send(.post, "control.test", "/sso/expire", query: [("user", "bob")]).status == 204)
    #expect(try credentials("Reader", of: "tools", token: access).status == 401)
    #expect(try credentials("Admin", of: "site", token: "a0").status == 200)
    let (client, secret) = (cache["clientId"]?.text ?? "", cache["clientSecret"]?.text ?? "")
    let renewed = refresh(cache["refreshToken"]?.text ?? "", client: client, secret: secret)
    #expect(renewed.status == 200)

    #expect(sandbox.send(.post, "control.test", "/sso/expire", query: [("refresh", "")]).status == 204)
    #expect(refresh("r0").response.headers["x-amzn-ErrorType"] == "ExpiredTokenException")
    #expect(try refresh("r0").json()["error"] == .text("expired_token"))
  }

  @Test("counts, and fails where a fault asks for it")
  func faults() throws {
    let rules =
      #"[{"operation": "GetRoleCredentials", "fault": "slowdown", "count": 1}, "#
      + #"{"operation": "CreateToken", "fault": "internal", "count": 1}]"#
    #expect(sandbox.send(.put, "control.test", "/faults", body: rules).status == 204)
    #expect(try credentials("Admin", of: "site", token: "a0").status == 429)
    #expect(try credentials("Admin", of: "site", token: "a0").status == 200)
    #expect(refresh("r0").status == 500)
    let counters = try sandbox.send(.get, "control.test", "/counters").json()
    #expect(counters["GetRoleCredentials"] == .number(2) && counters["CreateToken"] == .number(1))
  }
}

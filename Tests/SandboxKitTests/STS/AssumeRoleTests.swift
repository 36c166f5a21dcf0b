import AWSKit
import Testing

@testable import SandboxKit

@Suite("AssumeRole")
struct AssumeRoleTests {
  private let sandbox: InProcessSandbox
  private static let serial = "arn:aws:iam::444455556666:mfa/deploy"

  init() throws {
    sandbox = try InProcessSandbox(
      """
      {"accounts": {
        "site": {"roles": {"open": {}, "long": {"maxSessionSeconds": 43200}, "short": {"maxSessionSeconds": 900}}},
        "tools": {
          "users": {"deploy": {"mfa": {"serial": "\(Self.serial)", "code": "123456"}}, "plain": {}},
          "roles": {
            "closed": {"trusts": ["tools"]}, "external": {"externalId": "our secret"}, "mfa": {"mfa": true}}}}}
      """)
  }

  private func assume(
    _ role: String, of account: String = "tools", _ parameters: [String: String] = [:], as credentials: Credentials
  ) throws -> Answer {
    let name = ["RoleArn": try sandbox.roleARN(role, of: account), "RoleSessionName": "me"]
    return sandbox.sts("AssumeRole", name.merging(parameters) { $1 }, as: credentials)
  }

  private func user(_ name: String) throws -> Credentials {
    try #require(sandbox.account("tools").users.first { $0.name == name }).credentials
  }

  @Test("gives keys of the role's account, for S3 and STS")
  func keys() throws {
    let answer = try assume("external", ["ExternalId": "our secret"], as: sandbox.account("site").credentials)
    let session = try answer.credentials(of: "AssumeRole")
    #expect(session.accessKeyID.hasPrefix("ASIA"))
    let tools = try sandbox.account("tools")
    #expect(sandbox.listBuckets(as: session).text("Owner", "ID") == tools.canonicalID.value)
    #expect(
      sandbox.sts("GetCallerIdentity", [:], as: session).text("GetCallerIdentityResult", "Arn")
        == "arn:aws:sts::\(tools.accountID):assumed-role/external/me")
  }

  @Test(
    "refuses whom a role does not trust, and who does not know the external ID, in the same words",
    arguments: [
      ("closed", [:]), ("external", [:]), ("external", ["ExternalId": "another"]), ("nobody", [:]), ("mfa", [:]),
    ] as [(String, [String: String])])
  func denied(role: String, parameters: [String: String]) throws {
    let site = try sandbox.account("site")
    let answer = try assume(role, parameters, as: site.credentials)
    #expect(answer.status == 403 && answer.code == "AccessDenied")
    #expect(
      answer.message == "User: arn:aws:iam::\(site.accountID):root is not authorized to perform: sts:AssumeRole on "
        + "resource: \(try sandbox.roleARN(role, of: "tools"))")
  }

  @Test("takes an external ID for a role that asks for none")
  func needlessExternalID() throws {
    #expect(try assume("open", of: "site", ["ExternalId": "some"], as: user("plain")).status == 200)
  }

  @Test("takes the code of the user's MFA device")
  func mfa() throws {
    let right = ["SerialNumber": Self.serial, "TokenCode": "123456"]
    #expect(try assume("mfa", right, as: user("deploy")).status == 200)
    for (parameters, user, message) in [
      ([:], "deploy", "is not authorized to perform: sts:AssumeRole"),
      (right.merging(["TokenCode": "654321"]) { $1 }, "deploy", "with invalid MFA one time pass code"),
      (["SerialNumber": Self.serial], "deploy", "must provide both"),
      (["TokenCode": "123456"], "deploy", "must provide both"),
      (right.merging(["SerialNumber": Self.serial + "2"]) { $1 }, "deploy", "unable to validate MFA code"),
      (right, "plain", "unable to validate MFA code"),
    ] {
      let answer = try assume("mfa", parameters, as: self.user(user))
      #expect(answer.status == 403 && answer.code == "AccessDenied", "\(message)")
      #expect(answer.message.contains(message), "\(answer.message)")
    }
    // A wrong code counts also where none is needed.
    #expect(
      try assume("open", of: "site", right.merging(["TokenCode": "000000"]) { $1 }, as: user("deploy")).status == 403)
  }

  @Test("lasts as long as the role allows, and an hour at most where a session assumes it")
  func length() throws {
    let site = try sandbox.account("site").credentials
    func status(_ role: String, _ seconds: Int, as credentials: Credentials? = nil) throws -> String {
      try assume(role, of: "site", ["DurationSeconds": String(seconds)], as: credentials ?? site).code
    }
    #expect(try status("long", 43_200) == "")
    #expect(try status("long", 43_201) == "ValidationError")
    #expect(try status("long", 899) == "ValidationError")
    #expect(try status("open", 3600) == "")
    #expect(try status("open", 3601) == "ValidationError")
    // Nobody need ask for an hour to be refused one.
    #expect(try assume("short", of: "site", as: site).code == "ValidationError")
    let session = try assume("open", of: "site", as: site).credentials(of: "AssumeRole")
    #expect(try status("long", 3600, as: session) == "")
    #expect(try status("long", 3601, as: session) == "ValidationError")
  }

  @Test("refuses what would make another session of it, and what is malformed")
  func parameters() throws {
    let site = try sandbox.account("site").credentials
    #expect(
      try assume("open", of: "site", ["PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"], as: site)
        .status == 501)
    #expect(try assume("open", of: "site", ["RoleSessionName": "a b"], as: site).code == "ValidationError")
    #expect(try assume("open", of: "site", ["RoleSessionName": "a"], as: site).code == "ValidationError")
    #expect(try assume("open", of: "site", ["RoleArn": "arn:aws:iam::1"], as: site).code == "ValidationError")
    #expect(sandbox.sts("AssumeRole", ["RoleSessionName": "me"], as: site).message.contains("Value null at 'roleArn'"))
  }
}

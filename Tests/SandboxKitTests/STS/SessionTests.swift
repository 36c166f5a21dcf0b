import AWSKit
import Testing

@testable import SandboxKit

@Suite("Sessions")
struct SessionTests {
  private static let accounts = """
    {"accounts": {"site": {}, "tools": {"users": {"deploy": {"allows": ["s3:*", "sts:*"]}}}}}
    """

  private func assume(
    _ sandbox: InProcessSandbox, _ parameters: [String: String] = [:]
  ) throws -> Answer {
    try sandbox.sts(
      "AssumeRole",
      parameters.merging(["RoleArn": sandbox.roleARN("fixacl", of: "tools"), "RoleSessionName": "me"]) { $1 },
      as: sandbox.account("site").credentials)
  }

  @Test("are good after a restart, until they end")
  func restart() throws {
    let keys = try assume(InProcessSandbox(Self.accounts)).credentials(of: "AssumeRole")
    let again = try InProcessSandbox(Self.accounts)
    #expect(again.listBuckets(as: keys).status == 200)
    #expect(again.sts("GetCallerIdentity", [:], as: keys).text.contains("assumed-role/fixacl/me"))
    let short = try assume(InProcessSandbox(Self.accounts, sessionSeconds: -5)).credentials(of: "AssumeRole")
    #expect(again.listBuckets(as: short).code == "ExpiredToken")
    let token = try #require(keys.sessionToken)
    let forged = Credentials(
      accessKeyID: keys.accessKeyID, secretAccessKey: keys.secretAccessKey, sessionToken: token.dropLast(8) + "AAAAAAA="
    )
    #expect(again.listBuckets(as: forged).code == "InvalidAccessKeyId")
    // Of an account that is not there any more.
    let other = try InProcessSandbox(
      #"{"accounts": {"site": {}, "tools": {"accountId": "444455556666"}}}"#)
    #expect(other.listBuckets(as: keys).code == "InvalidAccessKeyId")
  }

  @Test("of GetSessionToken are those of a user, and get no others")
  func sessionToken() throws {
    let sandbox = try InProcessSandbox(Self.accounts)
    let user = try #require(try sandbox.account("tools").users.first)
    let answer = sandbox.sts("GetSessionToken", ["DurationSeconds": "900"], as: user.credentials)
    let keys = try answer.credentials(of: "GetSessionToken")
    #expect(sandbox.sts("GetCallerIdentity", [:], as: keys).text.contains(":user/deploy"))
    #expect(sandbox.listBuckets(as: keys).status == 200)
    #expect(sandbox.sts("GetSessionToken", [:], as: keys).code == "AccessDenied")
    #expect(sandbox.sts("GetSessionToken", ["DurationSeconds": "60"], as: user.credentials).code == "ValidationError")
    let before = Timestamp.now().seconds
    let root = try sandbox.sts(
      "GetSessionToken", ["DurationSeconds": "43200"], as: sandbox.account("site").credentials)
    #expect(try root.expiration(of: "GetSessionToken").seconds <= before + 3602)
  }

  @Test("have tags, which bucket policies see, also after a restart")
  func tags() throws {
    func makeBucket(_ sandbox: InProcessSandbox) throws {
      let site = try sandbox.account("site").credentials
      func put(_ path: String, _ query: [(String, String)] = [], _ body: String = "") -> Answer {
        sandbox.send(
          .put, "s3.us-east-1.amazonaws.com", path, query: query, body: body, service: "s3", as: site)
      }
      #expect(put("/tagged").status == 200 && put("/tagged/key", [], "x").status == 200)
      let policy = """
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject",
          "Principal": {"AWS": "\(try sandbox.account("tools").accountID)"}, "Resource": "arn:aws:s3:::tagged/*",
          "Condition": {"StringEquals": {"aws:PrincipalTag/Team": "web"}}}]}
        """
      #expect(put("/tagged", [("policy", "")], policy).status == 204)
    }
    func get(_ sandbox: InProcessSandbox, _ keys: Credentials) -> Int {
      sandbox.send(.get, "s3.us-east-1.amazonaws.com", "/tagged/key", service: "s3", as: keys).status
    }
    let sandbox = try InProcessSandbox(Self.accounts)
    try makeBucket(sandbox)
    let web = try assume(sandbox, ["Tags.member.1.Key": "Team", "Tags.member.1.Value": "web"])
      .credentials(of: "AssumeRole")
    let ops = try assume(sandbox, ["Tags.member.1.Key": "Team", "Tags.member.1.Value": "ops"])
      .credentials(of: "AssumeRole")
    #expect(get(sandbox, web) == 200 && get(sandbox, ops) == 403)
    let again = try InProcessSandbox(Self.accounts)
    try makeBucket(again)
    #expect(get(again, web) == 200 && get(again, ops) == 403)
  }

  @Test("have policies, which take rights away; those that rights cannot say are refused")
  func policies() throws {
    let sandbox = try InProcessSandbox(Self.accounts)
    func policy(_ statement: String) -> [String: String] {
      ["Policy": #"{"Version": "2012-10-17", "Statement": [\#(statement)]}"#]
    }
    let put = try assume(sandbox, policy(#"{"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"}"#))
      .credentials(of: "AssumeRole")
    func list(_ keys: Credentials, _ sandbox: InProcessSandbox) -> Int {
      sandbox.send(.get, "s3.us-east-1.amazonaws.com", "/limited", service: "s3", as: keys).status
    }
    func make(_ sandbox: InProcessSandbox) throws {
      let keys = try sandbox.account("tools").credentials
      #expect(sandbox.send(.put, "s3.us-east-1.amazonaws.com", "/limited", service: "s3", as: keys).status == 200)
    }
    try make(sandbox)
    let all = try assume(sandbox).credentials(of: "AssumeRole")
    #expect(list(all, sandbox) == 200 && list(put, sandbox) == 403)
    let again = try InProcessSandbox(Self.accounts)
    try make(again)
    #expect(list(all, again) == 200 && list(put, again) == 403)
    let narrow = try assume(sandbox, policy(#"{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b"}"#))
    #expect(narrow.status == 501)
    #expect(try assume(sandbox, ["Policy": "{"]).code == "MalformedPolicyDocument")
  }
}

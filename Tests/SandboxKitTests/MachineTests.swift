import AWSKit
import Testing

@testable import SandboxKit

@Suite("Keys of machines")
struct MachineTests {
  private let sandbox: InProcessSandbox
  private static let imds = "169.254.169.254"
  private static let roles = "/latest/meta-data/iam/security-credentials/"

  init() throws {
    sandbox = try InProcessSandbox()
  }

  private func token(_ headers: [(name: String, value: String)]) -> Answer {
    sandbox.send(.put, Self.imds, "/latest/api/token", headers: headers)
  }

  private func token(seconds: Int = 21_600) -> Answer {
    token([("x-aws-ec2-metadata-token-ttl-seconds", String(seconds))])
  }

  private func get(_ path: String, token: String? = nil) -> Answer {
    sandbox.send(.get, Self.imds, path, headers: token.map { [("x-aws-ec2-metadata-token", $0)] } ?? [])
  }

  private func owner(_ answer: Answer) throws -> String {
    let keys = try answer.json()
    let session = Credentials(
      accessKeyID: keys["AccessKeyId"]?.text ?? "", secretAccessKey: keys["SecretAccessKey"]?.text ?? "",
      sessionToken: keys["Token"]?.text)
    return sandbox.listBuckets(as: session).text("Owner", "ID")
  }

  @Test("IMDS tells the role, and gives its keys, to whoever has a token")
  func instance() throws {
    let token = token().text
    #expect(get(Self.roles, token: token).text == "fixacl")
    let answer = get(Self.roles + "fixacl", token: token)
    let keys = try answer.json()
    #expect(keys["Code"] == .text("Success") && keys["Type"] == .text("AWS-HMAC"))
    #expect(Timestamp(extended: keys["Expiration"]?.text ?? "") != nil)
    #expect(try owner(answer) == sandbox.account("site").canonicalID.value)
    // The same keys to everybody, until they end.
    #expect(get(Self.roles + "fixacl", token: token).text.contains(keys["AccessKeyId"]?.text ?? "-"))
    #expect(sandbox.send(.post, "control.test", "/sessions/expire").status == 200)
    let later = get(Self.roles + "fixacl", token: token)
    #expect(!later.text.contains(keys["AccessKeyId"]?.text ?? "-"))
    #expect(try owner(later) == sandbox.account("site").canonicalID.value)
    #expect(get(Self.roles + "other", token: token).status == 404)
    #expect(get("/latest/meta-data/other", token: token).status == 404)
  }

  @Test("IMDS refuses what it is asked wrongly")
  func refusals() async throws {
    #expect(token([]).status == 400)
    #expect(token(seconds: 0).status == 400)
    #expect(token(seconds: 21_601).status == 400)
    #expect(
      token([("x-aws-ec2-metadata-token-ttl-seconds", "60"), ("X-Forwarded-For", "10.0.0.1")]).status == 403)
    #expect(get(Self.roles).status == 401)
    #expect(get(Self.roles, token: "another").status == 401)
    let short = token(seconds: 1).text
    #expect(get(Self.roles, token: short).status == 200)
    try await Task.sleep(for: .milliseconds(2100))
    #expect(get(Self.roles, token: short).status == 401)
  }

  @Test("IMDS is as the control address says: version 1, another role, none, or why there are no keys")
  func settings() throws {
    func put(_ json: String) -> Int { sandbox.send(.put, "control.test", "/instance", body: json).status }
    #expect(put(#"{"account": "tools", "v1": true}"#) == 204)
    #expect(get(Self.roles).text == "fixacl")
    #expect(try owner(get(Self.roles + "fixacl")) == sandbox.account("tools").canonicalID.value)
    #expect(get(Self.roles, token: "another").status == 401, "a token that is none is never as good as none")
    #expect(put(#"{"role": null, "v1": true}"#) == 204)
    #expect(get(Self.roles).status == 404)
    #expect(put(#"{"code": "AssumeRoleUnauthorizedAccess", "v1": true}"#) == 204)
    let answer = get(Self.roles + "fixacl")
    #expect(answer.status == 200)
    #expect(try answer.json()["Code"] == .text("AssumeRoleUnauthorizedAccess"))
    #expect(try answer.json()["AccessKeyId"] == nil)
    #expect(put(#"{"account": "nobody"}"#) == 404)
    #expect(put(#"{"colour": "red"}"#) == 400)
  }

  @Test("a container gets keys of the role in the path, with the token that was set")
  func container() throws {
    func get(_ path: String, token: String? = nil) -> Answer {
      sandbox.send(.get, "169.254.170.2", path, headers: token.map { [("Authorization", $0)] } ?? [])
    }
    let answer = get("/tools/fixacl")
    #expect(try owner(answer) == sandbox.account("tools").canonicalID.value)
    #expect(try answer.json()["AccountId"] == .text(sandbox.account("tools").accountID))
    #expect(get("/tools/other").status == 404)
    #expect(get("/").status == 404)
    #expect(sandbox.send(.put, "control.test", "/container", body: "Bearer t1").status == 204)
    #expect(get("/tools/fixacl").status == 401)
    #expect(get("/tools/fixacl", token: "t1").status == 401)
    #expect(get("/tools/fixacl", token: "Bearer t1").status == 200)
    let counters = try sandbox.send(.get, "control.test", "/counters").json()
    #expect(counters["ContainerCredentials"] == .number(6))
  }
}

import AWSKit
import Testing

@testable import SandboxKit

@Suite("The end of temporary credentials")
struct SessionEndTests {
  private func session(_ sandbox: InProcessSandbox, of account: String = "tools") throws -> Credentials {
    let site = try sandbox.account("site")
    return try sandbox.sts(
      "AssumeRole", ["RoleArn": sandbox.roleARN("fixacl", of: account), "RoleSessionName": "me"], as: site.credentials
    ).credentials(of: "AssumeRole")
  }

  private func answers(_ sandbox: InProcessSandbox, _ session: Credentials) -> [Answer] {
    [
      sandbox.listBuckets(as: session), sandbox.sts("GetCallerIdentity", [:], as: session),
      sandbox.send(.get, "cloudfront.amazonaws.com", "/2020-05-31/distribution", service: "cloudfront", as: session),
    ]
  }

  @Test("comes when it was announced: as each service says it")
  func expiry() async throws {
    let sandbox = try InProcessSandbox(sessionSeconds: 1)
    let site = try sandbox.account("site")
    let before = Timestamp.now().seconds
    let answer = sandbox.sts(
      "AssumeRole",
      ["RoleArn": try sandbox.roleARN("fixacl", of: "tools"), "RoleSessionName": "me", "DurationSeconds": "900"],
      as: site.credentials)
    let expiration = try answer.expiration(of: "AssumeRole").seconds
    #expect((before + 1...before + 3).contains(expiration))
    let session = try answer.credentials(of: "AssumeRole")
    while Timestamp.now().seconds < expiration { try await Task.sleep(for: .milliseconds(50)) }
    let answers = answers(sandbox, session)
    #expect(answers.map(\.code) == ["ExpiredToken", "ExpiredToken", "ExpiredToken"])
    #expect(answers.map(\.status) == [400, 403, 403])
    #expect(answers[0].text("Message") == "The provided token has expired.")
    #expect(answers[1].message == "The security token included in the request is expired")
  }

  @Test("comes before that where the control address asks for it")
  func ending() throws {
    let sandbox = try InProcessSandbox()
    let (site, tools) = (try session(sandbox, of: "site"), try session(sandbox))
    #expect(answers(sandbox, tools).map(\.status) == [200, 200, 200])

    #expect(sandbox.send(.post, "control.test", "/sessions/expire", query: [("account", "nobody")]).status == 404)
    let one = sandbox.send(.post, "control.test", "/sessions/expire", query: [("account", "tools")])
    #expect(try one.json() == ["ended": .number(1)])
    #expect(answers(sandbox, tools).map(\.code) == ["ExpiredToken", "ExpiredToken", "ExpiredToken"])
    #expect(answers(sandbox, site).map(\.status) == [200, 200, 200])

    #expect(try sandbox.send(.post, "control.test", "/sessions/expire").json() == ["ended": .number(1)])
    #expect(sandbox.listBuckets(as: site).code == "ExpiredToken")
    #expect(try answers(sandbox, session(sandbox)).map(\.status) == [200, 200, 200])
    // Keys that are no session's stay.
    #expect(try sandbox.listBuckets(as: sandbox.account("site").credentials).status == 200)
  }
}

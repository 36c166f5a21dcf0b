import Foundation
import AWSKit
import Testing

@testable import SandboxKit

@Suite("AssumeRoleWithWebIdentity")
struct WebIdentityTests {
  private static let now = Timestamp.now().seconds
  /// Tests may run half an hour after their arguments are made.
  private static let later = now + 86_400
  private static let plain = "no-jwt-but-ours"
  private static let valid = token(
    #"{"iss": "https://ci.test", "sub": "repo:a/b", "aud": "sts", "exp": \#(later)}"#)
  private static let expired = token(#"{"iss": "https://ci.test", "exp": \#(now - 1)}"#)
  private static let foreign = token(#"{"iss": "https://elsewhere.test", "exp": \#(later)}"#)
  private let sandbox: InProcessSandbox

  init() throws {
    sandbox = try InProcessSandbox(
      """
      {"accounts": {"site": {}, "tools": {"roles": {
        "ci": {"webIdentityTokens": ["\(Self.plain)", "\(Self.valid)", "\(Self.expired)"]}, "other": {}}}}}
      """)
  }

  private static func token(_ claims: String) -> String {
    func encoded(_ text: String) -> String {
      Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
    return [encoded(#"{"alg": "RS256"}"#), encoded(claims), encoded("signature")].joined(separator: ".")
  }

  private func assume(_ role: String = "ci", token: String?) throws -> Answer {
    var parameters = ["RoleArn": try sandbox.roleARN(role, of: "tools"), "RoleSessionName": "run-1"]
    parameters["WebIdentityToken"] = token
    return sandbox.sts("AssumeRoleWithWebIdentity", parameters, as: nil)
  }

  @Test("takes the tokens of the role, from anybody", arguments: [plain, valid])
  func tokens(token: String) throws {
    let answer = try assume(token: token)
    let session = try answer.credentials(of: "AssumeRoleWithWebIdentity")
    let tools = try sandbox.account("tools")
    #expect(sandbox.listBuckets(as: session).text("Owner", "ID") == tools.canonicalID.value)
    if token == Self.valid {
      #expect(answer.text("AssumeRoleWithWebIdentityResult", "SubjectFromWebIdentityToken") == "repo:a/b")
      #expect(answer.text("AssumeRoleWithWebIdentityResult", "Provider") == "https://ci.test")
    }
  }

  @Test("refuses others as AWS does")
  func refusals() throws {
    for (role, token, status, code) in [
      ("ci", "another", 400, "InvalidIdentityToken"), ("ci", Self.foreign, 400, "InvalidIdentityToken"),
      ("ci", Self.expired, 400, "ExpiredTokenException"), ("other", Self.plain, 403, "AccessDenied"),
      ("nobody", Self.plain, 403, "AccessDenied"), ("ci", nil, 400, "ValidationError"),
    ] as [(String, String?, Int, String)] {
      let answer = try assume(role, token: token)
      #expect(answer.status == status && answer.code == code, "\(answer.text)")
    }
  }
}

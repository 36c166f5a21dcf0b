import Testing

@testable import AWSKit

@Suite struct WebIdentityFetcherTests {
  private static let variables = [
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/h/token", "AWS_ROLE_ARN": "arn:aws-cn:iam::111122223333:role/ci",
    "AWS_ROLE_SESSION_NAME": "build",
  ]

  @Test func sendsTheTokenUnsigned() async throws {
    let bench = CredentialsBench(variables: Self.variables, files: ["/h/token": "PLANTED-one\n"]) { _, ordinal in
      .session("W\(ordinal)", action: "AssumeRoleWithWebIdentity")
    }
    let provider = try bench.credentials().provider
    #expect(try await provider.credentials().accessKeyID == "W0")
    let request = try #require(bench.transport.requests.first)
    #expect(request.value(of: "Authorization") == nil)
    #expect(request.url == "https://sts.cn-northwest-1.amazonaws.com.cn/")
    #expect(
      request.text.hasSuffix(
        "&RoleArn=arn%3Aaws-cn%3Aiam%3A%3A111122223333%3Arole%2Fci&RoleSessionName=build&WebIdentityToken=PLANTED-one"))
    // What issues tokens writes the file again.
    bench.write("/h/token", "PLANTED-two")
    bench.pass(seconds: 3500)
    _ = try await provider.credentials()
    #expect(bench.transport.requests.last?.text.hasSuffix("WebIdentityToken=PLANTED-two") == true)
  }

  @Test(arguments: [nil, "", "\n"])
  func aTokenThatIsMissing(content: String?) async {
    let bench = CredentialsBench(variables: Self.variables, files: content.map { ["/h/token": $0] } ?? [:])
    let error = await bench.failure()
    #expect(error?.code == .sourceFailed)
    #expect(
      error?.message.hasPrefix("the web identity of AWS_WEB_IDENTITY_TOKEN_FILE: the web identity token") == true)
    #expect(error?.message.contains("/h/token") == true)
    #expect(bench.transport.requests.isEmpty)
  }

  @Test func aRefusalDoesNotShowTheToken() async {
    let bench = CredentialsBench(variables: Self.variables, files: ["/h/token": planted.secret]) { _, _ in
      .wrapped(400, "ExpiredTokenException", "Token \(planted.secret) expired")
    }
    let error = await bench.failure()
    #expect(error?.message.contains("the token in /h/token has expired") == true)
    #expect(error?.message.contains("PLANTED") == false)
  }
}

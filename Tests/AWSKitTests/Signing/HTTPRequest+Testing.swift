import AWSKit

extension Credentials {
  /// The credentials of Amazon's examples, which no account has.
  static func example(token: String? = nil) -> Credentials {
    Credentials(
      accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      sessionToken: token)
  }
}

extension Timestamp {
  /// 2013-05-24T00:00:00Z, the moment of Amazon's examples.
  static let example = Timestamp(seconds: 1_369_353_600)
}

extension HTTPRequest {
  /// The request signed as Amazon's examples are.
  func signed(token: String? = nil) -> HTTPRequest {
    var request = self
    SigV4Signer(region: "us-east-1").sign(&request, credentials: .example(token: token), at: .example)
    return request
  }

  /// The value of the first header with exactly that name.
  func header(_ name: String) -> String? {
    headers.first { $0.name == name }?.value
  }

  /// The hexadecimal signature in the Authorization header.
  var signature: String? {
    header("Authorization")?.split(separator: "=").last.map(String.init)
  }
}

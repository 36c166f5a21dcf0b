internal import AWSKit
internal import SandboxKit

/// Sends signed requests to a sandbox, as a client of AWS would.
struct SignedClient: Sendable {
  private let transport: CurlTransport

  /// - Parameter certificateBundle: a file of certificates to trust, where the sandbox speaks HTTPS.
  init(certificateBundle: String? = nil) {
    var options = CurlTransport.Options()
    options.certificateBundle = certificateBundle
    transport = CurlTransport(options: options, concurrency: 16)
  }

  /// An answer that is an error.
  struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  /// - Parameters:
  ///   - account: who signs; nil for nobody.
  ///   - service: whose signature: `s3`, `cloudfront`.
  /// - Throws: `Refusal` where the answer is none of success, unless `takesErrors`.
  @discardableResult
  func send(
    _ method: HTTPMethod, _ address: String, path: String, query: String = "",
    headers: [(name: String, value: String)] = [], body: String = "", as account: SandboxAccount? = nil,
    service: String = "s3", region: String = "us-east-1", takesErrors: Bool = false
  ) async throws -> HTTPResponse {
    let scheme = address.hasPrefix("https:") ? "https" : "http"
    var request = HTTPRequest(
      method: method, scheme: scheme, authority: String(address.dropFirst(scheme.count + "://".count)), path: path,
      query: query,
      headers: headers, body: Array(body.utf8))
    if let account {
      SigV4Signer(region: region, service: service).sign(&request, credentials: account.credentials, at: .now())
    }
    let response = try await transport.send(request)
    guard response.isSuccess || takesErrors else {
      throw Refusal(
        description:
          "\(method.rawValue) \(request.url): \(response.status) \(String(decoding: response.body, as: UTF8.self))")
    }
    return response
  }
}

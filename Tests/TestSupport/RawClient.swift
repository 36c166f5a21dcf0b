package import AWSKit

/// Sends requests as they are, signed or not, and never again: for tests of what a server answers.
package enum RawClient {
  private static let transport = CurlTransport(concurrency: 32)

  /// - Parameters:
  ///   - address: `http://HOST:PORT`.
  ///   - query: percent-encoded and sorted.
  ///   - unsigned: headers that are added behind the signature.
  ///   - credentials: who signs; nil for nobody.
  ///   - service: whose signature: `s3`, `cloudfront`, `sts`.
  package static func send(
    _ method: HTTPMethod = .get, _ address: String, path: String, query: String = "",
    headers: [(name: String, value: String)] = [], unsigned: [(name: String, value: String)] = [], body: String = "",
    as credentials: Credentials? = nil, service: String = "s3", region: String = "us-east-1"
  ) async throws -> HTTPResponse {
    var request = HTTPRequest(
      method: method, scheme: "http", authority: String(address.dropFirst("http://".count)), path: path, query: query,
      headers: headers, body: Array(body.utf8))
    if let credentials {
      SigV4Signer(region: region, service: service).sign(&request, credentials: credentials, at: .now())
    }
    request.headers += unsigned
    return try await transport.send(request)
  }
}

extension HTTPResponse {
  /// The code of an error of S3's; nil where there is none.
  package var errorCode: String? {
    (try? XMLElement(parsing: body, root: "Error"))?["Code"]?.text
  }

  package var text: String { String(decoding: body, as: UTF8.self) }
}

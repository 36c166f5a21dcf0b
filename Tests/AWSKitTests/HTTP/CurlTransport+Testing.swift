import TestSupport

@testable import AWSKit

extension LoopbackServer {
  /// A request to this server.
  func request(
    _ method: HTTPMethod = .get, _ path: String = "/", query: String = "",
    headers: [(name: String, value: String)] = [], body: String = "", maximum: Int = 1 << 20
  ) -> HTTPRequest {
    HTTPRequest(
      method: method, scheme: "http", authority: authority, path: path, query: query, headers: headers,
      body: Array(body.utf8), maximumResponseBytes: maximum)
  }
}

extension CurlTransport {
  /// Sends a request that must fail, and says how it did.
  func failure(of request: HTTPRequest) async -> TransportError.Kind? {
    do throws(TransportError) {
      _ = try await send(request)
      return nil
    } catch {
      return error.kind
    }
  }
}

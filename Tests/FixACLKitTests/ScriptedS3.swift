import AWSKit
import TestSupport
import Synchronization

@testable import FixACLKit

/// A server that answers as a test wants it to, and keeps the requests. An access key is the canonical ID of its account.
final class ScriptedS3: HTTPTransport {
  private let log = Mutex<[HTTPRequest]>([])
  private let answer: @Sendable (HTTPRequest) -> HTTPResponse

  init(_ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse) {
    self.answer = answer
  }

  /// All requests so far.
  var requests: [HTTPRequest] { log.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    log.withLock { $0.append(request) }
    return answer(request)
  }

  func client(of account: CanonicalID = Sample.site) -> AWSClient {
    var surroundings = AWSClient.Dependencies()
    surroundings.sleep = { _ in }
    return AWSClient(
      endpoint: AWSEndpoint(url: "http://scripted.test")!, region: "us-east-1",
      credentials: StaticCredentialsProvider(Credentials(accessKeyID: account.value, secretAccessKey: "secret")),
      transport: self, throttle: Throttle(concurrency: 16), surroundings: surroundings)
  }
}

extension HTTPRequest {
  /// The value of the first header with exactly that name.
  func header(_ name: String) -> String? {
    headers.first { $0.name == name }?.value
  }

  /// Whose credentials signed it.
  var caller: CanonicalID {
    CanonicalID(String(header("Authorization")?.split(separator: "Credential=").last?.prefix { $0 != "/" } ?? ""))
  }

  /// The value of a parameter of the query, as it was sent.
  func parameter(_ name: String) -> String? {
    query.split(separator: "&").first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
  }
}

extension HTTPResponse {
  static func xml(
    _ text: String, status: Int = 200, headers: [(name: String, value: String)] = []
  ) -> HTTPResponse {
    HTTPResponse(status: status, headers: HTTPHeaders(headers), body: Array(text.utf8))
  }
}

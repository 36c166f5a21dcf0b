import AWSKit

/// A server's answer, written as it comes over the wire: a status line, headers, an empty line, the body.
enum FuzzAnswer {
  /// Reads an answer; what has no status line is the body of a 200.
  static func parse(_ bytes: [UInt8]) -> HTTPResponse {
    guard bytes.starts(with: "HTTP/".utf8) else { return HTTPResponse(status: 200, body: bytes) }
    var (line, rest) = bytes.firstLine
    let status = line.split(separator: UInt8(ascii: " ")).dropFirst().first.flatMap { Int(Array($0).text) } ?? 200
    var fields: [(name: String, value: String)] = []
    while true {
      (line, rest) = rest.firstLine
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      guard !line.isEmpty else { break }
      let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
      fields.append((Array(line[..<colon]).text, Array(line[colon...].dropFirst()).text))
    }
    return HTTPResponse(status: min(max(status, 100), 599), headers: HTTPHeaders(fields), body: rest)
  }
}

/// A transport that answers by a function.
struct FuzzTransport: HTTPTransport {
  let answer: @Sendable (HTTPRequest) -> HTTPResponse

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse { answer(request) }

  /// A client that asks it, and asks twice at most.
  func client(_ service: AWSService = .s3) -> AWSClient {
    var surroundings = AWSClient.Dependencies()
    surroundings.sleep = { _ in }
    var policy = RetryPolicy()
    policy.maximumAttempts = 2
    return AWSClient(
      service: service, endpoint: AWSEndpoint(url: "http://127.0.0.1:8000")!, region: .standard,
      credentials: StaticCredentialsProvider(
        Credentials(accessKeyID: "AKIAFUZZ", secretAccessKey: "a-secret-that-nobody-is-told")),
      transport: self, throttle: Throttle(concurrency: 4, policy: policy), surroundings: surroundings)
  }
}

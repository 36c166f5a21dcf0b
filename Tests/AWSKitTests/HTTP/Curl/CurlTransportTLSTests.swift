import TestSupport
import Testing

@testable import AWSKit

@Suite(.timeLimit(.minutes(1)), .enabled(if: OpenSSLServer.isInstalled, "there is no openssl to serve TLS with"))
struct CurlTransportTLSTests {
  private static func transport(trusting bundle: String? = nil) -> CurlTransport {
    var options = CurlTransport.Options()
    options.certificateBundle = bundle
    return CurlTransport(options: options, concurrency: 1)
  }

  private static func request(_ server: OpenSSLServer) -> HTTPRequest {
    HTTPRequest(method: .get, scheme: "https", authority: server.authority, path: "/")
  }

  @Test func aCertificateThatNobodySignedIsNotTrusted() async throws {
    let server = try await OpenSSLServer(certificateFor: "IP:127.0.0.1")
    #expect(await Self.transport().failure(of: Self.request(server)) == .untrusted)
  }

  @Test func aCertificateInTheBundleIsTrusted() async throws {
    let server = try await OpenSSLServer(certificateFor: "IP:127.0.0.1")
    let transport = Self.transport(trusting: server.certificatePath)
    for _ in 0..<3 {
      let response = try await transport.send(Self.request(server))
      #expect(response.status == 200)
      #expect(String(decoding: response.body, as: UTF8.self).contains("s_server"))
    }
  }

  @Test func aCertificateForAnotherHostIsNotTrusted() async throws {
    let server = try await OpenSSLServer(certificateFor: "DNS:example.com")
    let transport = Self.transport(trusting: server.certificatePath)
    #expect(await transport.failure(of: Self.request(server)) == .untrusted)
  }

  @Test func theBundleReplacesWhatIsTrustedOtherwise() async throws {
    let server = try await OpenSSLServer(certificateFor: "IP:127.0.0.1")
    let other = try await OpenSSLServer(certificateFor: "IP:127.0.0.1")
    let transport = Self.transport(trusting: other.certificatePath)
    #expect(await transport.failure(of: Self.request(server)) == .untrusted)
    #expect(try await transport.send(Self.request(other)).status == 200)
  }

  @Test(arguments: ["/nonexistent/bundle.pem", "/dev/null"])
  func aBundleThatIsNoneTrustsNobody(bundle: String) async throws {
    let server = try await OpenSSLServer(certificateFor: "IP:127.0.0.1")
    #expect(await Self.transport(trusting: bundle).failure(of: Self.request(server)) == .untrusted)
  }

  @Test func aServerThatSpeaksNoTLSIsInterrupted() async throws {
    let server = try CannedServer("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    defer { server.stop() }
    let request = HTTPRequest(method: .get, scheme: "https", authority: "127.0.0.1:\(server.port)", path: "/")
    #expect(await Self.transport().failure(of: request) == .interrupted)
  }
}

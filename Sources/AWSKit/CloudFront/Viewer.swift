/// Asks CloudFront as viewers do: without credentials, one byte of each object.
package struct Viewer: Sendable {
  private let transport: any HTTPTransport
  /// Where distributions are served if not by CloudFront (`FIXACL_VIEWER`).
  private let address: AWSEndpoint?

  /// - Parameter address: a server that serves distributions in CloudFront's place.
  package init(transport: any HTTPTransport, address: AWSEndpoint? = nil) {
    self.transport = transport
    self.address = address
  }

  /// The ID and the path in a URL on the very server that stands for CloudFront, which names distributions in the first
  /// segment of its paths; nil for other URLs.
  package func distribution(in url: ViewerURL) -> (id: String, path: String)? {
    guard isOnAddress(url) else { return nil }
    let rest = url.path.dropFirst()
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let path = String(rest[slash...])
    return (String(rest[..<slash]), path.isEmpty ? "/" : path)
  }

  private func isOnAddress(_ url: ViewerURL) -> Bool {
    guard let place = address?.address(bucket: nil, region: .standard) else { return false }
    return place.scheme == url.scheme.rawValue && place.authority == url.authority
  }

  /// GETs the first byte.
  package func get(_ url: ViewerURL) async throws(TransportError) -> ProbeAnswer {
    var headers = [("Range", "bytes=0-0")]
    var (scheme, authority) = (url.scheme.rawValue, url.authority)
    if let place = address?.address(bucket: nil, region: .standard) {
      if !isOnAddress(url) {
        headers.append(("Host", url.host))
        // Of a server on this machine nobody has certificates; it takes the viewer's protocol from here.
        headers.append(("CloudFront-Forwarded-Proto", url.scheme.rawValue))
      }
      (scheme, authority) = (place.scheme, place.authority)
    }
    return ProbeAnswer(
      try await transport.send(
        HTTPRequest(
          method: .get, scheme: scheme, authority: authority, path: url.path, query: url.query ?? "", headers: headers,
          maximumResponseBytes: Self.maximumBytes, stallTimeoutSeconds: 10, deadlineSeconds: 30)))
  }

  /// Fails all questions, those in flight and those to come.
  package func abandon() { transport.abandonReads() }

  /// Custom error pages are sent whole.
  private static let maximumBytes = 1 << 20
}

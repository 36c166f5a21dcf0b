internal import AWSKit

/// What a viewer asks for: a path of a distribution.
struct View {
  /// Nil where no distribution answers.
  let distribution: Distribution?
  /// With the slash at its beginning; empty for the distribution itself.
  let path: ObjectKey
  /// The domain name that the viewer knows, without a port.
  let host: String
  /// Whether the Host header names the distribution; else the first segment of the path does.
  let isByHost: Bool
  let request: SandboxRequest
  /// `http` or `https`.
  let scheme: String
  /// The viewer's, two letters.
  let country: String

  /// Finds the distribution by the Host header, as CloudFront does. If that is an address of this machine, or a name
  /// that begins with `viewer.`, the first segment of the path is the distribution's ID.
  init(_ request: SandboxRequest, in state: CloudFrontState) {
    self.request = request
    // Headers that CloudFront adds elsewhere, and viewers cannot set (Developer Guide: "Add CloudFront request headers").
    scheme = request[header: "CloudFront-Forwarded-Proto"] ?? state.edge.scheme
    country = request[header: "CloudFront-Viewer-Country"] ?? state.edge.country
    let whole = request.path ?? []
    let host = Self.withoutPort(request[header: "host"] ?? "")
    isByHost = !Self.isLocal(host)
    if isByHost {
      distribution = state.distribution(host: host)
      path = ObjectKey(whole)
      self.host = host
    } else {
      let end = whole.dropFirst().firstIndex(of: UInt8(ascii: "/")) ?? whole.endIndex
      let id = String(decoding: whole[..<end].dropFirst(), as: UTF8.self)
      distribution = state.distributions[id]
      path = ObjectKey(Array(whole[end...]))
      self.host = distribution?.domainName ?? host
    }
  }

  /// Where a redirect to another scheme leads.
  func url(scheme: String) -> String {
    "\(scheme)://\(host)\(PercentCoding.encode(path.bytes.isEmpty ? [UInt8(ascii: "/")] : path.bytes, keepingSlashes: true))"
  }

  private static func withoutPort(_ authority: String) -> String {
    guard let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") else { return authority }
    return String(authority[..<colon])
  }

  private static func isLocal(_ host: String) -> Bool {
    host.isEmpty || host == "localhost" || host.hasPrefix("[") || host.hasPrefix("viewer.")
      || host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
  }
}

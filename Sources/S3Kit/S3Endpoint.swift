/// Where a service is: Amazon's own, found by region, or another server at a fixed address.
package struct S3Endpoint: Sendable, Hashable {
  private enum Location: Sendable, Hashable {
    case aws
    case custom(scheme: String, authority: String, path: String)
  }

  private let location: Location

  /// Amazon's, with virtual-host-style addresses of buckets.
  package static let aws = S3Endpoint(location: .aws)

  private init(location: Location) {
    self.location = location
  }

  /// A server at `url` (`http` or `https`, host, optional port and path), with path-style addresses.
  ///
  /// - Returns: nil where `url` has another form, or a user, a query or a fragment in it.
  package init?(url: String) {
    guard let colon = url.range(of: "://") else { return nil }
    let scheme = url[..<colon.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    let rest = url[colon.upperBound...]
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    guard
      let authority = Self.authority(rest[..<slash].lowercased(), defaultPort: scheme == "http" ? 80 : 443)
    else { return nil }
    var path = String(rest[slash...])
    while path.hasSuffix("/") { path.removeLast() }
    let isPathPlain = path.utf8.allSatisfy { byte in
      (0x21..<0x7f).contains(byte) && byte != UInt8(ascii: "?") && byte != UInt8(ascii: "#")
    }
    guard isPathPlain else { return nil }
    location = .custom(scheme: scheme, authority: authority, path: path)
  }

  /// Host and port as HTTP clients send them, and so as servers verify the signature: without the scheme's own
  /// port. Nil where the text is no host (name, IPv4 or bracketed IPv6 address) with or without a port.
  private static func authority(_ text: String, defaultPort: UInt16) -> String? {
    var host = text[...]
    var port = defaultPort
    if !text.hasSuffix("]"), let colon = text.lastIndex(of: ":") {
      let digits = text[text.index(after: colon)...]
      guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(digits), number > 0
      else { return nil }
      host = text[..<colon]
      port = number
    }
    let name = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host
    let isAddress = name != host
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case 0x61...0x7a, 0x30...0x39, UInt8(ascii: "."): true
      case UInt8(ascii: "-"), UInt8(ascii: "_"): !isAddress
      case UInt8(ascii: ":"): isAddress
      default: false
      }
    }
    guard isPlain, !name.isEmpty else { return nil }
    return port == defaultPort ? String(host) : "\(host):\(port)"
  }

  /// The URL of another server, normalized; nil for Amazon's.
  package var url: String? {
    switch location {
    case .aws: nil
    case .custom(let scheme, let authority, let path): scheme + "://" + authority + path
    }
  }

  /// The parts of the URL of a bucket, or of the service where there is no bucket: the one place where hosts are built.
  ///
  /// - Parameter account: of operations on a whole account, which have it before the name of Amazon's host.
  package func address(
    of service: AWSService = .s3, bucket: String?, region: Region, account: AccountID? = nil
  ) -> (scheme: String, authority: String, path: String) {
    switch location {
    case .custom(let scheme, let authority, let path):
      return (scheme, authority, path + (bucket.map { "/" + PercentEncoding.encode($0) } ?? ""))
    case .aws:
      let host = (account.map { "\($0)." } ?? "") + service.host(region: region)
      guard let bucket else { return ("https", host, "") }
      guard BucketName.isHostLabel(bucket) else { return ("https", host, "/" + PercentEncoding.encode(bucket)) }
      return ("https", bucket + "." + host, "")
    }
  }

  /// Whether the server could have a region of that name.
  package func accepts(_ region: Region) -> Bool { url != nil || region.isInLowerCase }
}

extension StringProtocol {
  /// The first place where `other` stands, by bytes. (Foundation's is not used here.)
  fileprivate func range(of other: String) -> Range<String.Index>? {
    var start = startIndex
    while start != endIndex {
      if self[start...].hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
      start = index(after: start)
    }
    return nil
  }
}

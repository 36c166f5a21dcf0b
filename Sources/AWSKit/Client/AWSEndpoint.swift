/// Where a service is: Amazon's own, found by region, or another server at a fixed address.
package struct AWSEndpoint: Sendable, Hashable {
  private enum Location: Sendable, Hashable {
    case aws(EndpointVariant)
    /// Another server, or one of Amazon's that has an address of its own.
    case fixed(scheme: String, authority: String, path: String, isAmazons: Bool)
  }

  private let location: Location

  /// Amazon's, with virtual-host-style addresses of buckets.
  package static let aws = amazons([])

  /// Amazon's, by hosts of a variant.
  package static func amazons(_ variant: EndpointVariant) -> AWSEndpoint { AWSEndpoint(location: .aws(variant)) }

  private init(location: Location) {
    self.location = location
  }

  /// A server at `url` (`http` or `https`, host, optional port and path), with path-style addresses; the URL of Amazon's
  /// own S3 in a region is Amazon's.
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
    let host = authority.prefix { $0 != ":" }
    let amazonHost = AmazonHost(String(host))
    if case .regional(let variant) = amazonHost, scheme == "https", host == authority, path.isEmpty {
      location = .aws(variant)
    } else {
      location = .fixed(scheme: scheme, authority: authority, path: path, isAmazons: amazonHost != nil)
    }
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

  /// Whether it is one of Amazon's own addresses.
  package var isAmazons: Bool { url == nil }

  /// The URL of another server, normalized; nil for Amazon's.
  package var url: String? {
    switch location {
    case .aws, .fixed(_, _, _, isAmazons: true): nil
    case .fixed(let scheme, let authority, let path, isAmazons: false): scheme + "://" + authority + path
    }
  }

  /// Whether it is Amazon's, by hosts of that variant.
  package func hosts(_ variant: EndpointVariant) -> Bool {
    if case .aws(let own) = location { own.contains(variant) } else { false }
  }

  /// Whether it is an address that stays as it is, whatever the region.
  package var isFixed: Bool {
    if case .fixed = location { true } else { false }
  }

  /// The text of a URL as it may be shown: without a user and a password, and what follows a question mark.
  package static func shown(url: String) -> String {
    var text = String(url.prefix { $0 != "?" && $0 != "#" })
    if let end = text.lastIndex(of: "@") {
      let start = text.range(of: "://").map(\.upperBound) ?? text.startIndex
      text = start <= end ? text[..<start] + "***" + text[end...] : "***"
    }
    return text + (url.contains { $0 == "?" || $0 == "#" } ? "…" : "")
  }

  /// The parts of the URL of a bucket, or of the service where there is no bucket: the one place where hosts are built.
  ///
  /// - Parameter account: of operations on a whole account, which have it before the name of Amazon's host.
  package func address(
    of service: AWSService = .s3, bucket: String?, region: Region, account: AccountID? = nil
  ) -> (scheme: String, authority: String, path: String) {
    switch location {
    case .fixed(let scheme, let authority, let path, _):
      return (scheme, authority, path + (bucket.map { "/" + PercentEncoding.encode($0) } ?? ""))
    case .aws(let variant):
      let host = (account.map { "\($0)." } ?? "") + service.host(region: region, variant)
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

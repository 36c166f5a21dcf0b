/// Where a service is: Amazon's own, found by region, or another server at a fixed address.
package struct AWSEndpoint: Sendable, Hashable {
  private enum Location: Sendable, Hashable {
    case aws(EndpointVariant)
    /// Another server, or one of Amazon's endpoints with a fixed host.
    case fixed(scheme: String, authority: String, path: String, isAmazons: Bool)
  }

  private let location: Location
  /// What the URL of a host of Amazon S3's says of its place.
  private let amazonHost: AmazonHost?

  /// Amazon's regional hosts, with virtual-host-style bucket addresses.
  package static let aws = amazons([])

  /// Amazon's regional hosts of a variant.
  package static func amazons(_ variant: EndpointVariant) -> AWSEndpoint { AWSEndpoint(location: .aws(variant)) }

  private init(location: Location) {
    self.location = location
    amazonHost = nil
  }

  /// A server at `url` (`http` or `https`, host, optional port and path), with path-style addresses. The URL of a
  /// regional host of Amazon's S3 gives Amazon's endpoint.
  ///
  /// - Returns: nil if `url` has another form, or contains a user, a query or a fragment.
  package init?(url: String) {
    self.init(url, .s3)
  }

  /// A service's server at `url`, as somebody set it for that service or for all. If it is an address of S3's own, it
  /// says nothing of the other services: then it is Amazon's endpoint.
  package init?(url: String, of service: AWSService) {
    self.init(url, service)
  }

  /// A server at exactly this address, Amazon's or not.
  package init?(exactly url: String) {
    self.init(url, nil)
  }

  /// - Parameter service: the service that is there; nil if the address is not to be read.
  private init?(_ url: String, _ service: AWSService?) {
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
    var amazonHost = service == nil ? nil : AmazonHost(String(host))
    let fixed = Location.fixed(scheme: scheme, authority: authority, path: path, isAmazons: amazonHost != nil)
    switch (service, amazonHost?.kind) {
    case (.s3, .regional(let variant)) where scheme == "https" && host == authority && path.isEmpty:
      location = .aws(variant)
    case (nil, _), (_, nil), (.s3, _), (.s3Control, .controlNetwork): location = fixed
    default:
      location = .aws([])
      amazonHost = nil
    }
    self.amazonHost = amazonHost
  }

  /// The host and port of a `Host` header, without the scheme's default port; signatures cover exactly this text. Nil
  /// if the text is not a host (name, IPv4 or bracketed IPv6 address) with an optional port.
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

  /// Whether the host is one of Amazon's.
  package var isAmazons: Bool { url == nil }

  /// The normalized URL of another server; nil for Amazon's hosts.
  package var url: String? {
    switch location {
    case .aws, .fixed(_, _, _, isAmazons: true): nil
    case .fixed(let scheme, let authority, let path, isAmazons: false): scheme + "://" + authority + path
    }
  }

  /// Whether it stands for Amazon's hosts of that variant.
  package func hosts(_ variant: EndpointVariant) -> Bool {
    if case .aws(let own) = location { own.contains(variant) } else { false }
  }

  /// The region that the URL of a host of Amazon's names.
  package var region: Region? { amazonHost?.region }

  /// Whether the host is the same for every region.
  package var isFixed: Bool {
    if case .fixed = location { true } else { false }
  }

  /// A URL that is safe to print: without user, password and query.
  package static func shown(url: String) -> String {
    var text = String(url.prefix { $0 != "?" && $0 != "#" })
    if let end = text.lastIndex(of: "@") {
      let start = text.range(of: "://").map(\.upperBound) ?? text.startIndex
      text = start <= end ? text[..<start] + "***" + text[end...] : "***"
    }
    return text + (url.contains { $0 == "?" || $0 == "#" } ? "…" : "")
  }

  /// The URL parts for a bucket, or for the service itself. The only place where hosts are built.
  ///
  /// - Parameter account: for operations on a whole account; Amazon puts it before its host name.
  package func address(
    of service: AWSService = .s3, bucket: String?, region: Region, account: AccountID? = nil
  ) -> (scheme: String, authority: String, path: String) {
    switch location {
    case .fixed(let scheme, let authority, let path, let isAmazons):
      let owner = isAmazons ? account.map { "\($0)." } ?? "" : ""
      return (scheme, owner + authority, path + (bucket.map { "/" + PercentEncoding.encode($0) } ?? ""))
    case .aws(let variant):
      let host = (account.map { "\($0)." } ?? "") + service.host(region: region, variant)
      guard let bucket else { return ("https", host, "") }
      guard BucketName.isHostLabel(bucket) else { return ("https", host, "/" + PercentEncoding.encode(bucket)) }
      return ("https", bucket + "." + host, "")
    }
  }

  /// Whether the server could have a region with that name.
  package func accepts(_ region: Region) -> Bool { url != nil || region.isInLowerCase }

  /// Whether a region is in the partition of the host of Amazon's that a URL names; true if no URL names one.
  package func hasPartition(of region: Region) -> Bool {
    guard let amazonHost else { return true }
    let partition = Partition.of(region)
    return amazonHost.region.map { Partition.of($0) == partition } ?? (partition.domain == amazonHost.domain)
  }
}

extension StringProtocol {
  /// The first range that equals `other`, by bytes. (Foundation's method is not available here.)
  fileprivate func range(of other: String) -> Range<String.Index>? {
    var start = startIndex
    while start != endIndex {
      if self[start...].hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
      start = index(after: start)
    }
    return nil
  }
}

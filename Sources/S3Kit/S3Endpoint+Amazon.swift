extension S3Endpoint {
  /// Whether it is Amazon's S3: found by region, or named by the URL of a regional, dual-stack, FIPS or VPC endpoint.
  package var isAmazons: Bool {
    guard let url, let slashes = url.utf8.firstIndex(of: UInt8(ascii: "/")) else { return true }
    let authority = url.utf8[slashes...].dropFirst(2).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
    let host = String(Substring(authority))
    return Partition.all.contains { host.hasSuffix("." + $0.domain) || host.hasSuffix("." + $0.dualStackDomain) }
  }
}

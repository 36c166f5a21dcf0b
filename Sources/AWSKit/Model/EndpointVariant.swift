/// A variant of Amazon's hosts for a service and region.
package struct EndpointVariant: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Hosts with cryptography validated by FIPS 140.
  package static let fips = EndpointVariant(rawValue: 1)
  /// Hosts that also support IPv6.
  package static let dualStack = EndpointVariant(rawValue: 2)
}

/// The kind of an Amazon S3 host.
enum AmazonHost: Sendable, Equatable {
  /// S3's host in a region, which is built anew for each bucket.
  case regional(EndpointVariant)
  /// An interface endpoint in a VPC (`vpce-….s3.REGION.vpce.amazonaws.com`), which is used unchanged.
  case network

  /// Nil for every other host, including those below Amazon's domains that run customers' servers.
  init?(_ host: String) {
    guard let domain = Partition.domains.first(where: { host.hasSuffix("." + $0) }) else { return nil }
    let labels = host.dropLast(domain.count + 1).split(separator: ".", omittingEmptySubsequences: false).map(
      String.init)
    if labels.count >= 4, labels.suffix(3).first == "s3", labels.last == "vpce",
      labels.dropLast(3).contains(where: { $0.hasPrefix("vpce-") })
    {
      self = .network
      return
    }
    // A bucket may precede it.
    guard let place = labels.lastIndex(where: { $0 == "s3" || $0.hasPrefix("s3-") }) else { return nil }
    var rest = labels[(place + 1)...]
    var variant: EndpointVariant = labels[place].hasPrefix("s3-fips") ? .fips : []
    if rest.first == "dualstack" {
      variant.insert(.dualStack)
      rest.removeFirst()
    }
    switch labels[place] {
    case "s3", "s3-fips": guard rest.count <= 1 else { return nil }
    // The old form `s3-eu-west-1`, and `s3-external-1`, which is us-east-1; but not `s3-website`, `s3-control` and the
    // like.
    case let label where rest.isEmpty && Region(String(label.dropFirst(3))) != nil && label.last?.isNumber == true:
      break
    default: return nil
    }
    self = .regional(variant)
  }
}

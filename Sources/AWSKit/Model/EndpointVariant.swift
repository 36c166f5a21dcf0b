/// Which of Amazon's hosts for a service and region are meant.
package struct EndpointVariant: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Those with cryptography validated by FIPS 140.
  package static let fips = EndpointVariant(rawValue: 1)
  /// Those that answer by IPv6 too.
  package static let dualStack = EndpointVariant(rawValue: 2)
}

/// What the name of a host says of Amazon's S3.
enum AmazonHost: Sendable, Equatable {
  /// S3's own host of a region, which is built anew for each bucket.
  case regional(EndpointVariant)
  /// An interface endpoint in somebody's network (`vpce-….s3.REGION.vpce.amazonaws.com`), which stays as it is.
  case network

  /// Nil for every other host, also below Amazon's domains, where customers' servers are as well.
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
    // A bucket may stand before it.
    guard let place = labels.lastIndex(where: { $0 == "s3" || $0.hasPrefix("s3-") }) else { return nil }
    var rest = labels[(place + 1)...]
    var variant: EndpointVariant = labels[place].hasPrefix("s3-fips") ? .fips : []
    if rest.first == "dualstack" {
      variant.insert(.dualStack)
      rest.removeFirst()
    }
    switch labels[place] {
    case "s3", "s3-fips": guard rest.count <= 1 else { return nil }
    // `s3-eu-west-1` of old, and `s3-external-1`, which is us-east-1; not `s3-website`, `s3-control` and their like.
    case let label where rest.isEmpty && Region(String(label.dropFirst(3))) != nil && label.last?.isNumber == true:
      break
    default: return nil
    }
    self = .regional(variant)
  }
}

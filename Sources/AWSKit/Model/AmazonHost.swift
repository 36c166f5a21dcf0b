/// A host of Amazon S3's, by its name.
struct AmazonHost: Sendable, Hashable {
  /// The kind of host.
  enum Kind: Sendable, Hashable {
    /// S3's host in a region, which is built again for each bucket.
    case regional(EndpointVariant)
    /// An interface endpoint in a VPC (`vpce-….s3.REGION.vpce.amazonaws.com`), which is used unchanged.
    case network
    /// The same of S3 Control (`control.vpce-….s3.REGION.vpce.amazonaws.com`).
    case controlNetwork
  }

  let kind: Kind
  /// The domain of its partition.
  let domain: String
  /// The region in its name, or the main one of a partition beside the standard one; nil for `s3.amazonaws.com`.
  let region: Region?

  /// Nil for every other host, including those below Amazon's domains that run customers' servers.
  init?(_ host: String) {
    guard let domain = Partition.domains.first(where: { host.hasSuffix("." + $0) }) else { return nil }
    let labels = host.dropLast(domain.count + 1).split(separator: ".", omittingEmptySubsequences: false).map(
      String.init)
    guard let (kind, regionName) = Self.networkHost(labels) ?? Self.regionalHost(labels) else { return nil }
    let standard = Partition.of(.standard)
    if let regionName {
      // If the domain is not the region's, a host that is built for the region is another one.
      guard let region = Region(regionName), Partition.of(region).domain == domain else { return nil }
      self.region = region
    } else {
      region = domain == standard.domain ? nil : Partition.all.first { $0.domain == domain }?.mainRegion
    }
    (self.kind, self.domain) = (kind, domain)
  }

  private static func networkHost(_ labels: [String]) -> (Kind, region: String?)? {
    guard labels.count >= 4, labels.suffix(3).first == "s3", labels.last == "vpce",
      let name = labels.dropLast(3).firstIndex(where: { $0.hasPrefix("vpce-") })
    else { return nil }
    let isControl = name > 0 && labels[name - 1] == "control"
    return (isControl ? .controlNetwork : .network, labels[labels.count - 2])
  }

  private static func regionalHost(_ labels: [String]) -> (Kind, region: String?)? {
    // A bucket may precede it.
    guard let place = labels.lastIndex(where: { $0 == "s3" || $0.hasPrefix("s3-") }) else { return nil }
    let label = labels[place]
    var rest = labels[(place + 1)...]
    var variant: EndpointVariant = label.hasPrefix("s3-fips") ? .fips : []
    if rest.first == "dualstack" {
      variant.insert(.dualStack)
      rest.removeFirst()
    }
    switch label {
    case "s3", "s3-fips":
      guard rest.count <= 1 else { return nil }
      return (.regional(variant), rest.first)
    case "s3-external-1":
      guard rest.isEmpty else { return nil }
      return (.regional(variant), Region.standard.name)
    default:
      // The old form `s3-eu-west-1`, and not `s3-website-eu-west-1`, `s3-control` and the like.
      let name = label.dropFirst(variant.contains(.fips) ? "s3-fips-".count : "s3-".count)
      guard rest.isEmpty, looksLikeRegion(name) else { return nil }
      return (.regional(variant), String(name))
    }
  }

  /// Whether the text looks like `eu-west-1`: the first part of all regions is short, and the last one is a number.
  private static func looksLikeRegion(_ text: Substring) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 3, let number = parts.last, let area = parts.first else { return false }
    return (2...4).contains(area.count) && !number.isEmpty && number.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}

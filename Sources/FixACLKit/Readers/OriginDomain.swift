internal import AWSKit

/// What the domain name of a distribution's origin says of a bucket.
package enum OriginDomain: Sendable, Equatable {
  /// The bucket itself, read by S3's API.
  case bucket
  /// The bucket's website endpoint, which is read by anybody and no otherwise.
  case website
  /// Another bucket, or no bucket at all.
  case other

  package init(_ domainName: String, bucket: String) {
    let name = domainName.lowercased()
    let bucket = bucket.lowercased() + "."
    guard name.hasPrefix(bucket), let domain = Self.domains.first(where: { name.hasSuffix($0) }) else {
      self = .other
      return
    }
    // What stands between: `s3`, `s3.REGION`, the old `s3-REGION`, `s3.dualstack.REGION`, and the same of `s3-website`.
    let labels = name.utf8.dropFirst(bucket.utf8.count).dropLast(domain.utf8.count)
      .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { String(Substring($0)) }
    let rest = labels.dropFirst()
    switch labels.first ?? "" {
    case "s3" where rest.isEmpty || rest.count == 1 || rest.first == "dualstack" && rest.count == 2: self = .bucket
    case let first where first.hasPrefix("s3-website"): self = rest.count <= 1 ? .website : .other
    case let first where first.hasPrefix("s3-") && rest.isEmpty: self = .bucket
    default: self = .other
    }
  }

  /// The bucket that an origin's domain name leads to, and the region in it; nil if it is none of S3's.
  package static func bucket(in domainName: String) -> (name: String, region: String?, kind: OriginDomain)? {
    let name = domainName.lowercased()
    guard let domain = domains.first(where: { name.hasSuffix($0) }) else { return nil }
    let labels = name.dropLast(domain.count).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    // A bucket's name may have dots, and labels like S3's own.
    for place in labels.indices.reversed() where place > 0 && labels[place].hasPrefix("s3") {
      let bucket = labels[..<place].joined(separator: ".")
      let kind = OriginDomain(domainName, bucket: bucket)
      guard kind != .other else { continue }
      let rest = labels[(place + 1)...].filter { $0 != "dualstack" }
      let first = labels[place]
      let website = "s3-website-"
      let old =
        first.hasPrefix(website) ? first.dropFirst(website.count) : first.hasPrefix("s3-") ? first.dropFirst(3) : ""
      let region = rest.first ?? (old.isEmpty || old == "website" ? nil : String(old))
      return (bucket, region, kind)
    }
    return nil
  }

  private static let domains = Partition.domains.map { "." + $0 }
}

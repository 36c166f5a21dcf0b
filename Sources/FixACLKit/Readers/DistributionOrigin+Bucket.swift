package import AWSKit

extension DistributionOrigin {
  /// Whether it is the bucket, by S3's API or as a website.
  package func isOf(bucket: String) -> Bool { OriginDomain(domainName, bucket: bucket) != .other }

  /// What the origin path puts before a viewer's path to make a key: no slash at the beginning, and one at the end,
  /// unless it is empty.
  var keyPrefix: [UInt8] {
    let folder = path.utf8.drop { $0 == UInt8(ascii: "/") }
    return folder.isEmpty || folder.last == UInt8(ascii: "/") ? Array(folder) : Array(folder) + [UInt8(ascii: "/")]
  }
}

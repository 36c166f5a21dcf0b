/// The rules for bucket names.
package enum BucketName {
  /// Whether a bucket on S3 or another server could have that name, which becomes part of a host name or a path.
  ///
  /// Wider than today's rules: the oldest buckets have capitals, underscores and up to 255 characters (S3 User Guide,
  /// "General purpose bucket naming rules"), and Ceph RadosGW puts a tenant and a colon before the name.
  package static func isPlausible(_ name: String) -> Bool {
    (1...255).contains(name.utf8.count) && name != "." && name != ".."
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: ":"), UInt8(ascii: "$"):
          true
        default: false
        }
      }
  }

  /// Whether the name can precede S3's host: no TLS certificate matches a name with a dot, and capitals and underscores
  /// are not valid in host names.
  static func isHostLabel(_ name: String) -> Bool {
    name.utf8.count >= 3 && HostLabel.isValid(name) && !name.utf8.contains { (0x41...0x5a).contains($0) }
  }
}

/// What a bucket can be called.
package enum BucketName {
  /// Whether a bucket could have that name, here or on another server: it becomes part of a host name or of a path.
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

  /// Whether the name can stand before S3's host: a dot would have no TLS certificate that fits, and capitals and
  /// underscores are no host names.
  static func isHostLabel(_ name: String) -> Bool {
    name.utf8.count >= 3 && HostLabel.isValid(name) && !name.utf8.contains { (0x41...0x5a).contains($0) }
  }
}

/// A region's name, checked to be one label of a host name, since hosts are built with it and signatures contain it.
///
/// Servers other than Amazon's have regions such as `default` or `RegionOne`.
package struct Region: Sendable, Hashable, CustomStringConvertible {
  /// Such as `eu-west-1`.
  package let name: String

  /// Nil if the text cannot be a label of a host name.
  package init?(_ name: String) {
    guard HostLabel.isValid(name) else { return nil }
    self.name = name
  }

  /// - Parameter name: a name of the source code, which is valid.
  init(known name: String) {
    self.name = name
  }

  /// The default region.
  package static let standard = Region(known: "us-east-1")
  /// The region behind S3's location constraint `EU`.
  static let ireland = Region(known: "eu-west-1")

  /// Whether Amazon could have a region with that name: all of them are in lower case.
  package var isInLowerCase: Bool { !name.utf8.contains { (0x41...0x5a).contains($0) } }

  package var description: String { name }
}

/// The number of an AWS account: twelve digits, so it can be a label of a host name.
package struct AccountID: Sendable, Hashable, CustomStringConvertible {
  /// The digits.
  package let digits: String

  /// Nil unless the text is twelve digits.
  package init?(_ digits: String) {
    guard digits.utf8.count == 12, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    self.digits = digits
  }

  package var description: String { digits }
}

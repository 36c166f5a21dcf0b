/// A region's name, checked to be one label of a host name: a host is built of it, and requests are signed for it.
///
/// Other servers than Amazon's have regions such as `default` or `RegionOne`.
package struct Region: Sendable, Hashable, CustomStringConvertible {
  /// Such as `eu-west-1`.
  package let name: String

  /// Nil where the text could not be a label of a host name, whoever says it.
  package init?(_ name: String) {
    guard HostLabel.isValid(name) else { return nil }
    self.name = name
  }

  private init(known name: String) {
    self.name = name
  }

  /// The region of whoever names none.
  package static let standard = Region(known: "us-east-1")
  /// Where S3's location constraint `EU` is.
  static let ireland = Region(known: "eu-west-1")
  /// Where China's CloudFront is.
  static let ningxia = Region(known: "cn-northwest-1")

  /// Whether Amazon could have a region of that name: all of them are in lower case.
  package var isInLowerCase: Bool { !name.utf8.contains { (0x41...0x5a).contains($0) } }

  package var description: String { name }
}

/// The number of an AWS account: twelve digits, which can become a label of a host name.
package struct AccountID: Sendable, Hashable, CustomStringConvertible {
  /// The digits.
  package let digits: String

  /// Nil where the text is anything but twelve digits.
  package init?(_ digits: String) {
    guard digits.utf8.count == 12, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    self.digits = digits
  }

  package var description: String { digits }
}

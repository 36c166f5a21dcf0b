package import AWSKit

/// Tests write regions out, and are to end where one of them could not be.
extension Region: ExpressibleByStringLiteral {
  package init(stringLiteral name: String) {
    self.init(name)!
  }
}

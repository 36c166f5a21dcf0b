internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

extension BatchPlace {
  /// - Throws: what to write instead.
  init(argument: String) throws(ValidationError) {
    let scheme = "s3://"
    let rest = argument.hasPrefix(scheme) ? argument.dropFirst(scheme.count) : ""
    let bucket = rest.prefix { $0 != "/" }
    let prefix = rest.dropFirst(bucket.count + 1)
    guard !bucket.isEmpty, prefix.utf8.count <= Self.maximumPrefixLength,
      prefix.utf8.allSatisfy({ (0x21..<0x7f).contains($0) })
    else {
      throw ValidationError(
        "'\(argument.escapedForTerminal)' is not a place in S3: write it as s3://BUCKET/PREFIX, the prefix of at most"
          + " \(Self.maximumPrefixLength) printable ASCII characters.")
    }
    self.init(bucket: String(bucket), prefix: String(prefix))
  }

  /// A report's prefix has at most 512 characters (S3 Control's API).
  private static let maximumPrefixLength = 500
}

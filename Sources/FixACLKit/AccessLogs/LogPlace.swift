internal import AWSKit

/// Where logs are: a file, a folder with all that is in it, or the objects of a bucket under a prefix.
package enum LogPlace: Sendable, Equatable, CustomStringConvertible {
  /// A file or a folder; `-` for stdin.
  case path(String)
  case bucket(String, prefix: String)

  /// Parses what a user types: `logs/`, `-`, `s3://BUCKET/PREFIX`.
  ///
  /// - Returns: nil for a URL of S3 without a bucket, and for an empty text.
  package init?(_ text: String) {
    let scheme = "s3://"
    guard text.hasPrefix(scheme) else {
      guard !text.isEmpty else { return nil }
      self = .path(text)
      return
    }
    let rest = text.dropFirst(scheme.count)
    let name = rest.prefix { $0 != "/" }
    guard !name.isEmpty else { return nil }
    self = .bucket(String(name), prefix: String(rest.dropFirst(name.count + 1)))
  }

  package var description: String {
    switch self {
    case .path("-"): "stdin"
    case .path(let path): path.escapedForTerminal
    case .bucket(let name, let prefix): "s3://\(name)/\(prefix)".escapedForTerminal
    }
  }
}

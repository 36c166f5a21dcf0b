internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

/// What `explain` is about: `s3://BUCKET/KEY`, or a URL that CloudFront serves.
struct TargetArgument {
  let target: ExplainRequest.Target
  /// The partition that the bucket's ARN names; nil if there is none.
  let partition: Partition?

  init(_ text: String) throws(ValidationError) {
    let scheme = text.prefix { $0 != ":" }.lowercased()
    switch scheme {
    case "s3" where text.dropFirst(2).hasPrefix("://"):
      let rest = text.utf8.dropFirst(5)
      let parts = rest.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
      let bucket: BucketArgument
      do {
        bucket = try BucketArgument("s3://" + String(Substring(parts.first ?? "".utf8[...])))
      } catch {
        throw ValidationError(error.description)
      }
      guard parts.count > 1, !parts[1].isEmpty else {
        throw ValidationError(
          "'\(text.escapedForTerminal)' names no object. Write s3://BUCKET/KEY; 'fixacl plan' looks at a whole bucket.")
      }
      let key = ObjectKey(Array(parts[1]))
      guard key.bytes.count <= ObjectKey.maximumLength else {
        throw ValidationError("the key has \(key.bytes.count) bytes, and S3's have at most \(ObjectKey.maximumLength).")
      }
      target = .object(bucket: bucket.name, key: key)
      partition = bucket.partition
    case "http", "https":
      guard let url = ViewerURL(text) else {
        throw ValidationError("'\(text.escapedForTerminal)' is not a URL. Write https://HOST/PATH.")
      }
      target = .url(url)
      partition = nil
    default:
      throw ValidationError(
        "'\(text.escapedForTerminal)' is neither a URL nor an object. Write https://HOST/PATH or s3://BUCKET/KEY.")
    }
  }
}

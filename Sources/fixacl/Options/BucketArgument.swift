internal import AWSKit

/// A bucket as users write it: its name, `s3://NAME[/PREFIX]`, or its ARN, `arn:aws:s3:::NAME[/PREFIX*]`.
struct BucketArgument: Sendable, Equatable {
  let name: String
  /// The beginning of the keys that are meant; nil for all.
  let prefix: String?
  /// The partition that its ARN names; nil if it is no ARN.
  let partition: Partition?

  /// The argument is not a bucket: what it is, and what to name instead, as whole sentences.
  struct Problem: Error, Sendable, Equatable {
    let description: String
  }

  init(_ text: String) throws(Problem) {
    let shown = "'\(text.escapedForTerminal)'"
    if text.hasPrefix("arn:") {
      let place = try Self.place(inARN: text, shown: shown)
      self.init(name: place.bucket, prefix: place.prefix, partition: place.partition)
    } else if text.prefix(5).lowercased() == "s3://" {
      let parts = text.dropFirst(5).utf8.split(
        separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false
      ).map { String(Substring($0)) }
      let prefix = parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil
      if parts[0].hasPrefix("arn:") {
        // The slash in an access point's ARN does not begin a prefix.
        let place = try Self.place(inARN: String(text.dropFirst(5)), shown: shown)
        self.init(name: place.bucket, prefix: place.prefix, partition: place.partition)
      } else {
        self.init(name: parts[0], prefix: prefix)
      }
    } else {
      self.init(name: text.hasSuffix("/") ? String(text.dropLast()) : text, prefix: nil)
    }
    if name.isEmpty { throw Problem(description: "\(shown) is not a bucket. Write the bucket's name.") }
    if name.utf8.contains(UInt8(ascii: "/")) {
      throw Problem(
        description:
          "\(shown) is not a bucket. Write the bucket's name; for a part of it s3://NAME/PREFIX, or --prefix.")
    }
    guard BucketName.isPlausible(name) else {
      throw Problem(description: "\(shown) cannot be a bucket. Write the bucket's name, as 'aws s3 ls' shows it.")
    }
    if let kind = Self.kinds.first(where: { name.hasSuffix($0.suffix) }) {
      throw Problem(description: "\(shown) is \(kind.what)")
    }
  }

  private init(name: String, prefix: String?, partition: Partition? = nil) {
    self.name = name
    self.prefix = prefix
    self.partition = partition
  }

  private static let bucketOfAccessPoint =
    "Name the bucket behind it, which 'aws s3control get-access-point' shows."

  /// What a name's suffix reveals it to be (S3 User Guide: bucket naming rules, access point aliases).
  private static let kinds: [(suffix: String, what: String)] = [
    ("--x-s3", "a directory bucket, which has no ACLs: the bucket owner owns all of its objects. \(nothing)"),
    ("--xa-s3", "an access point of a directory bucket, which has no ACLs. \(nothing)"),
    ("--table-s3", "a table bucket, which has no ACLs. \(nothing)"),
    ("--op-s3", "an access point alias of S3 on Outposts, where objects have no ACLs. \(nothing)"),
    ("--ol-s3", "an Object Lambda access point alias, not a bucket. \(bucketOfAccessPoint)"),
    ("-ext-s3alias", "an access point alias of a file system, which has no ACLs. \(nothing)"),
    (
      "-s3alias",
      "an access point alias, and fixacl needs the bucket's own name. \(bucketOfAccessPoint)"
    ),
    (
      ".mrap",
      "a Multi-Region Access Point. Name one of the buckets behind it: 'aws s3control"
        + " get-multi-region-access-point' shows them."
    ),
  ]

  private static let nothing = "There is nothing for fixacl to repair."

  /// What a bucket's ARN names, `arn:PARTITION:s3:::NAME`, or the ARN of all objects whose keys begin alike,
  /// `arn:PARTITION:s3:::NAME/PREFIX*`.
  private static func place(
    inARN arn: String, shown: String
  ) throws(Problem) -> (bucket: String, prefix: String?, partition: Partition) {
    let parts = arn.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    let service = parts.count > 2 ? parts[2] : ""
    let resource = parts.count > 5 ? parts[5] : ""
    switch service {
    case "s3" where parts.count == 6 && parts[3].isEmpty && parts[4].isEmpty && !resource.isEmpty:
      guard let partition = Partition.all.first(where: { $0.name == parts[1] }) else {
        throw Problem(
          description: "\(shown) names no partition of AWS: write arn:aws:s3:::NAME, in China arn:aws-cn:s3:::NAME.")
      }
      let pieces = resource.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        .map { String(Substring($0)) }
      guard pieces.count > 1 else { return (resource, nil, partition) }
      let isWildcard = { (byte: UInt8) in byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") }
      let beginning = pieces[1].utf8.dropLast()
      guard pieces[1].utf8.last == UInt8(ascii: "*") else {
        throw Problem(
          description: "\(shown) is the ARN of one object: for all keys that begin with it write s3://NAME/PREFIX, and"
            + " for just this one name it with --keys-from.")
      }
      guard !beginning.contains(where: isWildcard) else {
        throw Problem(
          description: "\(shown) has a wildcard before its end: write the bucket, and the pattern with --include.")
      }
      return (pieces[0], beginning.isEmpty ? nil : String(Substring(beginning)), partition)
    case "s3" where resource.hasPrefix("accesspoint/") || resource.hasPrefix("accesspoint:"):
      let isMultiRegion = parts[3].isEmpty
      throw Problem(
        description: isMultiRegion
          ? "\(shown) is a Multi-Region Access Point. Name one of the buckets behind it: 'aws s3control"
            + " get-multi-region-access-point' shows them."
          : "\(shown) is an access point, and fixacl needs the bucket's own name. \(bucketOfAccessPoint)"
      )
    case "s3-object-lambda":
      throw Problem(description: "\(shown) is an Object Lambda access point, not a bucket. \(bucketOfAccessPoint)")
    case "s3-outposts":
      throw Problem(description: "\(shown) is of S3 on Outposts, where objects have no ACLs. \(nothing)")
    case "s3express":
      throw Problem(
        description: "\(shown) is of a directory bucket, which has no ACLs: the bucket owner owns all of its objects."
          + " \(nothing)")
    case "s3vectors":
      throw Problem(description: "\(shown) is of a vector bucket, which has no objects. \(nothing)")
    case "s3tables":
      throw Problem(description: "\(shown) is of a table bucket, which has no ACLs. \(nothing)")
    case "cloudfront":
      throw Problem(
        description: "\(shown) is a CloudFront ARN. Name the bucket; name the distribution with --distribution.")
    default:
      throw Problem(description: "\(shown) is not a bucket's ARN, which is arn:aws:s3:::NAME.")
    }
  }
}

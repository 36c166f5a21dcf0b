internal import AWSKit

/// The objects a policy is evaluated for: those of one bucket whose keys begin with a prefix.
package struct PolicyScope: Sendable, Hashable {
  package let bucket: String
  package let prefix: String
  /// The ARN prefixes, one for each partition of AWS.
  private let beginnings: [[UInt8]]

  package init(bucket: String, prefix: String? = nil) {
    self.bucket = bucket
    self.prefix = prefix ?? ""
    beginnings = Partition.all.map { Array("arn:\($0.name):s3:::\(bucket)/\(prefix ?? "")".utf8) }
  }

  /// How much of the scope a statement's resources cover.
  package enum Coverage: Sendable {
    case all
    case some
    case none
  }

  /// How much of the scope a statement's resources cover.
  package func coverage(of statement: PolicyDocument.Statement) -> Coverage {
    let patterns = statement.resources.map { PolicyPattern($0) }
    let covers = patterns.contains { pattern in beginnings.contains { pattern.covers(everythingWith: $0) } }
    let overlaps = patterns.contains { pattern in beginnings.contains { pattern.overlaps(with: $0) } }
    guard statement.excludesResources else { return covers ? .all : overlaps ? .some : .none }
    return covers ? .none : overlaps ? .some : .all
  }

  /// The key prefix that a resource stands for; nil if it is not a plain prefix.
  package func keyPrefix(of resource: String) -> String? {
    let pattern = PolicyPattern(resource)
    let literal = pattern.literalPrefix
    for partition in Partition.all {
      let beginning = "arn:\(partition.name):s3:::\(bucket)/"
      guard literal.utf8.starts(with: beginning.utf8) else { continue }
      let prefix = String(decoding: literal.utf8.dropFirst(beginning.utf8.count), as: UTF8.self)
      return prefix.isEmpty ? nil : prefix
    }
    return nil
  }
}

extension PolicyDocument.Statement {
  /// Whether the statement is about reading objects.
  package var concernsReading: Bool { isAbout("s3:GetObject") }
}

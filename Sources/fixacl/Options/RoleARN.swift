internal import ArgumentParser
internal import AWSKit

/// The ARN of an IAM role, as users type it.
struct RoleARN: ExpressibleByArgument {
  let arn: String

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
    guard Partition.of(arn: argument) != nil, parts.count == 6, parts[2] == "iam", parts[3].isEmpty,
      AccountID(parts[4]) != nil, parts[5].hasPrefix("role/"), parts[5].utf8.count > 5,
      argument.utf8.allSatisfy({ (0x21..<0x7f).contains($0) })
    else { return nil }
    arn = argument
  }
}

internal import ArgumentParser
internal import AWSKit

/// The ARN of an IAM role, as users type it.
struct RoleARN: Equatable {
  let arn: String

  /// - Throws: what else it is, and what to write instead.
  init(_ argument: String) throws(ValidationError) {
    let parts = argument.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
    guard Partition.of(arn: argument) != nil, parts.count == 6, parts[2] == "iam", parts[3].isEmpty,
      AccountID(parts[4]) != nil, parts[5].hasPrefix("role/"), parts[5].utf8.count > 5,
      argument.utf8.allSatisfy({ (0x21..<0x7f).contains($0) })
    else {
      let isSession = parts.count == 6 && parts[2] == "sts" && parts[5].hasPrefix("assumed-role/")
      throw ValidationError(
        "'\(argument.escapedForTerminal)' is not the ARN of a role"
          + (isSession ? ", but of a session. 'aws iam get-role' shows the role's ARN" : "")
          + ": write it as arn:aws:iam::ACCOUNT_ID:role/NAME.")
    }
    arn = argument
  }
}

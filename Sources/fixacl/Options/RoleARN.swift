internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

/// The ARN of an IAM role, as users type it.
struct RoleARN: Equatable {
  let arn: String

  /// - Throws: what else it is, and what to write instead.
  init(_ argument: String) throws(ValidationError) {
    guard OwnerRole.isARN(argument) else {
      let parts = argument.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
      let isSession = parts.count == 6 && parts[2] == "sts" && parts[5].hasPrefix("assumed-role/")
      throw ValidationError(
        "'\(argument.escapedForTerminal)' is not the ARN of a role"
          + (isSession ? ", but of a session. 'aws iam get-role' shows the role's ARN" : "")
          + ": write it as arn:aws:iam::ACCOUNT_ID:role/NAME.")
    }
    arn = argument
  }
}

internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

/// From when on objects are wanted, as users write it: `2026-11-01`, `2026-11-01T12:00:00Z`, or an age such as `7d`.
struct ModifiedSinceArgument: Equatable {
  let beginning: SelectionRequest.Beginning

  init(_ argument: String) throws(ValidationError) {
    if let age = AgeArgument(argument: argument) {
      beginning = .ago(seconds: age.seconds)
    } else if let time = Timestamp(iso8601: argument) {
      beginning = .moment(time)
    } else {
      throw ValidationError(
        "write a date such as 2026-11-01, a time such as 2026-11-01T12:00:00Z, or an age such as 24h or 7d.")
    }
  }
}

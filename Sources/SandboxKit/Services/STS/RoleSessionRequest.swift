internal import AWSKit

/// What the ways to assume a role have in common: which role, under which name, for how long.
struct RoleSessionRequest {
  let roleARN: String
  let sessionName: String
  /// An hour unless something else is asked for.
  let seconds: Int

  init(_ call: STSCall) throws(ServiceError) {
    roleARN = try call.required("RoleArn")
    sessionName = try Self.sessionName(call)
    seconds = try Self.seconds(call)
  }

  /// The role that the ARN names, of any account.
  ///
  /// - Throws: `refusal` where there is none: in the words in which one is refused that is not for the caller, so that
  ///   nobody can find out which ones there are.
  func role(
    among accounts: AccountDirectory, orThrow refusal: ServiceError
  ) throws(ServiceError) -> (account: SandboxAccount, role: SandboxAccount.Role) {
    let parts = roleARN.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[3].isEmpty, parts[5].hasPrefix("role/") else {
      throw .validationError("\(roleARN) is invalid")
    }
    let name = parts[5].dropFirst("role/".count)
    guard parts[1] == "aws", let account = accounts.account(id: parts[4]),
      let role = account.roles.first(where: { $0.name == name })
    else { throw refusal }
    return (account, role)
  }

  /// Whether the session is short enough for the role.
  func checkLength(for role: SandboxAccount.Role) throws(ServiceError) {
    guard seconds <= role.maximumSessionSeconds else {
      throw .validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    }
  }

  private static func sessionName(_ call: STSCall) throws(ServiceError) -> String {
    let name = try call.required("RoleSessionName", lengths: 2...64)
    guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_+=,.@-".contains($0)) }) else {
      throw .constraint(
        "Value '\(name)' at 'roleSessionName'", "Member must satisfy regular expression pattern: [\\w+=,.@-]*")
    }
    return name
  }

  private static func seconds(_ call: STSCall) throws(ServiceError) -> Int {
    guard let text = call["DurationSeconds"] else { return 3600 }
    let value = "Value '\(text)' at 'durationSeconds'"
    guard let seconds = Int(text) else { throw .constraint(value, "Member must be a number") }
    guard seconds >= 900 else { throw .constraint(value, "Member must have value greater than or equal to 900") }
    guard seconds <= 43_200 else { throw .constraint(value, "Member must have value less than or equal to 43200") }
    return seconds
  }
}

extension STSCall {
  /// A parameter that must be there.
  func required(_ name: String, lengths: ClosedRange<Int> = 0...Int.max) throws(ServiceError) -> String {
    guard let value = try optional(name, lengths: lengths) else {
      throw .constraint("Value null at '\(Self.member(name))'", "Member must not be null")
    }
    return value
  }

  /// A parameter; nil where it is not there.
  func optional(_ name: String, lengths: ClosedRange<Int>) throws(ServiceError) -> String? {
    guard let text = self[name] else { return nil }
    let value = "Value '\(text)' at '\(Self.member(name))'"
    guard text.count >= lengths.lowerBound else {
      throw .constraint(value, "Member must have length greater than or equal to \(lengths.lowerBound)")
    }
    guard text.count <= lengths.upperBound else {
      throw .constraint(value, "Member must have length less than or equal to \(lengths.upperBound)")
    }
    return text
  }

  /// As errors name it: with a small letter first.
  private static func member(_ name: String) -> String { name.prefix(1).lowercased() + name.dropFirst() }
}

extension ServiceError {
  static func validationError(_ message: String) -> ServiceError { ServiceError(400, "ValidationError", message) }

  static func constraint(_ value: String, _ demand: String) -> ServiceError {
    validationError("1 validation error detected: \(value) failed to satisfy constraint: \(demand)")
  }
}

internal import FixACLKit

/// The policies that jobs need, to be pasted.
enum BatchPoliciesView {
  static func show(_ policies: BatchPolicies) throws {
    var writer = try ResultWriter()
    for (index, policy) in policies.policies.enumerated() {
      if index > 0 { try writer.line() }
      try writer.line("# \(policy.purpose)")
      for line in policy.text.split(separator: "\n") { try writer.line(String(line)) }
    }
    try writer.finish()
  }
}

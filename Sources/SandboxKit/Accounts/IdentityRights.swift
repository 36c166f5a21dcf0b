/// What an identity's own policies say: actions on any resource.
struct IdentityRights: Sendable, Hashable {
  /// Patterns such as `s3:Get*`; everything unless the accounts' file says otherwise.
  var allowed = [Wildcard("*")]
  var denied: [Wildcard] = []

  init() {}

  /// - Parameters:
  ///   - allowed: nil for everything.
  ///   - denied: nil for nothing.
  init(allowed: [String]?, denied: [String]?) {
    if let allowed { self.allowed = allowed.map { Wildcard($0, ignoresCase: true) } }
    self.denied = (denied ?? []).map { Wildcard($0, ignoresCase: true) }
  }

  func allows(_ action: String) -> Bool { allowed.contains { $0.matches(action) } }

  func denies(_ action: String) -> Bool { denied.contains { $0.matches(action) } }
}

package import AWSKit
internal import Synchronization

/// Bounds the memory that the distinct ACLs of a plan take, of whose number uploaders decide.
///
/// A bucket has few distinct ACLs, as a rule. Objects with ACLs beyond the budget are blocked, and the scan continues. Which
/// of them these are depends on the order in which a scan meets them.
package final class ACLBudget: Sendable {
  private struct State {
    var known: Set<AccessControlList> = []
    var bytes = 0
  }

  /// What an ACL takes in memory, wherever it stands; measured.
  private static let bytesOfACL = 600
  private static let bytesOfGrant = 240
  /// Enough for 20,000 distinct ACLs of three grants.
  package static let usualBytes = 26 << 20

  private let maximumBytes: Int
  private let state = Mutex(State())

  package init(maximumBytes: Int = usualBytes) {
    self.maximumBytes = maximumBytes
  }

  /// Counts ACLs that are known before the scan.
  package func count(_ acls: ACLTable) {
    for acl in acls.acls.values { _ = admits([acl]) }
  }

  /// Whether the ACLs of a change have room, all of them; then they are counted. Any thread may ask.
  package func admits(_ acls: [AccessControlList]) -> Bool {
    state.withLock { state in
      let new = Set(acls).subtracting(state.known)
      guard !new.isEmpty else { return true }
      let bytes = new.reduce(0) { $0 + Self.bytesOfACL + $1.grants.count * Self.bytesOfGrant }
      guard state.bytes + bytes <= maximumBytes else { return false }
      state.bytes += bytes
      state.known.formUnion(new)
      return true
    }
  }
}

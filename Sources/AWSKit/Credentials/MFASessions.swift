internal import Synchronization

/// Sessions that a person has opened with a code of an MFA device. A code counts once, and nobody may be there when a
/// session ends, so that a session is used to its end and is not renewed.
final class MFASessions: Sendable {
  /// People are asked for one code at a time.
  let turn = Turn()
  private let sessions = Mutex<[String: Credentials]>([:])

  /// The session for a role and a device; nil if nobody has opened one.
  subscript(role: RoleAssumption) -> Credentials? {
    get { sessions.withLock { $0[key(role)] } }
    set { sessions.withLock { $0[key(role)] = newValue } }
  }

  /// When the first of them ends; nil if there is none.
  var firstEnd: Timestamp? { sessions.withLock { $0.values.compactMap(\.expiration).min() } }

  private func key(_ role: RoleAssumption) -> String { role.roleARN + "\n" + (role.mfaSerial ?? "") }
}

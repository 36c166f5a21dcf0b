/// What a grant in an object's ACL allows, by S3's name.
///
/// `WRITE` has no meaning for an object, but a server may show it, and existing grants are kept.
package enum Permission: String, CaseIterable, Sendable {
  case fullControl = "FULL_CONTROL"
  case read = "READ"
  case readACP = "READ_ACP"
  case write = "WRITE"
  case writeACP = "WRITE_ACP"

  /// The elementary permissions it includes: `FULL_CONTROL` includes the others.
  package var rights: Rights {
    switch self {
    case .fullControl: .all
    case .read: .read
    case .readACP: .readACP
    case .write: .write
    case .writeACP: .writeACP
    }
  }

  /// A set of elementary permissions, for comparing what two lists of grants allow.
  package struct Rights: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    package static let read = Rights(rawValue: 1)
    package static let readACP = Rights(rawValue: 2)
    package static let writeACP = Rights(rawValue: 4)
    /// Has no effect on objects, so it is not part of `all`.
    package static let write = Rights(rawValue: 8)
    package static let all: Rights = [.read, .readACP, .writeACP]
  }
}

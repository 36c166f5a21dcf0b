package import AWSKit

/// How an object differs from what the plan saw. It must be left alone then.
package enum Staleness: Sendable, Equatable {
  case deleted
  /// Its ETag or size has changed.
  case overwritten
  case ownerChanged(CanonicalID)
  case aclChanged
  /// It is as planned, except for attributes that a copy must preserve.
  case propertiesChanged
  case tagsChanged
  /// It is what the plan saw, although the journal says that it was changed: somebody has put it back.
  case changedBack
  /// It now has something that no copy can carry over.
  case obstacle(ChangeReason)

  /// A stable word for it, for programs.
  package var word: String {
    switch self {
    case .deleted: "deleted"
    case .overwritten: "overwritten"
    case .ownerChanged: "owner-changed"
    case .aclChanged: "acl-changed"
    case .propertiesChanged: "properties-changed"
    case .tagsChanged: "tags-changed"
    case .changedBack: "changed-back"
    case .obstacle(let reason): reason.rawValue
    }
  }
}

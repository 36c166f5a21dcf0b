package import AWSKit

/// Which objects a user asked for, besides the form of their keys.
package struct SelectionRequest: Sendable {
  /// From when on objects are wanted.
  package enum Beginning: Sendable, Equatable {
    case moment(Timestamp)
    /// So many seconds before the scan.
    case ago(seconds: Int)
  }

  /// Where a list of keys comes from.
  package struct KeySource: Sendable, Equatable {
    /// `-` for stdin.
    package var path: String
    /// Whether NUL ends a key, not a line feed.
    package var isNullSeparated: Bool

    package init(path: String, isNullSeparated: Bool = false) {
      self.path = path
      self.isNullSeparated = isNullSeparated
    }

    /// The list's name for people.
    package var name: String { path == "-" ? "stdin" : path }
  }

  package var includesOwn = false
  /// Empty for all owners.
  package var owners: [CanonicalID] = []
  package var modifiedSince: Beginning?
  package var keys: KeySource?

  package init() {}

  /// What is selected.
  ///
  /// - Parameters:
  ///   - recorded: the moment that an earlier run of the same command computed from an age.
  ///   - now: when the scan begins.
  func selection(keys: KeyListDigest?, recorded: Timestamp?, now: Timestamp) -> ObjectSelection {
    let since: Timestamp? =
      switch modifiedSince {
      case .moment(let time): time
      case .ago(let seconds): recorded ?? Timestamp(seconds: now.seconds - seconds)
      case nil: nil
      }
    return ObjectSelection(
      owners: owners, modifiedSince: since.map { min(max($0, Self.times.lowerBound), Self.times.upperBound) },
      keys: keys, includesOwn: includesOwn)
  }

  /// What a plan can say: no object is older, and none comes later.
  private static let times = Timestamp(seconds: 0)...Timestamp(seconds: 253_402_300_799)

  /// What tells this request from others; the same whenever it is made.
  func texts(keys: KeyListDigest?) -> [(name: String, values: [String])] {
    let since: String? =
      switch modifiedSince {
      case .moment(let time): time.extended
      case .ago(let seconds): "\(seconds)"
      case nil: nil
      }
    return [
      ("own", includesOwn ? [""] : []), ("owner", owners.map(\.value)), ("since", since.map { [$0] } ?? []),
      ("keys", keys.map { [$0.sha256] } ?? []),
    ]
  }
}

/// Something to know about what was selected.
package enum SelectionNotice: Sendable {
  /// The bucket policy lets these readers read the bucket owner's objects already.
  case ownAllowed([Reader])
  /// No grant can name the readers, so the bucket policy alone decides about the bucket owner's objects.
  case ownNeedsNothing
  /// Keys are read from a terminal.
  case readingTerminal
  /// Reading the keys takes a while.
  case readingKeys(name: String)
  case emptyKeyList(name: String)
  /// Lines of a list that no key can be, some of them, and what ends a line.
  case unusableKeys(Int, [ObjectKey], SelectionRequest.KeySource)
  /// Keys of a list that name no object, of so many, and some of them if this run asked for them.
  case missingKeys(Int, of: Int, [ObjectKey], bucket: String)
}

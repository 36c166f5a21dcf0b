internal import AWSKit

/// One transition of a plan, and the number of its objects.
package struct TransitionGroup: Sendable {
  package let transition: Transition
  /// The server's answer for the first object, if it cannot be read.
  package let example: ObjectFailure?
  package fileprivate(set) var diff = ACLDiff(from: nil, to: nil)
  package fileprivate(set) var count = 0
  /// The total size of its objects.
  package fileprivate(set) var bytes = 0
  /// Where its objects are in the spool.
  fileprivate let number: Int

  /// Begins the transition of its first change, without counting that.
  fileprivate init(_ transition: Transition, first: Change, number: Int) {
    self.transition = transition
    self.number = number
    example = first.failure
  }
}

/// A plan's transitions, and the objects of each, from one reading of the plan.
package struct TransitionList {
  /// The most frequent first.
  package let groups: [TransitionGroup]
  /// The bucket with its folders, if they were asked for.
  package let folders: FolderTree.Folder?
  private let maximumKeys: Int?
  private let spool: GroupedSpool

  fileprivate init(
    groups: [TransitionGroup], folders: FolderTree.Folder?, maximumKeys: Int?, spool: GroupedSpool
  ) {
    self.groups = groups
    self.folders = folders
    self.maximumKeys = maximumKeys
    self.spool = spool
  }

  /// How many jobs S3 Batch Operations needs at least for what it can do of the plan: each job gives one ACL to objects of
  /// one owner.
  package var batchJobs: Int {
    struct Job: Hashable {
      let owner: CanonicalID?
      let to: ACLName?
    }
    let jobs = groups.compactMap { group -> Job? in
      let transition = group.transition
      switch transition.action {
      case .grant: return Job(owner: transition.owner, to: transition.to)
      case .copy: return transition.reason == .grantFirst ? nil : Job(owner: nil, to: transition.to)
      case .blocked: return nil
      }
    }
    return Set(jobs).count
  }

  /// How many of a transition's objects are shown.
  package func shown(of group: TransitionGroup) -> Int { min(group.count, maximumKeys ?? group.count) }

  /// Passes on the objects of a transition that are shown, with their sizes, in the order of the plan.
  package func forEachObject(
    of group: TransitionGroup, _ body: (_ name: ObjectName, _ size: Int) throws -> Void
  ) throws {
    try spool.forEachPiece(of: group.number) { bytes in
      var entries = ObjectEntries(bytes)
      while let (name, size) = entries.next() { try body(name, size) }
    }
  }
}

/// Gathers a plan's transitions while it is read, so that it is read once however it is shown.
///
/// Memory holds what is counted, and a fixed amount of keys: the others are in a temporary file.
package struct TransitionGathering {
  private let maximumKeys: Int?
  private var folders: FolderTree?
  private var numbers: [Transition: Int] = [:]
  private var groups: [TransitionGroup] = []
  private var spool = GroupedSpool()
  private var failure: FileError?
  /// The previous change's: consecutive changes are mostly alike.
  private var last: (transition: Transition, number: Int)?

  /// - Parameters:
  ///   - maximumKeys: the number of keys to keep of each transition; nil for all.
  ///   - hasFolders: whether folders are counted too.
  package init(maximumKeys: Int?, hasFolders: Bool = false) {
    self.maximumKeys = maximumKeys
    folders = hasFolders ? FolderTree() : nil
  }

  /// Takes the next change of the plan.
  package mutating func take(_ change: Change) {
    let number = number(of: change)
    groups[number].count += 1
    // The plan's reader checks that the sum of all sizes is no overflow.
    groups[number].bytes = groups[number].bytes.saturatingSum(change.size)
    folders?.count(change.key, size: change.size, action: change.action)
    guard failure == nil, groups[number].count <= maximumKeys ?? .max else { return }
    do {
      try spool.append(ObjectEntries.entry(change.name, size: change.size), to: number)
    } catch {
      failure = error
    }
  }

  private mutating func number(of change: Change) -> Int {
    let transition = Transition(change)
    if let last, last.transition == transition { return last.number }
    let number = numbers[transition] ?? groups.count
    if number == groups.count {
      numbers[transition] = number
      groups.append(TransitionGroup(transition, first: change, number: number))
    }
    last = (transition, number)
    return number
  }

  /// The transitions of the plan, once it is open, so that its digest has been checked.
  ///
  /// - Throws: if the temporary file could not be written.
  package consuming func finish(_ plan: Plan) throws(FileError) -> TransitionList {
    if let failure { throw failure }
    for index in groups.indices {
      let transition = groups[index].transition
      groups[index].diff = ACLDiff(from: plan.acl(transition.from), to: plan.acl(transition.to))
    }
    // The sort is stable: ties stay in the order of their first keys.
    return TransitionList(
      groups: groups.sorted { $0.count > $1.count }, folders: folders?.finish(), maximumKeys: maximumKeys,
      spool: spool)
  }
}

/// Objects as they stand in a spool: key, version and size.
private struct ObjectEntries {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  /// - Parameter size: 0 or more.
  static func entry(_ name: ObjectName, size: Int) -> [UInt8] {
    let key = name.key.bytes
    var entry: [UInt8] = []
    entry.reserveCapacity(key.count + 8)
    put(size, into: &entry)
    put(key.count, into: &entry)
    entry += key
    // 0 stands for the current version.
    if let version = name.versionID {
      put(version.utf8.count + 1, into: &entry)
      entry += version.utf8
    } else {
      put(0, into: &entry)
    }
    return entry
  }

  /// The next object; nil after the last.
  mutating func next() -> (name: ObjectName, size: Int)? {
    guard !bytes.isEmpty else { return nil }
    let size = number()
    let key = ObjectKey(Array(take(number())))
    let version = number()
    return (
      ObjectName(key, versionID: version == 0 ? nil : String(decoding: take(version - 1), as: UTF8.self)), size
    )
  }

  /// Writes a number in groups of seven bits, the lowest first.
  private static func put(_ number: Int, into bytes: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  private mutating func number() -> Int {
    var number = 0
    var shift = 0
    while let byte = bytes.popFirst() {
      number |= Int(byte & 0x7f) << shift
      shift += 7
      if byte < 0x80 { break }
    }
    return number
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    defer { bytes = bytes.dropFirst(count) }
    return bytes.prefix(count)
  }
}

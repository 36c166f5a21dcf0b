package import AWSKit

/// How many objects the folders of a plan hold, and how large they are: a folder is a part of a key up to a slash.
///
/// Keys come in order, so a folder is complete once a key outside of it comes, and only a bounded number is kept: the
/// folders with most objects of each folder, and no level of which there are too many.
package struct FolderTree: Sendable {
  /// What folders, or a part of them, hold.
  package struct Counts: Sendable, Equatable {
    package var objects = 0
    package var bytes = 0
    package var actions: [ChangeAction: Int] = [:]

    package init() {}

    fileprivate mutating func count(_ size: Int, _ action: ChangeAction) {
      objects += 1
      bytes = bytes.saturatingSum(size)
      actions[action, default: 0] += 1
    }

    fileprivate mutating func add(_ other: Counts) {
      objects += other.objects
      bytes = bytes.saturatingSum(other.bytes)
      actions.merge(other.actions) { $0 + $1 }
    }
  }

  /// A folder with everything in it.
  package struct Folder: Sendable {
    /// The part of the key after its parent's, with the last slash; empty for the whole bucket.
    package fileprivate(set) var name: ObjectKey
    /// All objects in it, at any depth.
    package fileprivate(set) var counts = Counts()
    /// Those that are in none of its folders.
    package fileprivate(set) var own = Counts()
    /// The folders that are kept, in the order of their keys; none if they are too deep.
    package fileprivate(set) var folders: [Folder] = []
    /// How many folders are not kept, because others of the same folder have more objects.
    package fileprivate(set) var otherFolders = 0
    /// What those hold.
    package fileprivate(set) var others = Counts()

    fileprivate init(_ name: ObjectKey) {
      self.name = name
    }

    /// How many folders are below it.
    fileprivate var size: Int { folders.reduce(folders.count) { $0 + $1.size } }

    /// Leaves the folders with most objects.
    fileprivate mutating func prune(to width: Int) {
      guard folders.count > width else { return }
      let most = folders.indices.sorted {
        (folders[$1].counts.objects, $0) < (folders[$0].counts.objects, $1)
      }
      for index in most.dropFirst(width) {
        otherFolders += 1
        others.add(folders[index].counts)
      }
      folders = most.prefix(width).sorted().map { folders[$0] }
    }

    /// Removes the folders that are deeper than so many levels.
    fileprivate mutating func cut(below levels: Int) {
      guard levels > 0 else {
        folders = []
        (otherFolders, others) = (0, Counts())
        return
      }
      for index in folders.indices { folders[index].cut(below: levels - 1) }
    }

    /// Prunes everything, and joins folders that hold nothing but one folder with it.
    fileprivate mutating func finish(width: Int) {
      prune(to: width)
      for index in folders.indices {
        folders[index].finish(width: width)
        while folders[index].folders.count == 1, folders[index].own.objects == 0, folders[index].otherFolders == 0 {
          var only = folders[index].folders[0]
          only.name = ObjectKey(folders[index].name.bytes + only.name.bytes)
          folders[index] = only
        }
      }
    }
  }

  private let maximumFolders: Int
  private let width: Int
  /// The levels that are kept below the bucket.
  private var depth: Int
  /// The folders that contain the last key, from the bucket on, and the length of the key up to each.
  private var open: [(folder: Folder, length: Int)] = [(Folder(ObjectKey([])), 0)]
  private var last: [UInt8] = []
  /// How many folders are kept, or more.
  private var kept = 0

  /// - Parameters:
  ///   - maximumFolders: about how many folders are kept.
  ///   - width: how many folders of one folder are kept.
  ///   - depth: how many levels are kept.
  package init(maximumFolders: Int = 1000, width: Int = 30, depth: Int = 8) {
    self.maximumFolders = maximumFolders
    self.width = width
    self.depth = depth
  }

  /// Counts an object; its key must not come before that of the one before.
  package mutating func count(_ key: ObjectKey, size: Int, action: ChangeAction) {
    let bytes = key.bytes
    while open.count > 1, !isWithin(open[open.count - 1].length, bytes) { close() }
    var start = open[open.count - 1].length
    while open.count <= depth, let slash = bytes[start...].firstIndex(of: UInt8(ascii: "/")) {
      open.append((Folder(ObjectKey(Array(bytes[start...slash]))), slash + 1))
      start = slash + 1
    }
    last = bytes
    open[open.count - 1].folder.own.count(size, action)
  }

  /// Whether a key begins as the last one does.
  private func isWithin(_ length: Int, _ key: [UInt8]) -> Bool {
    key.count >= length && key[..<length] == last[..<length]
  }

  /// Puts the innermost folder into the one around it.
  private mutating func close() {
    var folder = open.removeLast().folder
    folder.counts.add(folder.own)
    let parent = open.count - 1
    open[parent].folder.counts.add(folder.counts)
    // It was opened while there were fewer folders.
    guard open.count <= depth else { return }
    folder.cut(below: depth - open.count)
    open[parent].folder.folders.append(folder)
    if open[parent].folder.folders.count >= 2 * width { open[parent].folder.prune(to: width) }
    kept += 1
    if kept > 2 * maximumFolders { leaveOutLevels() }
  }

  /// Leaves out the lowest levels of which there are too many folders.
  private mutating func leaveOutLevels() {
    kept = open.reduce(0) { $0 + $1.folder.size }
    while kept > maximumFolders, depth > 1 {
      depth -= 1
      for level in open.indices { open[level].folder.cut(below: depth - level) }
      kept = open.reduce(0) { $0 + $1.folder.size }
    }
  }

  /// The bucket, with its folders.
  package consuming func finish() -> Folder {
    while open.count > 1 { close() }
    leaveOutLevels()
    var bucket = open[0].folder
    bucket.counts.add(bucket.own)
    bucket.finish(width: width)
    return bucket
  }
}

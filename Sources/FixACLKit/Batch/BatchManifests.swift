package import AWSKit

/// The manifests of all jobs while a plan is read: rows by group, in the order of the plan, in constant memory.
package struct BatchManifests {
  /// What is known of a group.
  package struct Entry: Sendable {
    package let group: BatchGroup
    /// Rows.
    package fileprivate(set) var tasks = 0
    /// Bytes of the manifest.
    package fileprivate(set) var length = 0
    /// When the newest of its objects was modified, by the server's clock; nil if that is not known of all.
    package fileprivate(set) var newest: Timestamp?
    fileprivate var hasUnknownTime = false
  }

  /// The groups in the order in which the plan has them.
  package private(set) var entries: [Entry] = []
  private var numbers: [BatchGroup: Int] = [:]
  private var spool: GroupedSpool
  private let bucket: String

  /// - Parameter maximumBytes: the most that memory holds of the rows.
  package init(bucket: String, maximumBytes: Int = 8 << 20) {
    self.bucket = bucket
    spool = GroupedSpool(maximumBytes: maximumBytes)
  }

  /// Adds a change's object to its group's manifest.
  ///
  /// - Returns: the group's index among `entries`.
  package mutating func add(_ change: Change, to group: BatchGroup) throws(FileError) -> Int {
    let index: Int
    if let known = numbers[group] {
      index = known
    } else {
      index = entries.count
      numbers[group] = index
      entries.append(Entry(group: group))
    }
    let row = Self.row(of: change, in: bucket, withVersion: group.hasVersions)
    try spool.append(row, to: index)
    entries[index].tasks += 1
    entries[index].length += row.count
    if let time = Timestamp(iso8601: change.lastModified) {
      if entries[index].newest.map({ $0 < time }) ?? true { entries[index].newest = time }
    } else {
      entries[index].hasUnknownTime = true
    }
    if entries[index].hasUnknownTime { entries[index].newest = nil }
    return index
  }

  /// A row: bucket, key and version, the key URL-encoded.
  package static func row(of change: Change, in bucket: String, withVersion: Bool) -> [UInt8] {
    var row = bucket + "," + PercentEncoding.encode(change.key.bytes, keepingSlashes: true)
    // If one row of a manifest has a version, all have: "null" is the version without an ID.
    if withVersion { row += "," + (change.versionID ?? "null") }
    return Array(row.utf8) + [UInt8(ascii: "\n")]
  }

  /// Whether a version's ID can stand in a row as it is.
  package static func canName(version: String) -> Bool {
    !version.isEmpty
      && version.utf8.allSatisfy { byte in
        (0x21..<0x7f).contains(byte) && byte != UInt8(ascii: ",") && byte != UInt8(ascii: "\"")
      }
  }

  /// The rows of a group, in pieces of whole rows.
  package func pieces(of index: Int) -> GroupedSpool.Pieces { spool.pieces(of: index) }
}

/// Cuts the rows of a manifest into the parts of an upload.
package struct BatchManifestParts {
  /// S3 API Reference: a part has at least 5 MiB but for the last, and there are at most 10,000.
  private static let usualLength = 8 << 20
  private static let maximumParts = 9000

  private var pieces: GroupedSpool.Pieces
  private var buffer: [UInt8] = []
  /// Bytes of each part but the last.
  package let partLength: Int

  /// - Parameter length: of the whole manifest, in bytes: the same manifest is always cut alike, and so has the same ETag.
  package init(_ pieces: GroupedSpool.Pieces, length: Int, partLength: Int? = nil) {
    self.pieces = pieces
    self.partLength = partLength ?? max(Self.usualLength, (length / Self.maximumParts / (1 << 20) + 1) << 20)
  }

  /// The next part; nil after the last.
  package mutating func next() throws(FileError) -> [UInt8]? {
    while buffer.count < partLength, let piece = try pieces.next() { buffer += piece }
    guard !buffer.isEmpty else { return nil }
    let part = Array(buffer.prefix(partLength))
    buffer.removeFirst(part.count)
    return part
  }
}

/// The objects of a listing's page, kept as the bytes that arrived.
///
/// Most objects need no repair: their ownership is a comparison of two small numbers here, and Strings are made only
/// for the other ones, on access. A page of 1,000 objects takes about 200 KB.
package struct ListedObjects: Sendable, RandomAccessCollection {
  /// The position of a text in `bytes`.
  struct Span: Sendable {
    var start: UInt32 = 0
    var count: UInt32 = 0

    var range: Range<Int> { Int(start)..<Int(start + count) }
  }

  /// The data of one object.
  struct Entry: Sendable {
    var key = Span()
    var etag = Span()
    var lastModified = Span()
    var storageClass = Span()
    /// Empty if there is none: no version has an empty ID.
    var versionID = Span()
    /// In bytes; negative while unknown.
    var size = -1
    /// The index in `owners`; negative if the server did not name the owner.
    var owner: Int32 = -1
    var isLatest = false
    var isDeleteMarker = false
    var isIncomplete = false
  }

  /// The owners of the page's objects, each once.
  package private(set) var owners: [CanonicalID] = []
  private var bytes: [UInt8] = []
  private var entries: [Entry] = []

  package init() {}

  package init(_ objects: some Sequence<ListedObject>) {
    for object in objects { append(object) }
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { entries.count }

  /// The object as a value with Strings of its own.
  package subscript(index: Int) -> ListedObject {
    let entry = entries[index]
    return ListedObject(
      key: key(at: index), etag: text(entry.etag), size: entry.size, lastModified: text(entry.lastModified),
      storageClass: entry.storageClass.count == 0 ? "STANDARD" : text(entry.storageClass), owner: owner(at: index),
      version: entry.versionID.count == 0
        ? nil
        : ListedObject.Version(
          id: text(entry.versionID), isLatest: entry.isLatest, isDeleteMarker: entry.isDeleteMarker),
      isIncomplete: entry.isIncomplete)
  }

  package func key(at index: Int) -> ObjectKey {
    ObjectKey(Array(bytes[entries[index].key.range]))
  }

  /// Nil if the server did not name it.
  package func owner(at index: Int) -> CanonicalID? {
    ownerIndex(at: index).map { owners[$0] }
  }

  /// The owner's index in `owners`: equal for two objects only if their owners are equal.
  package func ownerIndex(at index: Int) -> Int? {
    let owner = entries[index].owner
    return owner < 0 ? nil : Int(owner)
  }

  /// Whether the server omitted the ETag or the size.
  package func isIncomplete(at index: Int) -> Bool { entries[index].isIncomplete }

  /// When the object was last modified, to the second; nil if the server does not say it as S3 does.
  package func lastModified(at index: Int) -> Timestamp? {
    Timestamp(iso8601: bytes[entries[index].lastModified.range])
  }

  /// Negative, zero or positive if the object's key comes before, equals or comes after `key`.
  package func order(at index: Int, _ key: ObjectKey) -> Int {
    bytes.withUnsafeBytes { bytes in
      key.bytes.withUnsafeBytes {
        ObjectKey.order(UnsafeRawBufferPointer(rebasing: bytes[entries[index].key.range]), $0)
      }
    }
  }

  /// The ID of the first version of an object's key on this page; nil in a listing of current objects.
  func firstVersion(ofKeyAt index: Int) -> String? {
    let key = bytes[entries[index].key.range]
    var first = index
    while first > 0, bytes[entries[first - 1].key.range] == key { first -= 1 }
    return entries[first].versionID.count == 0 ? nil : text(entries[first].versionID)
  }

  /// Whether it is a delete marker, in a listing of versions.
  package func isDeleteMarker(at index: Int) -> Bool { entries[index].isDeleteMarker }

  /// Appends an object.
  package mutating func append(_ object: ListedObject) {
    var entry = Entry()
    entry.key = add(object.key.bytes)
    entry.etag = add(object.etag.utf8)
    entry.size = object.size
    entry.isIncomplete = object.isIncomplete
    entry.lastModified = add(object.lastModified.utf8)
    entry.storageClass = add(object.storageClass.utf8)
    if let owner = object.owner { entry.owner = place(ofOwner: owner) }
    if let version = object.version {
      entry.versionID = add(version.id.utf8)
      entry.isLatest = version.isLatest
      entry.isDeleteMarker = version.isDeleteMarker
    }
    append(entry)
  }

  private func text(_ span: Span) -> String {
    String(decoding: bytes[span.range], as: UTF8.self)
  }
}

// MARK: What the parser of a listing uses

extension ListedObjects {
  mutating func reserveCapacity() {
    bytes.reserveCapacity(192 << 10)
    entries.reserveCapacity(1000)
  }

  mutating func append(_ entry: Entry) { entries.append(entry) }

  /// Stores a text.
  mutating func add(_ text: some Collection<UInt8>) -> Span {
    let span = Span(start: UInt32(bytes.count), count: UInt32(text.count))
    bytes.append(contentsOf: text)
    return span
  }

  /// The index of an owner in `owners`; adds it if it is missing.
  mutating func place(ofOwner id: CanonicalID) -> Int32 {
    if let place = owners.firstIndex(of: id) { return Int32(place) }
    owners.append(id)
    return Int32(owners.count - 1)
  }

  /// Decodes the keys, and checks that the page continues after the previous one, in order, with requested keys only.
  ///
  /// A server that repeats itself or goes back would make a scan endless or list keys twice. One that ignores prefixes
  /// would expose objects outside the scan to a repair.
  mutating func finish(isURLEncoded: Bool, for request: PageRequest) throws(XMLError) {
    for index in entries.indices where !isPlain(entries[index].key) {
      if isURLEncoded {
        // In place: decoding only shortens it.
        guard let count = PercentEncoding.decode(&bytes, entries[index].key.range) else {
          throw .invalid("the key \(key(at: index)) is not percent-encoded as it should be")
        }
        entries[index].key.count = UInt32(count)
      }
      let key = key(at: index)
      guard key.isValidUTF8 else { throw .invalid("the key \(key) is not UTF-8") }
    }
    if let long = entries.first(where: { $0.key.count > ListedObject.maximumTextLength }) {
      throw .invalid("a key of \(long.key.count) bytes")
    }
    if let marker = request.after, let first, !first.mayFollow(marker) {
      guard first.key != marker.key || marker.versionID == nil else {
        throw .invalid("versions of the key \(first.key) that were listed before: the listing does not go on")
      }
      throw Self.disorder(first.key, after: marker.key)
    }
    for index in entries.indices.dropFirst() where !mayFollowItsPredecessor(index) {
      throw Self.disorder(key(at: index), after: key(at: index - 1))
    }
    // Keys are in order, so those in between have the prefix if the first and the last have it.
    if let prefix = request.prefix, let first, let last {
      for object in [first, last] where !object.key.hasPrefix(prefix) {
        throw .invalid("the key \(object.key) does not begin with \(prefix), which was asked for")
      }
    }
  }

  /// Whether the text is ASCII that percent-encoding leaves unchanged.
  private func isPlain(_ span: Span) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      // Without an early exit, so that the compiler can process many bytes at once: keys can be long.
      var marks: UInt8 = 0
      for byte in UnsafeBufferPointer(rebasing: bytes[span.range]) {
        marks |= byte & 0x80 | (byte == UInt8(ascii: "%") ? 1 : 0) | (byte == UInt8(ascii: "+") ? 1 : 0)
      }
      return marks == 0
    }
  }

  /// Whether the text can be sent in a header, as an ETag is with a copy.
  func canBeHeader(_ span: Span) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      UnsafeBufferPointer(rebasing: bytes[span.range]).allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }
  }

  private static func disorder(_ key: ObjectKey, after previous: ObjectKey) -> XMLError {
    .invalid("the key \(key) comes after \(previous): the listing is not in order")
  }

  /// Whether its key is greater than the previous object's, or it is another version of the same key.
  private func mayFollowItsPredecessor(_ index: Int) -> Bool {
    let (previous, current) = (entries[index - 1], entries[index])
    let order = bytes.withUnsafeBytes { bytes in
      ObjectKey.order(
        UnsafeRawBufferPointer(rebasing: bytes[previous.key.range]),
        UnsafeRawBufferPointer(rebasing: bytes[current.key.range]))
    }
    guard order == 0 else { return order < 0 }
    return current.versionID.count != 0 && previous.versionID.count != 0
      && bytes[current.versionID.range] != bytes[previous.versionID.range]
  }
}

extension ListedObject {
  /// Whether its key is greater than the marker's, or it is another version of the same key.
  fileprivate func mayFollow(_ marker: ListingMarker) -> Bool {
    guard key == marker.key else { return marker.key < key }
    guard let version, let known = marker.versionID else { return false }
    return version.id != known && !marker.listed.contains(version.id)
  }
}

/// The objects of a page of a listing, kept as the bytes that came.
///
/// Most objects of a bucket need nothing: whose they are is a comparison of two small numbers here, and Strings are made
/// of the others only, when somebody asks for the element. A page of 1,000 objects takes about 200 KB.
package struct ListedObjects: Sendable, RandomAccessCollection {
  /// Where a text is within `bytes`.
  struct Span: Sendable {
    var start: UInt32 = 0
    var count: UInt32 = 0

    var range: Range<Int> { Int(start)..<Int(start + count) }
  }

  /// What is known of one object.
  struct Entry: Sendable {
    var key = Span()
    var etag = Span()
    var lastModified = Span()
    var storageClass = Span()
    /// Empty where there is none: no version has an empty ID.
    var versionID = Span()
    /// Bytes; negative as long as it is not known.
    var size = -1
    /// The place in `owners`; negative where the server did not tell.
    var owner: Int32 = -1
    var isLatest = false
    var isDeleteMarker = false
    var isIncomplete = false
  }

  /// The accounts that own objects of the page, each once.
  package private(set) var owners: [CanonicalID] = []
  private var bytes: [UInt8] = []
  private var entries: [Entry] = []

  package init() {}

  package init(_ objects: some Sequence<ListedObject>) {
    for object in objects { append(object) }
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { entries.count }

  /// The object, with Strings of its own.
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

  /// Nil where the server did not tell.
  package func owner(at index: Int) -> CanonicalID? {
    ownerIndex(at: index).map { owners[$0] }
  }

  /// The owner's place in `owners`: two objects have the same one if they have the same owner.
  package func ownerIndex(at index: Int) -> Int? {
    let owner = entries[index].owner
    return owner < 0 ? nil : Int(owner)
  }

  /// Less than, equal to or greater than 0, as the object's key comes before `key`, is the same, or comes after it.
  package func order(at index: Int, _ key: ObjectKey) -> Int {
    bytes.withUnsafeBytes { bytes in
      key.bytes.withUnsafeBytes {
        ObjectKey.order(UnsafeRawBufferPointer(rebasing: bytes[entries[index].key.range]), $0)
      }
    }
  }

  /// Whether it is a delete marker, in a listing of versions.
  package func isDeleteMarker(at index: Int) -> Bool { entries[index].isDeleteMarker }

  /// Adds an object behind the others.
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

  /// Keeps a text.
  mutating func add(_ text: some Collection<UInt8>) -> Span {
    let span = Span(start: UInt32(bytes.count), count: UInt32(text.count))
    bytes.append(contentsOf: text)
    return span
  }

  /// The place of an owner in `owners`, where it is added if it is not there.
  mutating func place(ofOwner id: CanonicalID) -> Int32 {
    if let place = owners.firstIndex(of: id) { return Int32(place) }
    owners.append(id)
    return Int32(owners.count - 1)
  }

  /// Decodes the keys, and sees that the page goes on where the one before it ended, in order, and has no other keys
  /// than were asked for.
  ///
  /// A server that repeats itself or goes back would otherwise make a scan endless, or list keys twice; one that knows no
  /// prefixes would have others' objects repaired.
  mutating func finish(isURLEncoded: Bool, for request: PageRequest) throws(XMLError) {
    for index in entries.indices where !isPlain(entries[index].key) {
      if isURLEncoded {
        // In its place: it becomes shorter.
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
      throw Self.disorder(first.key, after: marker.key)
    }
    for index in entries.indices.dropFirst() where !mayFollowItsPredecessor(index) {
      throw Self.disorder(key(at: index), after: key(at: index - 1))
    }
    // They are in order, so those in between begin like the first and the last.
    if let prefix = request.prefix, let first, let last {
      for object in [first, last] where !object.key.hasPrefix(prefix) {
        throw .invalid("the key \(object.key) does not begin with \(prefix), which was asked for")
      }
    }
  }

  /// Whether the text is ASCII that percent-encoding leaves alone.
  private func isPlain(_ span: Span) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      // Without a way out, so that it is done for many bytes at once: keys can be long.
      var marks: UInt8 = 0
      for byte in UnsafeBufferPointer(rebasing: bytes[span.range]) {
        marks |= byte & 0x80 | (byte == UInt8(ascii: "%") ? 1 : 0) | (byte == UInt8(ascii: "+") ? 1 : 0)
      }
      return marks == 0
    }
  }

  private static func disorder(_ key: ObjectKey, after previous: ObjectKey) -> XMLError {
    .invalid("the key \(key) comes after \(previous): the listing is not in order")
  }

  /// Whether it is of a later key than the object before it, or another version of the same.
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
  /// Whether it is of a later key than the marker's, or another version of the same.
  fileprivate func mayFollow(_ marker: ListingMarker) -> Bool {
    guard key == marker.key else { return marker.key < key }
    guard let version, let known = marker.versionID else { return false }
    return version.id != known
  }
}

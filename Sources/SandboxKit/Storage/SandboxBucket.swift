internal import Algorithms
package import AWSKit

/// A bucket: its settings, and its objects, those that were put on top of those that are computed.
///
/// A class, so that a change never copies what a bucket of millions holds. Confined to the holder of the state.
package final class SandboxBucket {
  let name: String
  let owner: SandboxAccount
  let region: String
  let createdAt: Timestamp
  package var acl: AccessControlList
  package var policy: BucketPolicy?
  var publicAccessBlock: PublicAccessBlock?
  /// Nil where no ownership controls are set: then the uploader owns what it uploads.
  var ownership: ObjectOwnership?
  package var versioning = VersioningState.unversioned
  var payer = Payer.bucketOwner
  var encryption: ObjectAttributes.Encryption?
  var hasObjectLock = false
  var defaultRetention: DefaultRetention?
  /// What versions get that name no lock of their own.
  var defaultEventHold: ObjectLock.EventHold?
  var website: Website?
  /// The elements `CORSRule`.
  var corsRules: [XMLNode] = []
  /// The element `LoggingEnabled`; nil where nothing is logged.
  var logging: XMLNode?
  /// Whether its tags count when access is decided (attribute-based access control).
  var hasABAC = false
  var tags: [ObjectTag] = []
  /// By their IDs.
  var inventories: [String: InventoryConfiguration] = [:]
  var uploads: [String: MultipartUpload] = [:]
  /// How many were ever begun.
  var begunUploads = 0
  /// What has become of uploads that are finished, by their IDs.
  var completedUploads: [String: CompletedUpload] = [:]

  private let virtual: VirtualObjects?
  /// Versions of each key that is not computed, newest first.
  private var stored: [ObjectKey: [StoredObject]] = [:]
  /// The keys of `stored`, in order.
  private var storedKeys: [ObjectKey] = []
  /// What has become of computed objects that were overwritten or deleted, by number: newest first, or nothing.
  private var replaced: [Int: [StoredObject]] = [:]
  /// Of computed objects of which only the ACL was changed: the place of their ACL in `knownACLs`.
  private var changedACLs: [Int: Int] = [:]
  /// Each distinct ACL once, so that a million changes to the same ACL take 16 bytes each.
  private var knownACLs: [AccessControlList] = []
  private var placesOfACLs: [AccessControlList: Int] = [:]

  /// What versions get that name no retention of their own.
  struct DefaultRetention: Sendable {
    /// `GOVERNANCE` or `COMPLIANCE`.
    var mode: String
    /// How many days or years.
    var count: Int
    var isInYears = false

    var days: Int { isInYears ? count * 365 : count }
  }

  /// How the website endpoint answers.
  struct Website: Sendable {
    /// As they were put.
    let elements: [XMLNode]

    var indexDocument: String? { text("IndexDocument", "Suffix") }

    var errorDocument: String? { text("ErrorDocument", "Key") }

    /// Where all requests are sent.
    var redirectHost: String? { text("RedirectAllRequestsTo", "HostName") }

    private func text(_ name: String, _ child: String) -> String? {
      elements.first { $0.name == name }?[child]?.text
    }
  }

  package init(
    name: String, owner: SandboxAccount, region: String, createdAt: Timestamp, virtual: VirtualObjects? = nil
  ) {
    self.name = name
    self.owner = owner
    self.region = region
    self.createdAt = createdAt
    self.virtual = virtual
    acl = .owned(by: owner.canonicalID)
  }

  /// Whether a new bucket may have that name (User Guide: "General purpose bucket naming rules").
  package static func isValid(name: String) -> Bool {
    func isSmallLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    let bytes = Array(name.utf8)
    guard (3...63).contains(bytes.count),
      bytes.allSatisfy({
        isSmallLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
      }), let first = bytes.first, let last = bytes.last, isSmallLetter(first) || isDigit(first),
      isSmallLetter(last) || isDigit(last), !name.contains("..")
    else { return false }
    let labels = bytes.split(separator: UInt8(ascii: "."))
    let isAddress = labels.count == 4 && labels.allSatisfy { $0.allSatisfy(isDigit) }
    return !isAddress && !["xn--", "sthree-", "amzn-s3-demo-"].contains(where: name.hasPrefix)
      && !["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an"].contains(where: name.hasSuffix)
  }

  var effectiveOwnership: ObjectOwnership { ownership ?? .objectWriter }

  /// The bucket's owner where ACLs are off; nil where each object has its own.
  var ownerOfAllObjects: CanonicalID? {
    effectiveOwnership == .bucketOwnerEnforced ? owner.canonicalID : nil
  }

  var defaultEncryption: ObjectAttributes.Encryption { encryption ?? ObjectAttributes.Encryption() }

  // MARK: Objects

  /// All versions of a key, newest first.
  package func versions(of key: ObjectKey) -> [StoredObject] {
    if let virtual, let index = virtual.index(of: key) { return versions(at: index, in: virtual) }
    return stored[key] ?? []
  }

  private func versions(at index: Int, in virtual: VirtualObjects) -> [StoredObject] {
    if let versions = replaced[index] { return versions }
    var object = virtual.object(at: index)
    if let place = changedACLs[index] { object.acl = knownACLs[place] }
    return [object]
  }

  /// The newest version, also if it is a delete marker.
  func newest(_ key: ObjectKey) -> StoredObject? { versions(of: key).first }

  func version(_ key: ObjectKey, _ versionID: String) -> StoredObject? {
    versions(of: key).first { $0.versionID == versionID }
  }

  /// Puts a new current version; one with the same ID (`null`) makes way.
  func put(_ object: StoredObject) {
    var versions = versions(of: object.key)
    versions.removeAll { $0.versionID == object.versionID }
    versions.insert(object, at: 0)
    set(versions, for: object.key)
    overtakeUploads(of: object.key)
  }

  /// Tells the uploads in parts under a key that another write came first.
  private func overtakeUploads(of key: ObjectKey) {
    for (id, upload) in uploads where upload.key == key { uploads[id]?.isOvertaken = true }
  }

  /// Changes a version where it stands.
  func replace(_ object: StoredObject) {
    var versions = versions(of: object.key)
    guard let index = versions.firstIndex(where: { $0.versionID == object.versionID }) else { return }
    versions[index] = object
    set(versions, for: object.key)
  }

  func setACL(_ acl: AccessControlList, of object: StoredObject) {
    if let virtual, let index = virtual.index(of: object.key), replaced[index] == nil {
      changedACLs[index] = place(of: acl)
    } else {
      var object = object
      object.acl = acl
      replace(object)
    }
  }

  private func place(of acl: AccessControlList) -> Int {
    if let place = placesOfACLs[acl] { return place }
    knownACLs.append(acl)
    placesOfACLs[acl] = knownACLs.count - 1
    return knownACLs.count - 1
  }

  func remove(_ key: ObjectKey, versionID: String) {
    let versions = versions(of: key)
    set(versions.filter { $0.versionID != versionID }, for: key)
    if !versions.isEmpty { overtakeUploads(of: key) }
  }

  /// Whether a text can be the ID of a version: those are 32 letters and digits, or `null`.
  static func isValid(versionID: String) -> Bool {
    versionID == "null"
      || versionID.utf8.count == 32
        && versionID.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 || ($0 | 0x20) &- UInt8(ascii: "a") < 26 }
  }

  /// Puts these, newest first, in the place of all versions of a key.
  package func set(_ versions: [StoredObject], for key: ObjectKey) {
    if let virtual, let index = virtual.index(of: key) {
      replaced[index] = versions
      changedACLs[index] = nil
      return
    }
    let isThere = stored[key] != nil
    stored[key] = versions.isEmpty ? nil : versions
    guard versions.isEmpty == isThere else { return }
    let place = storedKeys.partitioningIndex { $0 >= key }
    if isThere { storedKeys.remove(at: place) } else { storedKeys.insert(key, at: place) }
  }

  /// The keys of what was put, in order.
  package var keys: [ObjectKey] { storedKeys }

  var isEmpty: Bool {
    var cursor = KeyCursor(self, from: ObjectKey([]))
    return cursor.next() == nil
  }

  // MARK: Listing

  /// A key of the bucket and what there is under it.
  enum Entry {
    case stored(ObjectKey, [StoredObject])
    /// A computed object as it was, but perhaps for its ACL; its number.
    case virtual(VirtualObjects, Int)

    var key: ObjectKey {
      switch self {
      case .stored(let key, _): key
      case .virtual(let objects, let index): objects.key(at: index)
      }
    }
  }

  /// Goes through the keys of a bucket in order. The bucket must not change meanwhile.
  struct KeyCursor {
    private let bucket: SandboxBucket
    private var storedIndex: Int
    private var virtualIndex: Int

    /// - Parameter first: the first key that is wanted, if it is there.
    init(_ bucket: SandboxBucket, from first: ObjectKey) {
      self.bucket = bucket
      storedIndex = bucket.storedKeys.partitioningIndex { $0 >= first }
      virtualIndex = bucket.virtual?.lowerBound(of: first) ?? 0
    }

    /// Leaves out what is before `key`.
    mutating func skip(to key: ObjectKey) {
      let later = KeyCursor(bucket, from: key)
      storedIndex = max(storedIndex, later.storedIndex)
      virtualIndex = max(virtualIndex, later.virtualIndex)
    }

    mutating func next() -> Entry? {
      while true {
        let storedKey = storedIndex < bucket.storedKeys.count ? bucket.storedKeys[storedIndex] : nil
        if let virtual = bucket.virtual, virtualIndex < virtual.count,
          storedKey.map({ virtual.key(at: virtualIndex) < $0 }) ?? true
        {
          let index = virtualIndex
          virtualIndex += 1
          guard let versions = bucket.replaced[index] else { return .virtual(virtual, index) }
          if !versions.isEmpty { return .stored(virtual.key(at: index), versions) }
        } else if let storedKey {
          storedIndex += 1
          return .stored(storedKey, bucket.stored[storedKey] ?? [])
        } else {
          return nil
        }
      }
    }
  }

  /// The object of an entry that is not a delete marker, newest version.
  func object(of entry: Entry) -> StoredObject? {
    switch entry {
    case .stored(_, let versions): versions.first.flatMap { $0.isDeleteMarker ? nil : $0 }
    case .virtual(let objects, let index): versions(at: index, in: objects).first
    }
  }
}

extension AccessControlList {
  /// What S3 calls `private`.
  static func owned(by owner: CanonicalID) -> AccessControlList {
    AccessControlList(owner: owner, grants: [Grant(.canonicalUser(owner), .fullControl)])
  }

  /// Whether it grants anything to one of the predefined groups that mean everybody.
  var isPublic: Bool { grants.contains { $0.grantee.isPublic } }
}

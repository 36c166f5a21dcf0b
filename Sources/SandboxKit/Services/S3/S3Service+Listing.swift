internal import Foundation
internal import NIOHTTP1
internal import AWSKit

/// ListObjects and ListObjectsV2.
extension S3Service {
  func listObjects(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    try list(call, bucket, isV2: false)
  }

  func listObjectsV2(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    try list(call, bucket, isV2: true)
  }

  private func list(_ call: S3Call, _ bucket: SandboxBucket, isV2: Bool) throws(ServiceError) -> SandboxResponse {
    let request = try ListingRequest(call, pageSize: state.settings.pageSize)
    let token = isV2 ? call.text("continuation-token") : nil
    let after =
      try token.map(Self.key(ofToken:)) ?? ObjectKey(call.request.parameter(isV2 ? "start-after" : "marker") ?? [])
    var page = ObjectPage(
      bucket, request, showsOwner: !isV2 || call.text("fetch-owner") == "true",
      showsRestoreStatus: call.header("x-amz-optional-object-attributes")?.contains("RestoreStatus") ?? false,
      now: call.now)
    page.collect(after: after)
    var writer = ListingWriter(isURLEncoded: request.isURLEncoded)
    writer.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult")
    writer.raw(" xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">")
    writer.element("Name", bucket.name)
    writer.element("Prefix", key: request.prefix.bytes)
    if isV2 {
      if let token { writer.element("ContinuationToken", token) }
      if let start = call.request.parameter("start-after"), !start.isEmpty { writer.element("StartAfter", key: start) }
      writer.element("KeyCount", String(page.count))
      if let last = page.lastOfMore { writer.element("NextContinuationToken", Self.token(for: last)) }
    } else {
      writer.element("Marker", key: after.bytes)
      // The older listing tells where to continue only if keys are grouped.
      if let last = page.lastOfMore, !request.delimiter.isEmpty { writer.element("NextMarker", key: last.bytes) }
    }
    request.write(to: &writer, isTruncated: page.lastOfMore != nil)
    writer.append(page.writer)
    for prefix in page.commonPrefixes { writer.commonPrefix(prefix) }
    writer.raw("</ListBucketResult>")
    return SandboxResponse(headers: ["Content-Type": "application/xml"], body: writer.bytes)
  }

  /// The last key of a page, or the last bucket's name, in a form that nobody takes for one.
  static func token(for key: ObjectKey) -> String { "1" + Data(key.bytes).base64EncodedString() }

  static func key(ofToken token: String) throws(ServiceError) -> ObjectKey {
    guard token.hasPrefix("1"), let bytes = Data(base64Encoded: String(token.dropFirst())) else {
      throw .invalidArgument("The continuation token provided is incorrect", "continuation-token")
    }
    return ObjectKey(Array(bytes))
  }
}

/// The entries of a page while they are collected.
private struct ObjectPage {
  private let bucket: SandboxBucket
  private let request: ListingRequest
  private let showsOwner: Bool
  private let showsRestoreStatus: Bool
  /// Who owns all objects, where ACLs are off.
  private let ownerOfAll: CanonicalID?
  private let now: Timestamp
  private(set) var writer: ListingWriter
  private(set) var commonPrefixes: [ObjectKey] = []
  private(set) var count = 0
  private var lastOwner: (id: CanonicalID, element: [UInt8])?
  /// The last entry of the page, if others follow.
  private(set) var lastOfMore: ObjectKey?

  init(
    _ bucket: SandboxBucket, _ request: ListingRequest, showsOwner: Bool, showsRestoreStatus: Bool, now: Timestamp
  ) {
    self.bucket = bucket
    self.request = request
    self.showsOwner = showsOwner
    self.showsRestoreStatus = showsRestoreStatus
    self.now = now
    ownerOfAll = bucket.ownerOfAllObjects
    writer = ListingWriter(isURLEncoded: request.isURLEncoded)
  }

  mutating func collect(after: ObjectKey) {
    guard request.maximum > 0 else { return }
    var cursor = SandboxBucket.KeyCursor(bucket, from: max(after, request.prefix))
    var last = after
    var isFirst = true
    while let entry = cursor.next() {
      let key = entry.key
      guard key.hasPrefix(request.prefix) else { return }
      // Only the first can be the one that the page is after.
      let isAfter = !isFirst || key != after
      isFirst = false
      guard isAfter, isListed(entry) else { continue }
      let group = request.commonPrefix(of: key)
      // A page that ended with a common prefix is followed by what is after all of its keys.
      let isOver = group.map { after.hasPrefix($0) } ?? false
      if !isOver {
        guard count < request.maximum else {
          lastOfMore = last
          return
        }
        count += 1
        last = group ?? key
        if let group { commonPrefixes.append(group) } else { write(entry, key) }
      }
      if let group {
        guard let next = group.successorOfPrefix else { return }
        cursor.skip(to: next)
      }
    }
  }

  private func isListed(_ entry: SandboxBucket.Entry) -> Bool {
    if case .stored(_, let versions) = entry { return versions.first?.isDeleteMarker == false }
    return true
  }

  private mutating func write(_ entry: SandboxBucket.Entry, _ key: ObjectKey) {
    switch entry {
    case .virtual(let objects, let index):
      let owner = ownerElement(of: ownerOfAll ?? objects.owner(at: index))
      writer.contents(objects, at: index, key: key.bytes, owner: owner)
    case .stored(_, let versions):
      guard let object = versions.first else { break }
      writer.open("Contents")
      writer.element("Key", key: key.bytes)
      writer.element("LastModified", object.lastModified.s3Date)
      writer.element("ETag", "\"\(object.etag)\"")
      writer.checksumAlgorithm(of: object)
      writer.element("Size", String(object.content.size))
      if showsOwner { writer.owner(ownerOfAll ?? object.owner) }
      writer.element("StorageClass", object.attributes.storageClass)
      if showsRestoreStatus, let until = object.attributes.restoredUntil, until > now {
        writer.open("RestoreStatus")
        writer.element("IsRestoreInProgress", "false")
        writer.element("RestoreExpiryDate", until.s3Date)
        writer.close("RestoreStatus")
      }
      writer.close("Contents")
    }
  }

  /// The element of an owner, which is that of the object before more often than not.
  private mutating func ownerElement(of owner: CanonicalID) -> [UInt8] {
    guard showsOwner else { return [] }
    if let lastOwner, lastOwner.id == owner { return lastOwner.element }
    var writer = ListingWriter(isURLEncoded: false)
    writer.owner(owner)
    lastOwner = (owner, writer.bytes)
    return writer.bytes
  }
}

extension ListingWriter {
  mutating func checksumAlgorithm(of object: StoredObject) {
    guard let checksum = object.checksum else { return }
    element("ChecksumAlgorithm", checksum.algorithm.rawValue.uppercased())
    element("ChecksumType", checksum.type)
  }
}

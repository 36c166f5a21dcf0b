internal import NIOHTTP1
internal import AWSKit

extension S3Service {
  func listObjectVersions(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let request = try ListingRequest(call, pageSize: state.settings.pageSize)
    let marker = ObjectKey(call.request.parameter("key-marker") ?? [])
    let versionMarker = call.text("version-id-marker") ?? ""
    guard versionMarker.isEmpty || !marker.bytes.isEmpty else {
      throw .invalidArgument(
        "A version-id marker cannot be specified without a key marker.", "version-id-marker", value: versionMarker)
    }
    var page = VersionPage(bucket, request)
    page.collect(after: marker, version: versionMarker)
    var writer = ListingWriter(isURLEncoded: request.isURLEncoded)
    writer.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListVersionsResult")
    writer.raw(" xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">")
    writer.element("Name", bucket.name)
    writer.element("Prefix", key: request.prefix.bytes)
    writer.element("KeyMarker", key: marker.bytes)
    writer.element("VersionIdMarker", versionMarker)
    if let last = page.lastOfMore {
      writer.element("NextKeyMarker", key: last.key.bytes)
      if !last.version.isEmpty { writer.element("NextVersionIdMarker", last.version) }
    }
    request.write(to: &writer, isTruncated: page.lastOfMore != nil)
    writer.append(page.writer)
    for prefix in page.commonPrefixes { writer.commonPrefix(prefix) }
    writer.raw("</ListVersionsResult>")
    return SandboxResponse(headers: ["Content-Type": "application/xml"], body: writer.bytes)
  }
}

/// The entries of a page while they are collected.
private struct VersionPage {
  private let bucket: SandboxBucket
  private let request: ListingRequest
  /// Who owns all versions, where ACLs are off.
  private let ownerOfAll: CanonicalID?
  private(set) var writer: ListingWriter
  private(set) var commonPrefixes: [ObjectKey] = []
  /// The last entry of the page, if others follow; of a common prefix without a version.
  private(set) var lastOfMore: (key: ObjectKey, version: String)?
  private var count = 0
  private var last: (key: ObjectKey, version: String)?

  init(_ bucket: SandboxBucket, _ request: ListingRequest) {
    self.bucket = bucket
    self.request = request
    ownerOfAll = bucket.ownerOfAllObjects
    writer = ListingWriter(isURLEncoded: request.isURLEncoded)
  }

  mutating func collect(after marker: ObjectKey, version versionMarker: String) {
    guard request.maximum > 0 else { return }
    var cursor = SandboxBucket.KeyCursor(bucket, from: max(marker, request.prefix))
    while let entry = cursor.next() {
      let key = entry.key
      guard key.hasPrefix(request.prefix) else { return }
      if let group = request.commonPrefix(of: key) {
        if !marker.hasPrefix(group) {
          guard takes((group, "")) else { return }
          commonPrefixes.append(group)
        }
        guard let next = group.successorOfPrefix else { return }
        cursor.skip(to: next)
        continue
      }
      let versions =
        switch entry {
        case .stored(_, let versions): versions
        case .virtual: bucket.versions(of: key)
        }
      var wanted = versions[...]
      if key == marker {
        // Without a version, the marker means all versions of its key.
        wanted = versionMarker.isEmpty ? [] : wanted.drop { $0.versionID != versionMarker }.dropFirst()
      }
      for version in wanted {
        guard takes((key, version.versionID)) else { return }
        write(version, isLatest: version.versionID == versions[0].versionID)
      }
    }
  }

  /// Whether one more entry fits into the page.
  private mutating func takes(_ entry: (key: ObjectKey, version: String)) -> Bool {
    guard count < request.maximum else {
      lastOfMore = last
      return false
    }
    count += 1
    last = entry
    return true
  }

  private mutating func write(_ object: StoredObject, isLatest: Bool) {
    writer.open(object.isDeleteMarker ? "DeleteMarker" : "Version")
    writer.element("Key", key: object.key.bytes)
    writer.element("VersionId", object.versionID)
    writer.element("IsLatest", isLatest ? "true" : "false")
    writer.element("LastModified", object.lastModified.s3Date)
    if !object.isDeleteMarker {
      writer.element("ETag", "\"\(object.etag)\"")
      writer.checksumAlgorithm(of: object)
      writer.element("Size", String(object.content.size))
      writer.element("StorageClass", object.attributes.storageClass)
    }
    writer.owner(ownerOfAll ?? object.owner)
    writer.close(object.isDeleteMarker ? "DeleteMarker" : "Version")
  }
}

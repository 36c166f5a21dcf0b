import AWSKit
import TestSupport

/// Everything of a bucket, read by plain requests, each object's as its owner.
struct BucketReading: Sendable {
  /// What a copy must keep.
  struct Content: Sendable, Equatable {
    let body: [UInt8]
    /// All but those that tell of the request.
    var headers: [String: [String]]
    let tags: Set<ObjectTag>?
  }

  struct Version: Sendable, Equatable {
    let id: String
    let isDeleteMarker: Bool
    let owner: String
    let etag: String
    let size: String
    let lastModified: String
    let storageClass: String
    /// Nil of a delete marker.
    var acl: ModelACL?
    /// Nil where nobody may read it.
    var content: Content?
  }

  /// The oldest first.
  private(set) var versions: [ObjectKey: [Version]] = [:]

  init(of bucket: String, on server: S3TestServer) async throws {
    let listed = try await Self.list(bucket, as: server.site)
    let hasVersions = listed.contains { $0.1.id != "null" }
    let read = try await inParallel(listed) { key, version in
      let id = hasVersions ? [(name: "versionId", value: version.id)] : []
      return (key, version.isDeleteMarker ? version : try await Self.read(version, id, of: key, in: bucket, on: server))
    }
    // A listing has the newest first.
    for (key, version) in read.reversed() { versions[key, default: []].append(version) }
  }

  private static func list(_ bucket: String, as account: TestAccount) async throws -> [(ObjectKey, Version)] {
    var found: [(ObjectKey, Version)] = []
    var markers: [(name: String, value: String)] = []
    while true {
      let operation = AWSOperation(
        "ListObjectVersions", bucket: bucket, query: [("versions", ""), ("encoding-type", "url")] + markers
      ) { response throws(XMLError) in try XMLElement(parsing: response.body, root: "ListVersionsResult") }
      let page = try await account.client.run(operation.takingLongAnswers)
      for entry in page.children where entry.name == "Version" || entry.name == "DeleteMarker" {
        let key = PercentEncoding.decode(Array((entry["Key"]?.text ?? "").utf8)) ?? []
        found.append(
          (
            ObjectKey(key),
            Version(
              id: entry["VersionId"]?.text ?? "", isDeleteMarker: entry.name == "DeleteMarker",
              owner: entry["Owner"]?["ID"]?.text ?? "", etag: entry["ETag"]?.text ?? "",
              size: entry["Size"]?.text ?? "",
              lastModified: entry["LastModified"]?.text ?? "", storageClass: entry["StorageClass"]?.text ?? "STANDARD")
          ))
      }
      guard page["IsTruncated"]?.text == "true" else { return found }
      let key = PercentEncoding.decode(Array((page["NextKeyMarker"]?.text ?? "").utf8)) ?? []
      markers = [
        ("key-marker", String(decoding: key, as: UTF8.self)),
        ("version-id-marker", page["NextVersionIdMarker"]?.text ?? ""),
      ]
    }
  }

  private static func read(
    _ version: Version, _ id: [(name: String, value: String)], of key: ObjectKey, in bucket: String,
    on server: S3TestServer
  ) async throws -> Version {
    var version = version
    let owner = server[CanonicalID(version.owner)]
    let document = try await owner.client.run(
      AWSOperation("GetObjectAcl", bucket: bucket, key: key, query: [("acl", "")] + id) { $0.body })
    version.acl = try ModelACL(parsing: document)
    version.content = try await content(of: key, id, isArchived: version.storageClass == "GLACIER", in: bucket, owner)
    // An owner without READ of its own; whoever can shall tell.
    for account in [server.site, server.oai, server.other] where version.content == nil {
      version.content = try await content(of: key, id, isArchived: false, in: bucket, account)
    }
    return version
  }

  private static func content(
    of key: ObjectKey, _ id: [(name: String, value: String)], isArchived: Bool, in bucket: String, _ reader: TestAccount
  ) async throws -> Content? {
    do throws(AWSError) {
      let operation = AWSOperation(
        isArchived ? "HeadObject" : "GetObject", isArchived ? .head : .get, bucket: bucket, key: key, query: id
      ) { $0 }
      let response = try await reader.client.run(operation.takingLongAnswers)
      let volatile: Set = [
        "date", "last-modified", "x-amz-request-id", "x-amz-id-2", "connection", "keep-alive", "x-amz-version-id",
        // Who may not see the tags does not see their number.
        "x-amz-tagging-count",
      ]
      let headers = response.headers.fields(withPrefix: "").filter { name, value in
        !volatile.contains(name) && (name, value) != ("x-amz-storage-class", "STANDARD")
      }
      return Content(
        body: response.body, headers: Dictionary(grouping: headers, by: \.name).mapValues { $0.map(\.value) },
        tags: try await tags(of: key, id, in: bucket, reader))
    } catch {
      // 400: it is encrypted with a key that has to be brought.
      guard error.isAccessDenied || error.status == 400 else { throw error }
      return nil
    }
  }

  private static func tags(
    of key: ObjectKey, _ id: [(name: String, value: String)], in bucket: String, _ reader: TestAccount
  ) async throws(AWSError) -> Set<ObjectTag>? {
    do {
      return try await reader.client.run(
        AWSOperation("GetObjectTagging", bucket: bucket, key: key, query: [("tagging", "")] + id) {
          response throws(XMLError) in
          guard !response.body.isEmpty else { return [] }
          let set = try XMLElement(parsing: response.body, root: "Tagging")["TagSet"]
          return Set(
            (set?.children ?? []).map { ObjectTag(key: $0["Key"]?.text ?? "", value: $0["Value"]?.text ?? "") })
        })
    } catch {
      guard error.isAccessDenied else { throw error }
      return nil
    }
  }
}

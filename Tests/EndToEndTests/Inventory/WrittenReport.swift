import AWSKit
import Crypto
import Foundation
import TestSupport

/// A report of S3 Inventory about a bucket of a test server, as S3 writes it, from what the bucket has now.
struct WrittenReport {
  /// A row, whose fields are as they come without quotation marks.
  struct Row {
    var key: ObjectKey
    var version: ListedObject.Version?
    var size: String
    var lastModified: String
    var etag: String
    var owner: String
    /// The ACL's JSON; empty if the report does not tell it.
    var acl: String
    var encryption = "NOT-SSE"

    static let unavailable = #"{"version":"2022-11-10","status":"UNAVAILABLE"}"#
  }

  enum ACLForm: CaseIterable {
    case base64, json
  }

  let bucket: String
  var hasVersions = false
  var aclForm = ACLForm.base64
  /// Files of rows.
  var files: [[Row]] = []
  var destination = "reports"
  var created = Date()
  var format = "CSV"
  var omittedColumns: Set<String> = []
  /// The folder of the inventory in the destination bucket.
  var folder: String { "inv/\(bucket)/daily" }
  var manifestKey: String { "\(folder)/2026-11-26T01-00Z/manifest.json" }

  init(of bucket: String) {
    self.bucket = bucket
  }

  /// Every object, or version, of a bucket, spread over so many files in an order of its own.
  static func read(
    _ bucket: String, of server: S3TestServer, allVersions: Bool = false, files count: Int = 3
  ) async throws -> WrittenReport {
    var report = WrittenReport(of: bucket)
    report.hasVersions = allVersions
    var objects: [ListedObject] = []
    if allVersions {
      var marker: ListingMarker?
      while true {
        let page = try await server.site.client.listObjectVersions(
          bucket: bucket, prefix: nil, after: marker, limit: 1000)
        objects += page.objects
        guard page.isTruncated else { break }
        marker = page.end
      }
    } else {
      objects = try await server.site.list(bucket)
    }
    let rows = try await inParallel(objects) { object in
      var row = Row(
        key: object.key, version: object.version, size: "\(object.size)", lastModified: object.lastModified,
        etag: object.etag, owner: object.owner?.value ?? "", acl: "")
      guard let owner = object.owner, object.version?.isDeleteMarker != true else { return row }
      let acl = try await server[owner].client.objectACL(
        bucket: bucket, key: object.key, versionID: object.isNoncurrent ? object.version?.id : nil)
      row.acl = json(acl)
      return row
    }
    report.files = (0..<count).map { file in
      rows.enumerated().filter { $0.offset % count == file }.map(\.element).reversed()
    }
    // Versions of one second have no other order than the report's.
    if allVersions { report.files = [rows] }
    return report
  }

  static func json(_ acl: AccessControlList) -> String {
    let grants = acl.grants.map { grant in
      switch grant.grantee {
      case .canonicalUser(let id):
        #"{"canonicalId":"\#(id.value)","type":"CanonicalUser","permission":"\#(grant.permission.rawValue)"}"#
      case .group(let uri): #"{"uri":"\#(uri)","type":"Group","permission":"\#(grant.permission.rawValue)"}"#
      }
    }
    return #"{"version":"2022-11-10","status":"AVAILABLE","grants":[\#(grants.joined(separator: ","))]}"#
  }

  private var columns: [String] {
    var columns = ["Bucket", "Key"]
    if hasVersions { columns += ["VersionId", "IsLatest", "IsDeleteMarker"] }
    columns += [
      "Size", "LastModifiedDate", "ETag", "StorageClass", "IsMultipartUploaded", "EncryptionStatus",
      "ObjectAccessControlList", "ObjectOwner",
    ]
    return columns.filter { !omittedColumns.contains($0) }
  }

  private func line(_ row: Row) -> String {
    let acl = aclForm == .json || row.acl.isEmpty ? row.acl : Data(row.acl.utf8).base64EncodedString()
    let values: [String: String] = [
      "Bucket": bucket,
      "Key": PercentEncoding.encode(row.key.bytes, keepingSlashes: true).replacing("%20", with: "+"),
      "VersionId": row.version?.id == "null" ? "" : row.version?.id ?? "",
      "IsLatest": "\(row.version?.isLatest ?? true)", "IsDeleteMarker": "\(row.version?.isDeleteMarker ?? false)",
      "Size": row.size, "LastModifiedDate": row.lastModified, "ETag": row.etag, "StorageClass": "STANDARD",
      "IsMultipartUploaded": "false", "EncryptionStatus": row.encryption, "ObjectAccessControlList": acl,
      "ObjectOwner": row.owner,
    ]
    return columns.map { "\"\(values[$0]!.replacing("\"", with: "\"\""))\"" }.joined(separator: ",") + "\n"
  }

  /// The files of the report by their keys in the destination bucket.
  func content() throws -> [(key: String, bytes: [UInt8])] {
    var content: [(key: String, bytes: [UInt8])] = []
    for (index, rows) in files.enumerated() {
      content.append(("\(folder)/data/\(index)-a.csv.gz", try gzipped(rows.map(line).joined().utf8)))
    }
    return content + manifest(of: content)
  }

  /// The manifest about files, and its checksum.
  func manifest(of files: [(key: String, bytes: [UInt8])]) -> [(key: String, bytes: [UInt8])] {
    let entries = files.map {
      #"{"key":"\#($0.key)","size":\#($0.bytes.count),"MD5checksum":"\#(Self.md5($0.bytes))"}"#
    }
    let manifest = """
      {
        "sourceBucket" : "\(bucket)", "destinationBucket" : "arn:aws:s3:::\(destination)", "version" : "2016-11-30",
        "creationTimestamp" : "\(Int(created.timeIntervalSince1970 * 1000))", "fileFormat" : "\(format)",
        "fileSchema" : "\(columns.joined(separator: ", "))",
        "files" : [ \(entries.joined(separator: ", ")) ]
      }
      """
    let checksum = manifestKey.dropLast(5) + ".checksum"
    return [
      (manifestKey, Array(manifest.utf8)), (String(checksum), Array((Self.md5(Array(manifest.utf8)) + "\n").utf8)),
    ]
  }

  static func md5(_ bytes: [UInt8]) -> String { Hex.encode(Insecure.MD5.hash(data: bytes)) }

  /// Writes the report as `aws s3 sync` leaves it, after so many names of its prefix.
  ///
  /// - Returns: the path of the manifest.
  func write(to folder: String, in place: Workplace, skipping names: Int = 0) throws -> String {
    func path(_ key: String) -> String {
      place.path(folder + "/" + key.split(separator: "/").dropFirst(names).joined(separator: "/"))
    }
    for (key, bytes) in try content() {
      let url = URL(filePath: path(key))
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: url)
    }
    return path(manifestKey)
  }

  /// Uploads the report into the destination bucket.
  ///
  /// - Returns: the URL of the manifest.
  func upload(as account: TestAccount) async throws -> String {
    for (key, bytes) in try content() { try await account.put(ObjectKey(key), in: destination, body: bytes) }
    return "s3://\(destination)/\(manifestKey)"
  }
}

extension Workplace {
  /// The lines of a plan from `owners` to the one before `digest`.
  func planLines(_ name: String) throws -> [String] {
    let lines = try read(name).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return lines.drop { !$0.hasPrefix("\"owners\":") }.filter { !$0.hasPrefix("\"digest\":") }
  }
}

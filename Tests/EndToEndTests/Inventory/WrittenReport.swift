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
    var storageClass = "STANDARD"

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
      row.storageClass = object.storageClass
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
      "Size": row.size, "LastModifiedDate": row.lastModified, "ETag": row.etag, "StorageClass": row.storageClass,
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

  /// Python with pyarrow, which `make install-test-packages` installs; nil without.
  static let pythonWithParquet: String? = {
    // Not standardized, which would follow the link to a Python without pyarrow.
    let path = URL(filePath: #filePath).deletingLastPathComponent().path + "/../../../.build/pyarrow/bin/python3"
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  /// The same report in Parquet, as pyarrow writes it.
  func parquetContent(in place: Workplace) async throws -> [(key: String, bytes: [UInt8])] {
    var content: [(key: String, bytes: [UInt8])] = []
    for (index, rows) in files.enumerated() {
      let values = rows.map { row in
        [
          "bucket": bucket, "key": row.key.text, "version_id": row.version?.id == "null" ? "" : row.version?.id ?? "",
          "is_latest": "\(row.version?.isLatest ?? true)",
          "is_delete_marker": "\(row.version?.isDeleteMarker ?? false)",
          "size": row.size, "last_modified_date": row.lastModified, "e_tag": row.etag,
          "encryption_status": row.encryption, "storage_class": row.storageClass,
          "object_access_control_list": row.acl, "object_owner": row.owner,
        ]
      }
      try JSONEncoder().encode(values).write(to: URL(filePath: place.path("rows.json")))
      let script = """
        import datetime, json, pyarrow as pa, pyarrow.parquet as pq
        rows = json.load(open("rows.json"))
        def time(text):
            t = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
            return (t - datetime.datetime(1970, 1, 1)) // datetime.timedelta(milliseconds=1)
        columns, fields = [], []
        for name in rows[0]:
            if not \(hasVersions ? "True" : "False") and name in ("version_id", "is_latest", "is_delete_marker"): continue
            values = [row[name] for row in rows]
            if name == "last_modified_date":
                columns.append(pa.array([time(v) for v in values], pa.int64()).cast(pa.timestamp("ms")))
            elif name == "size": columns.append(pa.array([int(v) if v else None for v in values], pa.int64()))
            elif name.startswith("is_"): columns.append(pa.array([v == "true" for v in values]))
            else: columns.append(pa.array([v or None for v in values], pa.string()))
            fields.append(pa.field(name, columns[-1].type, nullable=name not in ("bucket", "key")))
        pq.write_table(pa.Table.from_arrays(columns, schema=pa.schema(fields)), "rows.parquet", row_group_size=20)
        """
      let result = try await place.shell(
        "cd '\(place.folder)' && '\(Self.pythonWithParquet ?? "")' -c '\(script.replacing("'", with: "\""))'")
      guard result.status == 0 else { throw Failure(text: result.err) }
      content.append(
        ("\(folder)/data/\(index).parquet", Array(try Data(contentsOf: URL(filePath: place.path("rows.parquet"))))))
    }
    return content + manifest(of: content)
  }

  struct Failure: Error {
    let text: String
  }

  /// The columns as a manifest of Parquet files has them.
  private var message: String {
    let names = [
      "bucket", "key", "size", "last_modified_date", "e_tag", "encryption_status", "object_access_control_list",
      "object_owner", "storage_class",
    ]
    let all = names + (hasVersions ? ["version_id", "is_latest", "is_delete_marker"] : [])
    return "message s3.inventory {  " + all.map { "optional binary \($0) (UTF8);  " }.joined() + "}"
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
        "fileSchema" : "\(format == "Parquet" ? message : columns.joined(separator: ", "))",
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
  func write(
    to folder: String, in place: Workplace, skipping names: Int = 0, content: [(key: String, bytes: [UInt8])]? = nil
  ) throws -> String {
    func path(_ key: String) -> String {
      place.path(folder + "/" + key.split(separator: "/").dropFirst(names).joined(separator: "/"))
    }
    for (key, bytes) in try content ?? self.content() {
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

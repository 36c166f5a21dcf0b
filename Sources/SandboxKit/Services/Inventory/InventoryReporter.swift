internal import Crypto
internal import NIOHTTP1
internal import AWSKit

/// Writes inventory reports of buckets into their destinations, when somebody asks. On AWS that happens once a day or a
/// week.
struct InventoryReporter {
  let state: SandboxState
  let s3: S3Service

  /// What a report contains.
  struct Wanted {
    let bucket: SandboxBucket
    let configuration: InventoryConfiguration
    /// The most rows of a file.
    var rowsPerFile = 50_000
    /// Of the keys whose ACL and owner the report has as unavailable.
    var unavailable: Wildcard?
    var time = Timestamp.now()
  }

  /// Where a report is.
  struct Report: Encodable {
    let manifest: String
    let rows: Int
    let files: Int
  }

  /// More are for `fixacl-sandbox inventory`.
  static let maximumRows = 200_000

  /// - Throws: what S3 answers, or 501.
  func write(_ wanted: Wanted) throws(ServiceError) -> Report {
    let (bucket, configuration) = (wanted.bucket, wanted.configuration)
    guard configuration.format == "CSV" else {
      throw .notImplemented("inventory reports in the format \(configuration.format), but for CSV")
    }
    let columns = InventoryColumns(
      bucket: bucket.name, hasVersions: configuration.includesAllVersions, fields: configuration.fields,
      ownerOfAllObjects: bucket.ownerOfAllObjects)
    var rows = try rows(of: bucket, configuration)
    // Reports are not sorted.
    var random = SeededGenerator(seed: UInt64(rows.count))
    rows.shuffle(using: &random)
    var manifest = InventoryManifest(
      sourceBucket: bucket.name, destinationBucket: configuration.destinationBucket,
      prefix: configuration.destinationPrefix, id: configuration.id, schema: columns.schema, createdAt: wanted.time)
    for start in stride(from: 0, to: rows.count, by: wanted.rowsPerFile) {
      var text: [UInt8] = []
      for row in rows[start..<min(rows.count, start + wanted.rowsPerFile)] {
        let isACLKnown = !(wanted.unavailable?.matches(row.object.key.text) ?? false)
        columns.write(row.object, isLatest: row.isLatest, isACLKnown: isACLKnown, to: &text)
      }
      let file = GzipEncoder.file(of: text)
      let key = manifest.dataKey(state.newUUID())
      try put(file, key, type: "application/x-gzip", wanted)
      manifest.files.append(
        InventoryManifest.File(
          key: key, size: file.count, checksum: Hexadecimal.encode(Insecure.MD5.hash(data: file))))
    }
    let document = manifest.document
    try put(manifest.symlinks.content, manifest.symlinks.key, type: "text/plain", wanted)
    try put(document.content, document.key, type: "application/json", wanted)
    // Last: once it exists, the report is complete.
    try put(
      Array(Hexadecimal.encode(Insecure.MD5.hash(data: document.content)).utf8),
      InventoryManifest.checksumKey(ofManifest: document.key), type: "text/plain", wanted)
    return Report(
      manifest: "s3://\(configuration.destinationBucket)/\(document.key)", rows: rows.count,
      files: manifest.files.count)
  }

  private typealias Row = (object: StoredObject, isLatest: Bool)

  private func rows(
    of bucket: SandboxBucket, _ configuration: InventoryConfiguration
  ) throws(ServiceError) -> [Row] {
    let prefix = ObjectKey(configuration.keyPrefix)
    var cursor = SandboxBucket.KeyCursor(bucket, from: prefix)
    var rows: [Row] = []
    while let entry = cursor.next(), entry.key.bytes.starts(with: prefix.bytes) {
      if configuration.includesAllVersions, case .stored(_, let versions) = entry {
        for (place, version) in versions.enumerated() { rows.append((version, place == 0)) }
      } else if let object = bucket.object(of: entry) {
        rows.append((object, true))
      }
      guard rows.count <= Self.maximumRows else {
        throw .notImplemented(
          "reports of more than \(Self.maximumRows) rows on request; 'fixacl-sandbox inventory' writes them to a folder"
        )
      }
    }
    return rows
  }

  /// Puts an object as S3 does, which the destination's bucket policy must let it (User Guide: "Granting permissions for
  /// Amazon S3 Inventory and Amazon S3 analytics").
  private func put(_ content: [UInt8], _ key: String, type: String, _ wanted: Wanted) throws(ServiceError) {
    var headers: HTTPHeaders = [
      "Content-MD5": ObjectChecksum.md5(of: content), "Content-Type": type, "x-amz-acl": "bucket-owner-full-control",
    ]
    switch wanted.configuration.encryption {
    case nil: break
    case .s3: headers.add(name: "x-amz-server-side-encryption", value: "AES256")
    case .kms(let keyID):
      headers.add(name: "x-amz-server-side-encryption", value: "aws:kms")
      headers.add(name: "x-amz-server-side-encryption-aws-kms-key-id", value: keyID)
    }
    let request = SandboxRequest(
      method: "PUT",
      uri: "/\(wanted.configuration.destinationBucket)/" + PercentCoding.encode(key.utf8, keepingSlashes: true),
      headers: headers, body: content)
    let caller = Caller.service(
      "s3.amazonaws.com", sourceARN: "arn:aws:s3:::" + wanted.bucket.name,
      sourceAccountID: wanted.bucket.owner.accountID)
    let response = s3.deliver(request, as: caller).response
    guard response.status == 200 else {
      let error = try? XMLNode(
        parsing: Array(response.body.dropFirst(SandboxResponse.xmlDeclaration.count)), root: "Error")
      throw ServiceError(
        response.status, error?["Code"]?.text ?? "InternalError", error?["Message"]?.text ?? "no answer")
    }
  }
}

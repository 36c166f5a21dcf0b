internal import NIOHTTP1
internal import AWSKit

extension BatchJobRequest {
  /// The request to S3 that does a job's operation on one object (User Guide: "Operations supported by S3 Batch
  /// Operations").
  func request(for row: BatchManifest.Row) -> SandboxRequest {
    switch operation {
    case .putACL: aclRequest(for: row)
    case .copy: copyRequest(for: row)
    }
  }

  private func aclRequest(for row: BatchManifest.Row) -> SandboxRequest {
    let uri =
      "/\(row.bucket)/" + PercentCoding.encode(row.key.bytes, keepingSlashes: true) + "?acl"
      + (row.versionID.map { "&versionId=" + PercentCoding.encode($0.utf8) } ?? "")
    let policy = parameters["AccessControlPolicy"]
    if let canned = policy?["CannedAccessControlList"]?.text {
      return SandboxRequest(method: "PUT", uri: uri, headers: ["x-amz-acl": canned])
    }
    var writer = DocumentWriter()
    writer.element("AccessControlPolicy") { writer in
      let list = policy?["AccessControlList"]
      writer.element("Owner") { $0.element("ID", text: list?["Owner"]?["ID"]?.text ?? "") }
      writer.element("AccessControlList") { writer in
        for grant in list?["Grants"]?.children ?? [] {
          writer.element("Grant") { writer in
            writer.element("Grantee") { $0.element(Self.elementName(of: grant), text: Self.identifier(of: grant)) }
            writer.element("Permission", text: grant["Permission"]?.text ?? "")
          }
        }
      }
    }
    return SandboxRequest(method: "PUT", uri: uri, body: writer.bytes)
  }

  private static func elementName(of grant: XMLNode) -> String {
    switch grant["Grantee"]?["TypeIdentifier"]?.text {
    case "uri": "URI"
    case "emailAddress": "EmailAddress"
    default: "ID"
    }
  }

  private static func identifier(of grant: XMLNode) -> String { grant["Grantee"]?["Identifier"]?.text ?? "" }

  private func copyRequest(for row: BatchManifest.Row) -> SandboxRequest {
    func text(_ name: String) -> String? { parameters[name]?.text }
    let target = (text("TargetResource") ?? "").split(separator: ":").last ?? ""
    let prefix = text("TargetKeyPrefix").map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
    let key = Array(prefix.utf8) + row.key.bytes
    var headers: HTTPHeaders = [
      "x-amz-copy-source": "/\(row.bucket)/" + PercentCoding.encode(row.key.bytes, keepingSlashes: true)
        + (row.versionID.map { "?versionId=" + PercentCoding.encode($0.utf8) } ?? "")
    ]
    func add(_ header: String, _ value: String?) {
      if let value { headers.add(name: header, value: value) }
    }
    add("x-amz-acl", text("CannedAccessControlList"))
    for (header, value) in grantHeaders { add(header, value) }
    add("x-amz-storage-class", text("StorageClass"))
    add("x-amz-website-redirect-location", text("RedirectLocation"))
    add("x-amz-copy-source-if-modified-since", date("ModifiedSinceConstraint")?.httpDate)
    add("x-amz-copy-source-if-unmodified-since", date("UnModifiedSinceConstraint")?.httpDate)
    add("x-amz-object-lock-legal-hold", text("ObjectLockLegalHoldStatus"))
    add("x-amz-object-lock-mode", text("ObjectLockMode"))
    add("x-amz-object-lock-retain-until-date", text("ObjectLockRetainUntilDate"))
    add("x-amz-object-lock-event-hold", text("ObjectLockEventHold"))
    let duration = parameters["ObjectLockEventHoldDuration"]
    add("x-amz-object-lock-event-hold-duration-days", duration?["Days"]?.text)
    add("x-amz-object-lock-event-hold-duration-years", duration?["Years"]?.text)
    add("x-amz-object-annotation-directive", text("AnnotationDirective"))
    add("x-amz-checksum-algorithm", text("ChecksumAlgorithm"))
    if text("RequesterPays")?.lowercased() == "true" { add("x-amz-request-payer", "requester") }
    if let keyID = text("SSEAwsKmsKeyId") {
      add("x-amz-server-side-encryption", "aws:kms")
      add("x-amz-server-side-encryption-aws-kms-key-id", keyID)
    } else if let algorithm = parameters["NewObjectMetadata"]?["SSEAlgorithm"]?.text {
      add("x-amz-server-side-encryption", algorithm == "KMS" ? "aws:kms" : algorithm)
    }
    add("x-amz-server-side-encryption-bucket-key-enabled", text("BucketKeyEnabled"))
    if let tags = parameters["NewObjectTagging"] {
      add("x-amz-tagging-directive", "REPLACE")
      add("x-amz-tagging", Self.query(of: tags))
    }
    addMetadata(to: &headers)
    return SandboxRequest(
      method: "PUT", uri: "/\(target)/" + PercentCoding.encode(key, keepingSlashes: true), headers: headers)
  }

  private func date(_ name: String) -> Timestamp? { parameters[name].flatMap { Timestamp(extended: $0.text) } }

  /// Those with the same permission are in one header.
  private var grantHeaders: [(String, String)] {
    var headers: [String: [String]] = [:]
    for grant in parameters["AccessControlGrants"]?.children ?? [] {
      let permission = (grant["Permission"]?.text ?? "").lowercased().split(separator: "_").joined(separator: "-")
      let type = grant["Grantee"]?["TypeIdentifier"]?.text ?? ""
      headers["x-amz-grant-" + permission, default: []].append("\(type)=\"\(Self.identifier(of: grant))\"")
    }
    return headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ", ")) }
  }

  private static func query(of tags: XMLNode) -> String {
    tags.children.map { tag in
      ["Key", "Value"].map { PercentCoding.encode((tag[$0]?.text ?? "").utf8) }.joined(separator: "=")
    }.joined(separator: "&")
  }

  /// New metadata takes the place of all that an object has; an algorithm alone is none.
  private func addMetadata(to headers: inout HTTPHeaders) {
    let metadata = parameters["NewObjectMetadata"]?.children.filter { $0.name != "SSEAlgorithm" } ?? []
    let directive = parameters["MetadataDirective"]?.text ?? (metadata.isEmpty ? nil : "REPLACE")
    if let directive { headers.add(name: "x-amz-metadata-directive", value: directive) }
    guard directive == "REPLACE" else { return }
    let names = [
      "CacheControl": "Cache-Control", "ContentDisposition": "Content-Disposition",
      "ContentEncoding": "Content-Encoding", "ContentLanguage": "Content-Language", "ContentType": "Content-Type",
    ]
    for element in metadata {
      if let name = names[element.name] {
        headers.add(name: name, value: element.text)
      } else if element.name == "HttpExpiresDate", let date = Timestamp(extended: element.text) {
        headers.add(name: "Expires", value: date.httpDate)
      } else if element.name == "UserMetadata" {
        for entry in element.children {
          headers.add(name: "x-amz-meta-" + (entry["key"]?.text ?? ""), value: entry["value"]?.text ?? "")
        }
      }
    }
  }
}

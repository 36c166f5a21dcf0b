internal import Foundation
internal import AWSKit

/// The columns of an inventory report, and what stands in them: values in quotation marks, keys URL-encoded, no header
/// (User Guide: "Amazon S3 Inventory", inventory list; "Working with the Object ACL field").
struct InventoryColumns: Sendable {
  let bucket: String
  /// Whether each version has a row.
  let hasVersions: Bool
  let fields: [InventoryConfiguration.Field]
  /// Who owns all objects, where ACLs are off.
  let ownerOfAllObjects: CanonicalID?

  /// As the manifest names the columns.
  var schema: String {
    (["Bucket", "Key"] + (hasVersions ? ["VersionId", "IsLatest", "IsDeleteMarker"] : []) + fields.map(\.rawValue))
      .joined(separator: ", ")
  }

  /// - Parameter isACLKnown: false where S3 could not tell the ACL, nor the owner.
  func write(_ object: StoredObject, isLatest: Bool, isACLKnown: Bool, to bytes: inout [UInt8]) {
    Self.write(bucket.utf8, to: &bytes)
    bytes.append(UInt8(ascii: ","))
    Self.write(PercentCoding.encode(object.key.bytes, keepingSlashes: true).utf8, to: &bytes)
    var values: [String] = []
    if hasVersions {
      values = [
        object.versionID == "null" ? "" : object.versionID, isLatest ? "true" : "false",
        object.isDeleteMarker ? "true" : "false",
      ]
    }
    values += fields.map { value($0, of: object, isACLKnown: isACLKnown) }
    for value in values {
      bytes.append(UInt8(ascii: ","))
      Self.write(value.utf8, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  static func write(_ value: some Collection<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    bytes += value
    bytes.append(UInt8(ascii: "\""))
  }

  func value(_ field: InventoryConfiguration.Field, of object: StoredObject, isACLKnown: Bool) -> String {
    let attributes = object.attributes
    if object.isDeleteMarker { return field == .lastModifiedDate ? object.lastModified.s3Date : "" }
    switch field {
    case .size: return String(object.content.size)
    case .lastModifiedDate: return object.lastModified.s3Date
    case .etag: return object.etag
    case .storageClass: return attributes.storageClass
    case .isMultipartUploaded: return object.partSizes.isEmpty ? "false" : "true"
    case .encryptionStatus: return attributes.encryptionStatus
    case .objectLockRetainUntilDate: return attributes.lock.retention?.until.s3Date ?? ""
    case .objectLockMode: return attributes.lock.retention?.mode ?? ""
    case .objectLockLegalHoldStatus: return attributes.lock.legalHold ?? ""
    case .intelligentTieringAccessTier:
      return attributes.storageClass == "INTELLIGENT_TIERING" ? "FREQUENT" : ""
    case .bucketKeyStatus: return attributes.encryption.usesBucketKey ? "ENABLED" : "DISABLED"
    case .checksumAlgorithm: return object.checksum?.algorithm.rawValue.uppercased() ?? ""
    case .objectAccessControlList:
      let acl = ownerOfAllObjects.map { .owned(by: $0) } ?? object.acl
      return Self.text(of: isACLKnown ? acl : nil)
    case .objectOwner: return isACLKnown ? (ownerOfAllObjects ?? object.owner).value : "UNAVAILABLE"
    case .replicationStatus, .lifecycleExpirationDate, .intelligentTieringReferenceDate, .objectLockEventHoldStatus,
      .objectLockEventHoldDuration:
      return ""
    }
  }

  /// An ACL as reports have it: JSON in Base64. Written by hand, in AWS's order: nothing in it needs to be escaped.
  ///
  /// - Parameter acl: nil for one that S3 could not tell.
  static func text(of acl: AccessControlList?) -> String {
    let grants = (acl?.grants ?? []).map { grant in
      switch grant.grantee {
      case .canonicalUser(let id):
        #"{"canonicalId":"\#(id.value)","type":"CanonicalUser","permission":"\#(grant.permission.rawValue)"}"#
      case .group(let uri): #"{"uri":"\#(uri)","type":"Group","permission":"\#(grant.permission.rawValue)"}"#
      }
    }
    let status = acl == nil ? "UNAVAILABLE" : "AVAILABLE"
    let json = #"{"version":"2022-11-10","status":"\#(status)","grants":[\#(grants.joined(separator: ","))]}"#
    return Data(json.utf8).base64EncodedString()
  }
}

extension ObjectAttributes {
  fileprivate var encryptionStatus: String {
    if customerKeyMD5 != nil { return "SSE-C" }
    return switch encryption.algorithm {
    case "aws:kms": "SSE-KMS"
    case "aws:kms:dsse": "DSSE-KMS"
    default: "SSE-S3"
    }
  }
}

import Testing

@testable import FixACLKit
@testable import S3Kit

@Suite struct CopyObstacleTests {
  private static let limit = 5_368_709_120

  @Test(
    arguments: [
      (0, "STANDARD", .unversioned, nil),
      (limit, "STANDARD", .unversioned, nil),
      (limit + 1, "STANDARD", .unversioned, .tooLarge),
      (1, "STANDARD_IA", .unversioned, nil),
      // Read at once, whatever the name.
      (1, "GLACIER_IR", .unversioned, nil),
      (1, "GLACIER", .unversioned, .archived),
      (1, "DEEP_ARCHIVE", .unversioned, .archived),
      (1, "STANDARD", .enabled, .versionedBucket),
      (1, "STANDARD", .suspended, .versionedBucket),
      // Not known is not never.
      (1, "STANDARD", nil, .versionedBucket),
    ] as [(Int, String, VersioningState?, ChangeReason?)])
  func ofAListedObject(size: Int, storageClass: String, versioning: VersioningState?, obstacle: ChangeReason?) {
    #expect(CopyObstacle.find(size: size, storageClass: storageClass, versioning: versioning) == obstacle)
  }

  @Test(
    arguments: [
      ([:], nil),
      (["Content-Length": "\(limit)"], nil),
      (["Content-Length": "\(limit + 1)"], .tooLarge),
      (["x-amz-storage-class": "GLACIER"], .archived),
      (["x-amz-storage-class": "DEEP_ARCHIVE"], .archived),
      (["x-amz-storage-class": "INTELLIGENT_TIERING"], nil),
      (["x-amz-object-lock-mode": "GOVERNANCE"], .objectLock),
      (["x-amz-object-lock-legal-hold": "ON"], .objectLock),
      (["x-amz-server-side-encryption": "AES256"], nil),
      (["x-amz-server-side-encryption": "aws:kms"], .encryption),
      (["x-amz-server-side-encryption": "aws:kms:dsse"], .encryption),
      (["x-amz-server-side-encryption-customer-algorithm": "AES256"], .encryption),
      (["x-amz-tagging-count": "10", "x-amz-meta-a": "b"], nil),
    ] as [([String: String], ChangeReason?)])
  func ofAnObject(headers: [String: String], obstacle: ChangeReason?) throws {
    let head = try ObjectHead.sample(headers)
    #expect(CopyObstacle.find(in: head) == obstacle)
  }
}

extension ObjectHead {
  /// What a HEAD with these headers says; ETag `e1` and 10 bytes where they say nothing of them.
  static func sample(_ headers: [String: String] = [:]) throws -> ObjectHead {
    let fields = headers.merging(["ETag": "\"e1\"", "Content-Length": "10"]) { given, _ in given }
    return try ObjectHead(HTTPResponse(status: 200, headers: HTTPHeaders(fields.map { ($0, $1) })))
  }
}

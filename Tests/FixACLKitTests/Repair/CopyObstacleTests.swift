import Testing

@testable import FixACLKit
@testable import AWSKit

@Suite struct CopyObstacleTests {
  @Test(
    arguments: [
      ([:], nil),
      (["Content-Length": "5368709121"], nil),
      (["x-amz-storage-class": "GLACIER"], .archived),
      (["x-amz-storage-class": "DEEP_ARCHIVE"], .archived),
      (["x-amz-storage-class": "INTELLIGENT_TIERING"], nil),
      // Read at once, whatever the name.
      (["x-amz-storage-class": "GLACIER_IR"], nil),
      (["x-amz-storage-class": "GLACIER", "x-amz-restore": "ongoing-request=\"true\""], .archived),
      (
        [
          "x-amz-storage-class": "GLACIER",
          "x-amz-restore": "ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2029 00:00:00 GMT\"",
        ], nil
      ),
      (["x-amz-storage-class": "INTELLIGENT_TIERING", "x-amz-archive-status": "ARCHIVE_ACCESS"], .archived),
      (["x-amz-object-lock-mode": "GOVERNANCE"], nil),
      (["x-amz-missing-meta": "1"], .metadata),
      (["x-amz-server-side-encryption": "AES256"], nil),
      (["x-amz-server-side-encryption": "aws:kms"], nil),
      (["x-amz-server-side-encryption": "aws:kms:dsse"], nil),
      (["x-amz-server-side-encryption-customer-algorithm": "AES256"], .customerKey),
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

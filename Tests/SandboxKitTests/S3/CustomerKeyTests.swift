import AWSKit
import Testing

@testable import SandboxKit

/// Keys of customers (User Guide: "Using server-side encryption with customer-provided keys (SSE-C)"), and what S3 says
/// of those that are wrong.
@Suite("Keys of customers")
struct CustomerKeyTests {
  private let stage: CloudFrontStage
  private static let prefix = "x-amz-server-side-encryption-customer-"
  private static let key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
  private static let otherKey = "YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODk="

  init() throws {
    stage = try CloudFrontStage()
  }

  private static func headers(
    algorithm: String? = "AES256", key: String? = key, md5: String? = ObjectChecksum.md5(ofBase64: key)
  ) -> [(name: String, value: String)] {
    [("algorithm", algorithm), ("key", key), ("key-md5", md5)].compactMap { name, value in
      value.map { (prefix + name, $0) }
    }
  }

  @Test func aNewObjectNeedsAWholeKey() {
    func code(_ headers: [(name: String, value: String)]) -> String {
      let answer = stage.s3(.put, "new", headers: headers, body: "text")
      return answer.status == 400 ? answer.code : "\(answer.status) \(answer.code)"
    }
    #expect(code(Self.headers(algorithm: "KMS")) == "InvalidEncryptionAlgorithmError")
    #expect(code(Self.headers(algorithm: nil)) == "InvalidArgument")
    #expect(code(Self.headers(key: nil)) == "InvalidArgument")
    #expect(code(Self.headers(key: "c2hvcnQ=")) == "InvalidArgument")
    #expect(code(Self.headers(md5: nil)) == "InvalidArgument")
    #expect(code(Self.headers(md5: ObjectChecksum.md5(ofBase64: Self.otherKey))) == "InvalidArgument")
    #expect(code(Self.headers() + [("x-amz-server-side-encryption", "AES256")]) == "InvalidArgument")
    #expect(stage.s3(.head, "new").status == 404)
  }

  @Test func aReadNeedsTheSameKey() {
    #expect(stage.s3(.put, "new", headers: Self.headers(), body: "text").status == 200)
    #expect(stage.s3(.get, "new", headers: Self.headers()).status == 200)
    #expect(stage.s3(.get, "new").code == "InvalidRequest")
    let other = stage.s3(
      .get, "new", headers: Self.headers(key: Self.otherKey, md5: ObjectChecksum.md5(ofBase64: Self.otherKey)))
    #expect(other.status == 403 && other.code == "AccessDenied", "\(other.text)")
    #expect(stage.s3(.get, "new", headers: Self.headers(md5: nil)).status == 403)
  }
}

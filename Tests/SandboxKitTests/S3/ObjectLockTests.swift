import AWSKit
import Testing

@testable import SandboxKit

/// Object Lock (User Guide: "Locking objects with Object Lock", "Object Lock considerations").
@Suite("Object Lock")
struct ObjectLockTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage()
    stage.s3(
      .put, "", query: [("versioning", "")],
      body: "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
    #expect(configure("").status == 200)
  }

  private func put(
    _ key: String, _ subresource: String, _ body: String, headers: [(name: String, value: String)] = [],
    hasDigest: Bool = true
  ) -> Answer {
    let digest = [(name: "Content-MD5", value: ObjectChecksum.md5(of: Array(body.utf8)))]
    return stage.s3(
      .put, key, query: [(subresource, "")], headers: headers + (hasDigest ? digest : []), body: body)
  }

  private func configure(_ retention: String, hasDigest: Bool = true) -> Answer {
    let rule = retention.isEmpty ? "" : "<Rule><DefaultRetention>\(retention)</DefaultRetention></Rule>"
    return put(
      "", "object-lock",
      "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>\(rule)</ObjectLockConfiguration>",
      hasDigest: hasDigest)
  }

  @Test func takesDaysOrYears() {
    let mode = "<Mode>GOVERNANCE</Mode>"
    #expect(configure(mode + "<Days>1</Days><Years>1</Years>").code == "MalformedXML")
    #expect(configure(mode).code == "MalformedXML")
    #expect(configure(mode + "<Days>0</Days>").code == "InvalidArgument")
    #expect(configure(mode + "<Years>2</Years>").status == 200)
    let answer = stage.s3(.get, "", query: [("object-lock", "")])
    #expect(answer.text("Rule", "DefaultRetention", "Years") == "2", "\(answer.text)")
    #expect(configure(mode + "<Days>1</Days>", hasDigest: false).code == "InvalidRequest")
  }

  @Test func whatIsLockedComesWithADigest() {
    let lock: [(name: String, value: String)] = [("x-amz-object-lock-legal-hold", "ON")]
    #expect(stage.s3(.put, "held", headers: lock, body: "text").code == "InvalidRequest")
    let digest = ObjectChecksum.md5(of: Array("text".utf8))
    #expect(stage.s3(.put, "held", headers: lock + [("Content-MD5", digest)], body: "text").status == 200)
  }

  @Test func governanceBecomesComplianceByBypassOnly() {
    func retain(_ mode: String, headers: [(name: String, value: String)] = []) -> Answer {
      put(
        "page.html", "retention",
        "<Retention><Mode>\(mode)</Mode><RetainUntilDate>2044-01-01T00:00:00Z</RetainUntilDate></Retention>",
        headers: headers)
    }
    stage.put("page.html")
    #expect(retain("GOVERNANCE").status == 200)
    let refused = retain("COMPLIANCE")
    #expect(refused.status == 403 && refused.code == "AccessDenied", "\(refused.text)")
    let bypass: [(name: String, value: String)] = [("x-amz-bypass-governance-retention", "true")]
    #expect(retain("COMPLIANCE", headers: bypass).status == 200)
    #expect(retain("GOVERNANCE", headers: bypass).status == 403)
  }
}

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

  private func head(_ key: String, as account: SandboxAccount? = nil) -> Answer {
    stage.s3(.head, key, as: (account ?? stage.site).credentials)
  }

  /// Object Lock's event hold (API Reference: PutObject, ObjectLockRetention).
  @Test func eventHoldsAreSentOrLost() {
    let digest: (name: String, value: String) = ("Content-MD5", ObjectChecksum.md5(of: Array("text".utf8)))
    let name = "x-amz-object-lock-event-hold"
    let hold: [(name: String, value: String)] = [
      ("x-amz-object-lock-mode", "GOVERNANCE"), (name, "ON"), (name + "-duration-days", "30"),
    ]
    #expect(stage.s3(.put, "held", headers: hold + [digest], body: "text").status == 200)
    #expect(head("held").header(name) == "ON" && head("held").header(name + "-duration-days") == "30")
    let told = stage.s3(.get, "held", query: [("retention", "")])
    #expect(told.text("Mode") == "GOVERNANCE" && told.text("EventHold") == "ON", "\(told.text)")
    #expect(told.text("EventHoldDuration", "Days") == "30" && told.text("RetainUntilDate").isEmpty)

    func copy(_ key: String, _ headers: [(name: String, value: String)]) -> Answer {
      stage.s3(.put, key, headers: [("x-amz-copy-source", "/\(CloudFrontStage.bucket)/held")] + headers)
    }
    #expect(copy("lost", []).status == 200 && head("lost").header(name).isEmpty)
    #expect(copy("kept", hold).status == 200 && head("kept").header(name) == "ON")
    // Days or years, and of a hold that is on.
    for bad in [
      [(name, "ON"), (name + "-duration-days", "1"), (name + "-duration-years", "1")], [(name, "maybe")],
      [(name + "-duration-days", "1")], [(name, "ON"), (name + "-duration-days", "36501")],
    ] as [[(name: String, value: String)]] {
      #expect(stage.s3(.put, "bad", headers: bad + [digest], body: "text").code == "InvalidArgument", "\(bad)")
    }
    // A release begins the retention.
    #expect(put("held", "retention", "<Retention><EventHold>OFF</EventHold></Retention>").status == 200)
    #expect(head("held").header(name).isEmpty && head("held").header("x-amz-object-lock-mode") == "GOVERNANCE")
  }

  @Test func eventHoldsByDefault() {
    #expect(configure("<DefaultEventHold><Years>7</Years></DefaultEventHold>").status == 200)
    let told = stage.s3(.get, "", query: [("object-lock", "")])
    #expect(told.text("Rule", "DefaultRetention", "DefaultEventHold", "Years") == "7", "\(told.text)")
    let digest: (name: String, value: String) = ("Content-MD5", ObjectChecksum.md5(of: Array("text".utf8)))
    #expect(stage.s3(.put, "new", headers: [digest], body: "text").status == 200)
    #expect(head("new").header("x-amz-object-lock-event-hold-duration-years") == "7")
    let off: [(name: String, value: String)] = [("x-amz-object-lock-event-hold", "OFF")]
    #expect(stage.s3(.put, "free", headers: [digest] + off, body: "text").status == 200)
    #expect(head("free").header("x-amz-object-lock-event-hold").isEmpty)
    #expect(
      configure("<Mode>GOVERNANCE</Mode><Days>1</Days><DefaultEventHold><Days>1</Days></DefaultEventHold>").code
        == "MalformedXML")
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

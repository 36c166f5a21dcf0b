import AWSKit
import Testing

@testable import SandboxKit

/// Tags of objects and buckets (User Guide: "Categorizing your objects using tags", "Using cost allocation S3 bucket
/// tags"; Billing User Guide: "User-defined tag restrictions").
@Suite("Tags")
struct TagTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage()
  }

  private func set(_ tags: String, of key: String) -> Answer {
    stage.s3(.put, key, query: [("tagging", "")], body: "<Tagging><TagSet>\(tags)</TagSet></Tagging>")
  }

  private static func tag(_ key: String, _ value: String) -> String {
    "<Tag><Key>\(key)</Key><Value>\(value)</Value></Tag>"
  }

  @Test(arguments: ["page.html", ""])
  func charactersAndNamesAreChecked(key: String) {
    for tag in [Self.tag("a,b", "c"), Self.tag("a", "b,c"), Self.tag("aws:a", "b"), Self.tag("", "b")] {
      let answer = set(tag, of: key)
      #expect(answer.status == 400 && answer.code == "InvalidTag", "\(tag): \(answer.text)")
    }
    let twice = set(Self.tag("a", "b") + Self.tag("a", "c"), of: key)
    #expect(twice.code == "InvalidTag" && twice.text("TagKey") == "a", "\(twice.text)")
    #expect(set("<Tag><Key>a</Key></Tag>", of: key).code == "MalformedXML")
    #expect([200, 204].contains(set(Self.tag("Größe +-=._:/@", "1 m²"), of: key).status))
  }

  @Test func headersAreCheckedAsAWhole() {
    for tags in ["a=b&a=c", "a=b,c=d"] {
      let answer = stage.s3(.put, "new", headers: [("x-amz-tagging", tags)], body: "text")
      #expect(answer.status == 400 && answer.code == "InvalidArgument", "\(answer.text)")
      #expect(answer.text("ArgumentName") == "x-amz-tagging")
    }
    #expect(stage.s3(.put, "new", headers: [("x-amz-tagging", "a=b&&c")], body: "text").status == 200)
  }
}

import AWSKit
import Testing

@testable import SandboxKit

@Suite("ListBuckets")
struct ListBucketsTests {
  private let sandbox: InProcessSandbox

  init() throws {
    sandbox = try InProcessSandbox(#"{"accounts": {"site": {}, "tools": {"largeQuota": true}}}"#)
    for name in ["site", "tools"] {
      let keys = try sandbox.account(name).credentials
      for bucket in ["logs-1", "logs-2", "media"] {
        #expect(
          sandbox.send(.put, "s3.us-east-1.amazonaws.com", "/\(name)-\(bucket)", service: "s3", as: keys).status == 200)
      }
    }
  }

  private func list(_ query: [(String, String)] = [], as account: String = "site") throws -> Answer {
    try sandbox.listBuckets(as: sandbox.account(account).credentials, query: query)
  }

  private func names(_ answer: Answer) -> [String] {
    answer.text.matches(of: /<Name>([^<]*)<\/Name>/).map { String($0.1) }
  }

  @Test("lists everything at once, without regions")
  func unpaginated() throws {
    let answer = try list()
    #expect(names(answer) == ["site-logs-1", "site-logs-2", "site-media"])
    #expect(answer.text("ContinuationToken").isEmpty && !answer.text.contains("BucketRegion"))
  }

  @Test("lists by pages")
  func pages() throws {
    let first = try list([("max-buckets", "2")])
    #expect(names(first) == ["site-logs-1", "site-logs-2"])
    #expect(first.text.contains("<BucketRegion>us-east-1</BucketRegion>"))
    let token = first.text("ContinuationToken")
    let second = try list([("continuation-token", token), ("max-buckets", "2")])
    #expect(names(second) == ["site-media"] && second.text("ContinuationToken").isEmpty)
    let filtered = try list([("max-buckets", "10000"), ("prefix", "site-logs")])
    #expect(names(filtered) == ["site-logs-1", "site-logs-2"] && filtered.text("Prefix") == "site-logs")
    #expect(names(try list([("bucket-region", "eu-west-1")])) == [])
  }

  @Test("refuses pages of no size, and tokens that are none", arguments: ["0", "10001", "many", ""])
  func refusals(size: String) throws {
    #expect(try list([("max-buckets", size)]).code == "InvalidArgument")
    #expect(try list([("continuation-token", "another")]).code == "InvalidArgument")
  }

  @Test("lists by pages only, where the account's quota is large")
  func largeQuota() throws {
    let refusal = try list(as: "tools")
    #expect(refusal.status == 400 && refusal.code == "InvalidRequest")
    #expect(try list([("prefix", "tools")], as: "tools").status == 400)
    #expect(names(try list([("max-buckets", "1")], as: "tools")) == ["tools-logs-1"])
  }
}

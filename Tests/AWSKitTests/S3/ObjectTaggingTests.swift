import Testing

@testable import AWSKit

@Suite struct ObjectTaggingTests {
  private static func tags(_ answer: ScriptedAnswer) async throws -> [ObjectTag] {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    return try await ClientBench(answer, policy: policy).client.objectTags(bucket: "b", key: ObjectKey("k"))
  }

  @Test(arguments: [
    ("get-object-tagging", [ObjectTag(key: "a", value: "1"), ObjectTag(key: "b", value: "two words")]),
    ("get-object-tagging-none", []),
    // What is left of the tags after a copy by RadosGW.
    ("get-object-tagging-empty-body", []),
  ])
  func recordedTagsAreRead(recording: String, tags: [ObjectTag]) async throws {
    #expect(try await Self.tags(.success(try Recording.named(recording))) == tags)
  }

  @Test func tagsAreReadExactly() async throws {
    let body =
      "<Tagging><TagSet><Tag><Key> k&amp;1 </Key><Value></Value></Tag><Tag><Value>caf\u{e9}&#10;</Value><Key>\u{1f600}</Key></Tag></TagSet></Tagging>"
    #expect(
      try await Self.tags(.status(200, body)) == [
        ObjectTag(key: " k&1 ", value: ""), ObjectTag(key: "\u{1f600}", value: "caf\u{e9}\n"),
      ])
  }

  @Test(arguments: ["<Tagging/>", "<TagSet/>", "<Tagging><TagSet>", " ", "<Error/>"])
  func anotherDocumentIsRefused(body: String) async {
    await #expect(throws: AWSError.self) { try await Self.tags(.status(200, body)) }
  }

  @Test func theDocumentToSendIsExactly() async throws {
    let bench = ClientBench(.success(try Recording.named("put-object-tagging")))
    try await bench.client.putObjectTags(
      bucket: "bucket", key: ObjectKey("a b"),
      tags: [ObjectTag(key: "k<", value: "v&\r"), ObjectTag(key: "e", value: "")])
    let request = try #require(bench.requests.first)
    #expect(request.method == .put)
    #expect(request.url == "https://bucket.s3.us-east-1.amazonaws.com/a%20b?tagging=")
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag><Key>k&lt;</Key>"
        + "<Value>v&amp;&#13;</Value></Tag><Tag><Key>e</Key><Value></Value></Tag></TagSet></Tagging>")
    #expect(request.header("Content-Type") == "application/xml")
  }

  @Test func removingAllTagsSendsAnEmptySet() async throws {
    let bench = ClientBench(.status(200))
    try await bench.client.putObjectTags(bucket: "bucket", key: ObjectKey("k"), tags: [])
    #expect(
      bench.requests.map { String(decoding: $0.body, as: UTF8.self) } == [
        "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet></TagSet></Tagging>"
      ])
  }
}

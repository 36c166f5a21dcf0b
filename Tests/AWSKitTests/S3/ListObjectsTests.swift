import Testing

@testable import AWSKit

/// The operation: what it sends, and how it takes what Ceph RadosGW answered.
@Suite struct ListObjectsTests {
  private static let site = CanonicalID("49d3c228f8b734f0bcf385ad7d0eed7099e878d0289eaacf7a3893b962b56617")
  private static let tools = CanonicalID("68b41cf4ed77a16a65599ed4cf4e22ef739b71633e2b967a8ca0a75f2f656dca")

  private static func list(_ recording: String, after: String? = nil) async throws -> ObjectPage {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    let bench = ClientBench(.success(try Recording.named(recording)), policy: policy)
    return try await bench.client.listObjects(
      bucket: "odd", prefix: nil, startAfter: after.map { ObjectKey($0) })
  }

  @Test(
    arguments: [
      (nil, nil, ""),
      ("a b/+", nil, "&prefix=a%20b%2F%2B"),
      (nil, "caf\u{e9}\u{1}%", "&start-after=caf%C3%A9%01%25"),
      ("", "", "&prefix=&start-after="),
      ("p&x=1", "p&y", "&prefix=p%26x%3D1&start-after=p%26y"),
    ] as [(String?, String?, String)])
  func theQueryIsEncodedAndSorted(prefix: String?, after: String?, rest: String) async throws {
    let bench = ClientBench(.status(200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"))
    _ = try await bench.client.listObjects(
      bucket: "bucket", prefix: prefix.map { ObjectKey($0) }, startAfter: after.map { ObjectKey($0) }, limit: 7)
    let request = try #require(bench.requests.first)
    #expect(request.method == .get)
    #expect(request.path == "/")
    #expect(request.query == "encoding-type=url&fetch-owner=true&list-type=2&max-keys=7" + rest)
    #expect(request.authority == "bucket.s3.us-east-1.amazonaws.com")
  }

  @Test func oddKeysComeOutAsTheyWerePutIn() async throws {
    let page = try await Self.list("list-objects-v2-odd-keys")
    #expect(!page.isTruncated)
    #expect(
      page.objects.map(\.key.text) == [
        "\u{1}", "%41", "%zz", "&<>\"'", "..", "/leading", "100%", "=:;,@$!*()", "[x]{y}|^`~", "a b", "a+b",
        "back\\slash", "cafe\u{301}-nfd", "caf\u{e9}-nfc", "cr\rx", "dot/../x", "dot/./x", "double//slash", "h#h",
        String(repeating: "l", count: 1024), "new\nline", "q?acl", "tab\tx", "trailing/", "zz-ia", "\u{7f}",
        "\u{fffd}", "\u{1f600}",
      ])
    #expect(page.objects[12].key == ObjectKey("cafe\u{301}-nfd"), "by bytes, which strings do not compare")
    #expect(page.objects.prefix(3).map(\.owner) == [Self.site, Self.site, Self.tools])
    #expect(Set(page.objects.map(\.size)) == [1])
    #expect(Set(page.objects.map(\.etag)) == ["9dd4e461268c8034f5c8564e155c67a6"])
    #expect(page.objects.filter { $0.storageClass != "STANDARD" }.map(\.key.text) == ["zz-ia"])
    #expect(page.objects[0].lastModified == "2026-11-23T11:36:04.936Z")
  }

  @Test func pagesFollowOneAnother() async throws {
    let first = try await Self.list("list-objects-v2-page1")
    #expect(first.isTruncated)
    #expect(first.objects.map(\.key.text) == ["\u{1}", "%41", "%zz"])
    let second = try await Self.list("list-objects-v2-page2", after: "%zz")
    #expect(second.objects.map(\.key.text) == ["&<>\"'", "..", "/leading"])
  }

  @Test func aPageThatDoesNotFollowIsRefused() async throws {
    let error = await #expect(throws: AWSError.self) { try await Self.list("list-objects-v2-page1", after: "%zz") }
    #expect(error?.kind == .malformedAnswer)
    #expect(error?.message.contains("the listing is not in order") == true)
  }

  @Test func objectsWithoutOwnersAreTaken() async throws {
    let page = try await Self.list("list-objects-v2-no-owner")
    #expect(page.objects.map(\.key.text) == ["a b"])
    #expect(page.objects.map(\.owner) == [nil])
  }

  @Test func keysWithoutEncodingAreTaken() async throws {
    #expect(try await Self.list("list-objects-v2-no-encoding").objects.map(\.key.text) == ["zz-ia"])
  }

  @Test func aControlCharacterInAnEchoedTokenDoesNoHarm() async throws {
    let page = try await Self.list("list-objects-v2-token-control-character")
    #expect(page.isTruncated)
    #expect(page.objects.map(\.key.text) == ["\u{1}"])
  }

  @Test func aControlCharacterInAKeyIsRefused() async {
    let error = await #expect(throws: AWSError.self) { try await Self.list("list-objects-v2-invalid-xml") }
    #expect(error?.kind == .malformedAnswer)
    #expect(error?.status == 200)
    #expect(error?.requestID == "tx00000cb5a1c10646bef58-006b042525-1028-default")
    #expect(error?.description.contains("holds a character that XML cannot") == true)
  }

  @Test func anEmptyListingIsEmpty() async throws {
    let page = try await Self.list("list-objects-v2-empty")
    #expect(page.objects.isEmpty && !page.isTruncated)
  }

  @Test(arguments: [
    ("Prefix", true), ("StartAfter", true), ("ContinuationToken", true), ("NextContinuationToken", true),
    ("Name", false),
    ("KeyMarker", true),
    ("VersionIdMarker", false),
  ])
  func onlyEchoedKeysMayHoldControlCharacters(element: String, isTolerated: Bool) async throws {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    let bench = ClientBench(
      .status(
        200,
        "<ListBucketResult><\(element)>a&#x1;b</\(element)><IsTruncated>false</IsTruncated></ListBucketResult>"),
      policy: policy)
    let page = try? await bench.client.listObjects(bucket: "bucket", prefix: nil, startAfter: nil)
    #expect((page != nil) == isTolerated)
  }

  @Test func aListingOfOneThousandObjectsIsReadWhole() async throws {
    let contents = (1000..<2000).map { number in
      "<Contents><Key>key-\(number)</Key><ETag>&quot;\(number)&quot;</ETag><Size>\(number)</Size>"
        + "<Owner><ID>\(number % 2)</ID></Owner></Contents>"
    }
    let bench = ClientBench(
      .status(
        200,
        "<ListBucketResult><IsTruncated>true</IsTruncated>\(contents.joined())</ListBucketResult>"))
    let page = try await bench.client.listObjects(bucket: "bucket", prefix: nil, startAfter: ObjectKey("key"))
    #expect(page.objects.map(\.size) == Array(1000..<2000))
    #expect(page.objects.allSatisfy { $0.etag == "\($0.size)" && $0.owner?.value == "\($0.size % 2)" })
  }
}

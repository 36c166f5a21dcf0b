import Testing

@testable import AWSKit

/// Pages of a listing that keep to what was asked for, and those that do not.
@Suite struct ListingBoundTests {
  private static let patience: RetryPolicy = {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    return policy
  }()

  private static func page(
    _ keys: [String], isTruncated: Bool = false, versionID: String? = nil, more: String = "", etag: String = "e"
  ) -> ScriptedAnswer {
    let root = versionID == nil ? "ListBucketResult" : "ListVersionsResult"
    let element = versionID == nil ? "Contents" : "Version"
    let objects = keys.map { key in
      "<\(element)><Key>\(key)</Key><ETag>\(etag)</ETag><Size>1</Size>"
        + (versionID.map { "<VersionId>\($0)</VersionId>" } ?? "") + "</\(element)>"
    }
    return .status(
      200,
      "<\(root)><EncodingType>url</EncodingType><IsTruncated>\(isTruncated)</IsTruncated>\(objects.joined())\(more)</\(root)>"
    )
  }

  private static func bench(_ answers: ScriptedAnswer...) -> ClientBench {
    ClientBench(ScriptedTransport(answers), policy: patience)
  }

  private static func isRefused(_ bench: ClientBench, versions: Bool = false, prefix: String? = nil, limit: Int = 1000)
    async
    -> Bool
  {
    let prefix = prefix.map { ObjectKey($0) }
    do throws(AWSError) {
      if versions {
        _ = try await bench.client.listObjectVersions(bucket: "b", prefix: prefix, after: nil, limit: limit)
      } else {
        _ = try await bench.client.listObjects(bucket: "b", prefix: prefix, startAfter: nil, limit: limit)
      }
      return false
    } catch {
      return error.kind == .malformedAnswer
    }
  }

  @Test(arguments: [(["a"], "a"), (["a", "ab"], "a"), ([], "x"), (["caf%C3%A9"], "caf\u{e9}"), (["x"], "")])
  func keysWithThePrefixAreTaken(keys: [String], prefix: String) async {
    #expect(await !Self.isRefused(Self.bench(Self.page(keys)), prefix: prefix))
    #expect(await !Self.isRefused(Self.bench(Self.page(keys, versionID: "1")), versions: true, prefix: prefix))
  }

  @Test(arguments: [(["b"], "a"), (["a", "b"], "b"), (["a/1", "a/2", "b"], "a/"), (["a"], "ab"), (["A"], "a")])
  func aServerThatKnowsNoPrefixesIsRefused(keys: [String], prefix: String) async {
    #expect(await Self.isRefused(Self.bench(Self.page(keys)), prefix: prefix))
    #expect(await Self.isRefused(Self.bench(Self.page(keys, versionID: "1")), versions: true, prefix: prefix))
  }

  @Test func aPageHasNoMoreObjectsThanWereAskedFor() async {
    #expect(await !Self.isRefused(Self.bench(Self.page(["a", "b"])), limit: 2))
    #expect(await Self.isRefused(Self.bench(Self.page(["a", "b", "c"])), limit: 2))
    #expect(await Self.isRefused(Self.bench(Self.page(["a", "b", "c"], versionID: "1")), versions: true, limit: 2))
  }

  @Test func textsOfAnObjectAreBounded() async {
    for (count, isRefused) in [(1024, false), (1025, true), (1 << 20, true)] {
      let text = String(repeating: "k", count: count)
      #expect(await Self.isRefused(Self.bench(Self.page([text]))) == isRefused)
      #expect(await Self.isRefused(Self.bench(Self.page(["k"], versionID: text)), versions: true) == isRefused)
      #expect(await Self.isRefused(Self.bench(Self.page(["k"], etag: text))) == isRefused)
    }
    // As it is sent, a key may have three times as many bytes.
    #expect(await !Self.isRefused(Self.bench(Self.page([String(repeating: "%01", count: 1024)]))))
    #expect(await Self.isRefused(Self.bench(Self.page([String(repeating: "%01", count: 1025)]))))
  }

  /// An ETag that cannot be sent with a copy is as good as none: the object is odd, and not the page.
  @Test(arguments: ["a&#13;&#10;x: y", "&#127;", "a&#9;b", ""])
  func oddETags(etag: String) async throws {
    let page = try await Self.bench(Self.page(["k", "l"], etag: etag)).client.listObjects(
      bucket: "b", prefix: nil, startAfter: nil, limit: 1000)
    #expect(page.objects.map(\.isIncomplete) == [true, true])
    #expect(page.objects.map(\.etag) == ["-", "-"])
  }

  @Test func pagesAreAskedForWithALimitToTheirLength() async throws {
    let bench = Self.bench(Self.page([]))
    _ = try await bench.client.listObjects(bucket: "b", prefix: nil, startAfter: nil, limit: 1)
    _ = try await bench.client.listObjects(bucket: "b", prefix: nil, startAfter: nil)
    #expect(bench.requests.map(\.maximumResponseBytes) == [72 << 10, 8064 << 10])
  }

  @Test func aPageWithoutKeysIsFollowedByItsToken() async throws {
    let bench = Self.bench(
      Self.page([], isTruncated: true, more: "<NextContinuationToken>t+1</NextContinuationToken>"),
      Self.page([], isTruncated: true, more: "<NextContinuationToken>t2</NextContinuationToken>"),
      Self.page(["k"], isTruncated: true, more: "<NextContinuationToken>t3</NextContinuationToken>"))
    let page = try await bench.client.listObjects(
      bucket: "b", prefix: nil, startAfter: ObjectKey("a"), limit: 5)
    #expect(page.objects.map(\.key.text) == ["k"])
    #expect(page.isTruncated)
    #expect(
      bench.requests.map(\.query) == [
        "encoding-type=url&fetch-owner=true&list-type=2&max-keys=5&start-after=a",
        "continuation-token=t%2B1&encoding-type=url&fetch-owner=true&list-type=2&max-keys=5&start-after=a",
        "continuation-token=t2&encoding-type=url&fetch-owner=true&list-type=2&max-keys=5&start-after=a",
      ])
  }

  @Test func aPageWithoutVersionsIsFollowedByItsMarkers() async throws {
    let more = "<NextKeyMarker>k%20</NextKeyMarker>"
    let bench = Self.bench(
      Self.page([], isTruncated: true, versionID: "", more: more),
      Self.page([], isTruncated: true, versionID: "", more: more + "<NextVersionIdMarker>v1</NextVersionIdMarker>"),
      Self.page([], versionID: ""))
    // The second goes from all versions of the key to one of them, which is back.
    #expect(await Self.isRefused(bench, versions: true))
    #expect(bench.requests.count == 2)
    let other = Self.bench(
      Self.page([], isTruncated: true, versionID: "", more: more + "<NextVersionIdMarker>v1</NextVersionIdMarker>"),
      Self.page([], isTruncated: true, versionID: "", more: more + "<NextVersionIdMarker>v2</NextVersionIdMarker>"),
      Self.page(["l"], versionID: "v"))
    let page = try await other.client.listObjectVersions(bucket: "b", prefix: nil, after: nil, limit: 5)
    #expect(page.objects.map(\.key.text) == ["l"])
    #expect(
      other.requests.map(\.query) == [
        "encoding-type=url&max-keys=5&versions=",
        "encoding-type=url&key-marker=k%20&max-keys=5&version-id-marker=v1&versions=",
        "encoding-type=url&key-marker=k%20&max-keys=5&version-id-marker=v2&versions=",
      ])
  }

  @Test func aListingThatStandsStillIsRefused() async {
    #expect(await Self.isRefused(Self.bench(Self.page([], isTruncated: true))))
    let token = Self.bench(Self.page([], isTruncated: true, more: "<NextContinuationToken>t</NextContinuationToken>"))
    #expect(await Self.isRefused(token))
    #expect(token.requests.count == 2)
    let marker = Self.bench(
      Self.page([], isTruncated: true, versionID: "", more: "<NextKeyMarker>k</NextKeyMarker>"))
    #expect(await Self.isRefused(marker, versions: true))
    #expect(marker.requests.count == 2)
    // Tokens without end are an end as well.
    let endless = ClientBench(
      ScriptedTransport { _, ordinal in
        Self.page([], isTruncated: true, more: "<NextContinuationToken>t\(ordinal)</NextContinuationToken>")
      }, policy: Self.patience)
    #expect(await Self.isRefused(endless))
    #expect(endless.requests.count == 10_000)
  }
}

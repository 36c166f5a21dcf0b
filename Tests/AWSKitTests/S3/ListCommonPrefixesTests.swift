import Testing

@testable import AWSKit

/// Listings with a delimiter: what is asked, what is taken, and how soon they are given up.
@Suite struct ListCommonPrefixesTests {
  private static func answer(_ content: String, root: String = "ListBucketResult", encoding: String = "url") -> String {
    "<\(root)><Prefix>x</Prefix><EncodingType>\(encoding)</EncodingType><IsTruncated>true</IsTruncated>\(content)</\(root)>"
  }

  private static func list(
    _ bench: ClientBench, prefix: String = "a/", ofVersions: Bool = false
  ) async throws(AWSError) -> CommonPrefixes {
    try await bench.client.listCommonPrefixes(
      bucket: "b", prefix: ObjectKey(prefix), delimiter: UInt8(ascii: "/"), after: ObjectKey("a/b\u{e9}0"),
      ofVersions: ofVersions)
  }

  @Test(
    arguments: [
      (false, "delimiter=%2F&encoding-type=url&list-type=2&max-keys=1000&prefix=a%2F&start-after=a%2Fb%C3%A90"),
      (true, "delimiter=%2F&encoding-type=url&key-marker=a%2Fb%C3%A90&max-keys=1000&prefix=a%2F&versions="),
    ])
  func theQuerySaysWhatIsWanted(ofVersions: Bool, query: String) async throws {
    let root = ofVersions ? "ListVersionsResult" : "ListBucketResult"
    let bench = ClientBench(.status(200, Self.answer("", root: root)))
    _ = try await Self.list(bench, ofVersions: ofVersions)
    #expect(bench.requests.map(\.query) == [query])
  }

  /// Keys come before the common prefixes in an answer, wherever they belong.
  @Test func placesAreInOrder() async throws {
    let content = """
      <Contents><Key>a/k%20+1</Key><Owner><ID>Key</ID></Owner></Contents><Contents><Key>a/z</Key></Contents>
      <CommonPrefixes><Prefix>a/c%C3%A9/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>a/y/</Prefix></CommonPrefixes>
      """
    let found = try await Self.list(ClientBench(.status(200, Self.answer(content))))
    #expect(
      found == CommonPrefixes(places: ["a/c\u{e9}/", "a/k  1", "a/y/", "a/z"].map { ObjectKey($0) }, isTruncated: true))
  }

  @Test func versionsAndDeleteMarkersCount() async throws {
    let content = """
      <Version><Key>a/1</Key><VersionId>a/v</VersionId></Version><DeleteMarker><Key>a/0</Key></DeleteMarker>
      <CommonPrefixes><Prefix>a/2/</Prefix></CommonPrefixes>
      """
    let bench = ClientBench(.status(200, Self.answer(content, root: "ListVersionsResult")))
    #expect(try await Self.list(bench, ofVersions: true).places == ["a/0", "a/1", "a/2/"].map { ObjectKey($0) })
  }

  /// What cannot be is left out: of a server that knows no prefixes, or no encoding.
  @Test(arguments: [
    ("b/", []), ("a/%", []), ("a/%FF", []), ("a/%41", ["a/A"]), ("a/" + String(repeating: "x", count: 1023), []),
  ])
  func strangePlacesAreLeftOut(place: String, places: [String]) async throws {
    let content = "<CommonPrefixes><Prefix>\(place)</Prefix></CommonPrefixes>"
    #expect(try await Self.list(ClientBench(.status(200, Self.answer(content)))).places == places.map { ObjectKey($0) })
  }

  @Test func withoutEncodingTextIsTakenAsItIs() async throws {
    let content = "<CommonPrefixes><Prefix>a/%41+/</Prefix></CommonPrefixes>"
    let bench = ClientBench(.status(200, Self.answer(content, encoding: "")))
    #expect(try await Self.list(bench).places == [ObjectKey("a/%41+/")])
  }

  @Test(
    arguments: [
      "<ListBucketResult/>", "<ListVersionsResult><IsTruncated>false</IsTruncated></ListVersionsResult>", "nonsense",
      answer(String(repeating: "<Contents><Key>a/1</Key></Contents>", count: 1001)),
      answer("<CommonPrefixes><Prefix>\(String(repeating: "x", count: 3073))</Prefix></CommonPrefixes>"),
    ])
  func anotherAnswerIsRefused(text: String) async {
    let bench = ClientBench(ScriptedTransport([.status(200, text)]), policy: Self.once)
    await #expect(throws: AWSError.self) { try await Self.list(bench) }
  }

  private static let once: RetryPolicy = {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    return policy
  }()

  /// Nothing depends on it: a server that does not answer is not asked again.
  @Test(
    arguments: [(.throttled, 4), (.serverError, 4), (.interrupted, 1), (.cannotConnect, 1)] as [(RetryableFailure, Int)]
  )
  func itIsGivenUpSoon(failure: RetryableFailure, attempts: Int) {
    let policy = RetryPolicy()
    #expect(attempts == 1 || policy.allowsRetry(afterAttempt: attempts - 1, failure: failure, of: .hint))
    #expect(!policy.allowsRetry(afterAttempt: attempts, failure: failure, of: .hint))
  }
}

import Testing

@testable import AWSKit

@Suite struct ListObjectVersionsTests {
  private static func read(_ xml: String, after marker: ListingMarker? = nil) async throws(AWSError) -> ObjectPage {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    let bench = ClientBench(.status(200, xml), policy: policy)
    return try await bench.client.listObjectVersions(bucket: "bucket", prefix: nil, after: marker)
  }

  /// A page of versions, each `key version`; with a `-` before it, a delete marker.
  private static func page(_ versions: [String], isTruncated: Bool = false) -> String {
    let entries = versions.map { text in
      let isDeleteMarker = text.hasPrefix("-")
      let words = (isDeleteMarker ? text.dropFirst() : text[...]).split(
        separator: " ", omittingEmptySubsequences: false)
      let content = "<Key>\(words[0])</Key><VersionId>\(words[1])</VersionId><IsLatest>false</IsLatest>"
      return isDeleteMarker
        ? "<DeleteMarker>\(content)</DeleteMarker>"
        : "<Version>\(content)<ETag>e</ETag><Size>1</Size></Version>"
    }
    return "<ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>\(isTruncated)</IsTruncated>"
      + "\(entries.joined())</ListVersionsResult>"
  }

  private static func marker(_ text: String?) -> ListingMarker? {
    text.map { text in
      let words = text.split(separator: " ")
      return ListingMarker(ObjectKey(String(words[0])), versionID: words.count > 1 ? String(words[1]) : nil)
    }
  }

  @Test(
    arguments: [
      (nil, nil, "encoding-type=url&max-keys=1000&versions="),
      ("a b/", nil, "encoding-type=url&max-keys=1000&prefix=a%20b%2F&versions="),
      (nil, "caf\u{e9}\u{1}", "encoding-type=url&key-marker=caf%C3%A9%01&max-keys=1000&versions="),
      (
        "p", "p/1 v+/=",
        "encoding-type=url&key-marker=p%2F1&max-keys=1000&prefix=p&version-id-marker=v%2B%2F%3D&versions="
      ),
    ] as [(String?, String?, String)])
  func theQueryHasTheMarkers(prefix: String?, after: String?, query: String) async throws {
    let bench = ClientBench(.status(200, Self.page([])))
    _ = try await bench.client.listObjectVersions(
      bucket: "bucket", prefix: prefix.map { ObjectKey($0) }, after: Self.marker(after))
    let request = try #require(bench.requests.first)
    #expect(request.method == .get)
    #expect(request.path == "/")
    #expect(request.query == query)
  }

  // ListObjectVersions, S3 API Reference.
  @Test func amazonsSampleIsRead() async throws {
    let page = try await Self.read(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Name>bucket</Name><Prefix>my</Prefix><KeyMarker/><VersionIdMarker/><MaxKeys>5</MaxKeys>
        <IsTruncated>true</IsTruncated>
        <NextKeyMarker>my-third-image.jpg</NextKeyMarker><NextVersionIdMarker>null</NextVersionIdMarker>
        <Version>
          <Key>my-image.jpg</Key><VersionId>3/L4kqtJl40Nr8X8gdRQBpUMLUo</VersionId><IsLatest>true</IsLatest>
          <LastModified>2009-10-12T17:50:30.000Z</LastModified><ETag>"fba9dede5f27731c9771645a39863328"</ETag>
          <Size>434234</Size><StorageClass>STANDARD</StorageClass>
          <Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID>
            <DisplayName>mtd@amazon.com</DisplayName></Owner>
        </Version>
        <DeleteMarker>
          <Key>my-second-image.jpg</Key><VersionId>03jpff543dhffds434rfdsFDN943fdsFkdmqnh892</VersionId>
          <IsLatest>true</IsLatest><LastModified>2009-11-12T17:50:30.000Z</LastModified>
          <Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID></Owner>
        </DeleteMarker>
        <Version>
          <Key>my-second-image.jpg</Key><VersionId>QUpfdndhfd8438MNFDN93jdnJFkdmqnh893</VersionId>
          <IsLatest>false</IsLatest><LastModified>2009-10-10T17:50:30.000Z</LastModified>
          <ETag>"9b2cf535f27731c974343645a3985328"</ETag><Size>166434</Size><StorageClass>GLACIER</StorageClass>
        </Version>
        <Version>
          <Key>my-third-image.jpg</Key><VersionId>null</VersionId><IsLatest>true</IsLatest>
          <LastModified>2009-10-10T17:50:30.000Z</LastModified><ETag>"772cf535f27731c974343645a3985328"</ETag>
          <Size>64</Size>
        </Version>
      </ListVersionsResult>
      """)
    #expect(page.isTruncated)
    #expect(page.end == ListingMarker(ObjectKey("my-third-image.jpg"), versionID: "null"))
    let owner = CanonicalID("75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a")
    #expect(
      Array(page.objects) == [
        ListedObject(
          key: ObjectKey("my-image.jpg"), etag: "fba9dede5f27731c9771645a39863328", size: 434_234,
          lastModified: "2009-10-12T17:50:30.000Z", storageClass: "STANDARD", owner: owner,
          version: .init(id: "3/L4kqtJl40Nr8X8gdRQBpUMLUo", isLatest: true, isDeleteMarker: false)),
        ListedObject(
          key: ObjectKey("my-second-image.jpg"), etag: "-", size: 0, lastModified: "2009-11-12T17:50:30.000Z",
          storageClass: "STANDARD", owner: owner,
          version: .init(id: "03jpff543dhffds434rfdsFDN943fdsFkdmqnh892", isLatest: true, isDeleteMarker: true)),
        // Nothing is taken over from the one before.
        ListedObject(
          key: ObjectKey("my-second-image.jpg"), etag: "9b2cf535f27731c974343645a3985328", size: 166_434,
          lastModified: "2009-10-10T17:50:30.000Z", storageClass: "GLACIER", owner: nil,
          version: .init(id: "QUpfdndhfd8438MNFDN93jdnJFkdmqnh893", isLatest: false, isDeleteMarker: false)),
        ListedObject(
          key: ObjectKey("my-third-image.jpg"), etag: "772cf535f27731c974343645a3985328", size: 64,
          lastModified: "2009-10-10T17:50:30.000Z", storageClass: "STANDARD", owner: nil,
          version: .init(id: "null", isLatest: true, isDeleteMarker: false)),
      ])
    #expect(page.objects.map(\.isNoncurrent) == [false, false, true, false])
  }

  @Test(
    arguments: [
      (["a 3", "a 2", "-a 1", "b 1"], nil), (["-a 1"], nil), (["a 2"], "a 3"), (["b 3"], "a 3"),
      (["-a 1", "b 2"], "a 3"),
      (["b 1"], "a"), ([], "a 3"), (["A 1", "a 1"], nil), (["a%20b 1", "a+b 2"], nil), (["a null", "a 1"], nil),
      // Of keys, the bytes count.
      (["cafe%CC%81 1", "caf%C3%A9 1"], nil),
    ] as [([String], String?)])
  func versionsInOrderAreTaken(versions: [String], after: String?) async throws {
    let page = try await Self.read(Self.page(versions), after: Self.marker(after))
    #expect(page.objects.count == versions.count)
    #expect(page.objects.map { $0.version?.isDeleteMarker } == versions.map { $0.hasPrefix("-") })
  }

  @Test(
    arguments: [
      (["b 1", "a 1"], nil), (["a 2", "b 1", "a 1"], nil), (["a 1", "a 1"], nil), (["a 1", "-a 1"], nil),
      (["caf%C3%A9 1", "cafe%CC%81 1"], nil),
      // What the page before ended with, or what came before that.
      (["a 3"], "a 3"), (["a 3", "a 2"], "a 3"), (["-a 3"], "a 3"), (["a 1"], "b 1"),
      // After all versions of a key.
      (["a 1"], "a"), (["b%FF 1"], nil),
    ] as [([String], String?)])
  func disorderAndRepetitionAreRefused(versions: [String], after: String?) async {
    for isTruncated in [false, true] {
      let error = await #expect(throws: AWSError.self) {
        try await Self.read(Self.page(versions, isTruncated: isTruncated), after: Self.marker(after))
      }
      #expect(error?.kind == .malformedAnswer)
    }
  }

  @Test(arguments: [
    page([], isTruncated: true), "<ListVersionsResult/>",
    "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>",
    "<ListVersionsResult><IsTruncated>false</IsTruncated><Version><ETag>e</ETag><Size>1</Size><VersionId>1</VersionId></Version></ListVersionsResult>",
    "<ListVersionsResult><IsTruncated>false</IsTruncated><DeleteMarker><VersionId>1</VersionId></DeleteMarker></ListVersionsResult>",
    // The same key twice, and no telling which is which.
    "<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>k</Key><ETag>e</ETag><Size>1</Size></Version>"
      + "<Version><Key>k</Key><ETag>e</ETag><Size>1</Size></Version></ListVersionsResult>",
  ])
  func whatIsNoPageOfVersionsIsRefused(xml: String) async {
    await #expect(throws: AWSError.self) { try await Self.read(xml) }
  }

  /// A server that does not know version markers tells of a key's first versions for ever.
  ///
  /// - Parameter pages: the versions of `a` that the server answers with, page by page, the last ones again and again.
  private static func pagesUntilRefused(_ pages: [[String]]) async throws -> (pages: Int, error: AWSError) {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    let transport = ScriptedTransport { _, ordinal in
      .status(200, page(pages[ordinal < pages.count ? ordinal : pages.count - 1].map { "a \($0)" }, isTruncated: true))
    }
    let bench = ClientBench(transport, policy: policy)
    var marker: ListingMarker?
    for count in 0..<50 {
      do {
        marker = try await bench.client.listObjectVersions(bucket: "bucket", prefix: nil, after: marker).end
      } catch {
        return (count, error)
      }
    }
    throw Endless()
  }

  private struct Endless: Error {}

  /// Ever the same three, after another one.
  private static let circle: [[String]] =
    [["9", "8"]] + Array(repeating: [["7", "6"], ["5", "4"], ["3", "2"]], count: 5).flatMap(\.self)

  @Test(
    arguments: [
      ([["9", "8", "7"]], 1), ([["9", "8"], ["7", "6"], ["9", "8"]], 2),
      // One that begins anew at the page before.
      ([["9", "8"], ["7", "6"], ["7", "6"]], 2), (circle, 6),
    ] as [([[String]], Int)])
  func versionsThatWereListedBeforeAreRefused(pages: [[String]], until: Int) async throws {
    let refusal = try await Self.pagesUntilRefused(pages)
    #expect(refusal.pages == until)
    #expect(refusal.error.kind == .malformedAnswer)
    #expect(refusal.error.message.contains("listed before"), "\(refusal.error.message)")
  }

  /// Also where the versions of a key are looked for, and where they begin in the middle of a page.
  @Test func anEndlessKeyEndsASearch() async throws {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    let bench = ClientBench(
      .status(200, Self.page(["a 2", "a 1"], isTruncated: true)), policy: policy)
    await #expect(throws: AWSError.self) {
      try await bench.client.listedObject(bucket: "bucket", key: ObjectKey("a"), versionID: "0")
    }
    #expect(bench.requests.count == 2)
    let other = ClientBench(
      .status(200, Self.page(["A 1", "a 3", "a 2"], isTruncated: true)),
      .status(200, Self.page(["a 3", "a 2"], isTruncated: true)), policy: policy)
    let marker = try await other.client.listObjectVersions(bucket: "bucket", prefix: nil, after: nil).end
    await #expect(throws: AWSError.self) {
      try await other.client.listObjectVersions(bucket: "bucket", prefix: nil, after: marker)
    }
  }

  /// A version ID is that of one key only, and what was listed of one key says nothing of the next.
  @Test func keysMayShareVersionIDs() async throws {
    let bench = ClientBench(
      .status(200, Self.page(["a null"], isTruncated: true)), .status(200, Self.page(["b null"], isTruncated: true)),
      .status(200, Self.page(["b 1", "c null"])))
    var marker: ListingMarker?
    for _ in 0..<3 {
      marker = try await bench.client.listObjectVersions(bucket: "bucket", prefix: nil, after: marker).end
    }
    #expect(marker == ListingMarker(ObjectKey("c"), versionID: "null"))
  }
}

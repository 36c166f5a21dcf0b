import Testing

@testable import AWSKit

/// Pages of a listing, written by hand: what is taken, and what is refused.
@Suite struct ListObjectsPageTests {
  private static func read(_ xml: String, after: String? = nil) throws(XMLError) -> ObjectPage {
    var handler = ObjectPageHandler(
      PageRequest(prefix: nil, after: after.map { ListingMarker(ObjectKey($0)) }, limit: 1000))
    try SAXParser.parse(Array(xml.utf8), root: "ListBucketResult", into: &handler)
    return try handler.result().page
  }

  private static func verdict(_ xml: String, after: String? = nil) -> XMLVerdict {
    XMLVerdict { () throws(XMLError) in _ = try read(xml, after: after) }
  }

  /// A page with these keys, written as they are.
  private static func page(
    _ keys: [String], isTruncated: Bool = false, encoding: String = "<EncodingType>url</EncodingType>"
  ) -> String {
    let contents = keys.map { "<Contents><Key>\($0)</Key><ETag>\"e\"</ETag><Size>1</Size></Contents>" }
    return
      "<ListBucketResult>\(encoding)<IsTruncated>\(isTruncated)</IsTruncated>\(contents.joined())</ListBucketResult>"
  }

  /// A page with one object.
  private static func object(_ content: String) -> String {
    "<ListBucketResult><IsTruncated>false</IsTruncated><Contents>\(content)</Contents></ListBucketResult>"
  }

  // ListObjectsV2, S3 API Reference, with an owner as its sample with fetch-owner has one.
  @Test func amazonsSampleIsRead() throws {
    let page = try Self.read(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Name>quotes</Name>
        <Prefix>E</Prefix>
        <StartAfter>ExampleGuide.pdf</StartAfter>
        <KeyCount>1</KeyCount>
        <MaxKeys>3</MaxKeys>
        <IsTruncated>false</IsTruncated>
        <Contents>
          <Key>ExampleObject.txt</Key>
          <LastModified>2013-09-17T18:07:53.000Z</LastModified>
          <ETag>"599bab3ed2c697f1d26842727561fd94"</ETag>
          <ChecksumAlgorithm>CRC32</ChecksumAlgorithm>
          <Size>857</Size>
          <Owner>
            <ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID>
          </Owner>
          <StorageClass>REDUCED_REDUNDANCY</StorageClass>
        </Contents>
        <CommonPrefixes><Prefix>photos/</Prefix></CommonPrefixes>
      </ListBucketResult>
      """, after: "ExampleGuide.pdf")
    #expect(!page.isTruncated)
    #expect(
      Array(page.objects) == [
        ListedObject(
          key: ObjectKey("ExampleObject.txt"), etag: "599bab3ed2c697f1d26842727561fd94", size: 857,
          lastModified: "2013-09-17T18:07:53.000Z", storageClass: "REDUCED_REDUNDANCY",
          owner: CanonicalID("75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"))
      ])
  }

  @Test(arguments: [
    ("a+b", "a b"), ("a%2Bb", "a+b"), ("a%20b", "a b"), ("100%25", "100%"), ("%25zz", "%zz"), ("%2541", "%41"),
    ("%01", "\u{1}"), ("new%0Aline", "new\nline"), ("%0D", "\r"), ("dir%2Fx", "dir/x"), ("dir/x", "dir/x"),
    ("caf%C3%A9", "caf\u{e9}"), ("cafe%CC%81", "cafe\u{301}"), ("%f0%9f%98%80", "\u{1f600}"), ("&amp;%26", "&&"),
    ("+", " "), ("%2F", "/"), ("..", ".."),
  ])
  func keysAreDecoded(written: String, key: String) throws {
    #expect(try Self.read(Self.page([written])).objects.map(\.key) == [ObjectKey(key)])
  }

  @Test(arguments: [
    ("a+b", "a+b"), ("100%", "100%"), ("%zz", "%zz"), ("a%20b", "a%20b"), (" ", " "), ("&lt;&#10;&#13;", "<\n\r"),
    ("<![CDATA[a&b]]>", "a&b"), ("a<!-- c -->b", "ab"),
  ])
  func keysThatAreNotEncodedStayAsTheyAre(written: String, key: String) throws {
    for encoding in ["", "<EncodingType></EncodingType>", "<EncodingType>none</EncodingType>"] {
      let page = try Self.read(Self.page([written], encoding: encoding))
      #expect(page.objects.map(\.key) == [ObjectKey(key)])
    }
  }

  @Test func theEncodingMayBeSaidAfterTheKeys() throws {
    let xml = Self.page(["a%20b"], encoding: "").replacingSuffix(
      "</ListBucketResult>", by: "<EncodingType>url</EncodingType></ListBucketResult>")
    #expect(try Self.read(xml).objects.map(\.key) == [ObjectKey("a b")])
  }

  @Test(arguments: ["a%", "a%2", "a%zz", "%%", "%FF", "%C3", "a%C3%28", "%ED%A0%80", "%C0%80"])
  func keysThatCannotBeDecodedAreRefused(written: String) {
    #expect(Self.verdict(Self.page(["A", written])) == .invalid)
  }

  @Test(
    arguments: [
      // Out of order, by bytes and not as words.
      (["b", "a"], nil), (["a", "B"], nil), (["a", "c", "b"], nil), (["caf%C3%A9", "cafe%CC%81"], nil),
      (["a+b", "a%01"], nil), (["%F0%9F%98%80", "%EF%BF%BD"], nil),
      // Repeated, also in another spelling.
      (["a", "a"], nil), (["a+b", "a%20b"], nil),
      // Not after the key that was asked for.
      (["a"], "a"), (["a"], "b"), (["a", "c"], "b"), (["a%20b"], "a b"),
    ] as [([String], String?)])
  func pagesThatGoBackAreRefused(keys: [String], after: String?) {
    #expect(Self.verdict(Self.page(keys), after: after) == .invalid)
    #expect(Self.verdict(Self.page(keys, isTruncated: true), after: after) == .invalid)
  }

  @Test(
    arguments: [
      (["B", "a"], nil), (["a", "a%00", "a/", "aa"], "Z"), (["cafe%CC%81", "caf%C3%A9"], "cafe"),
      (["b"], "a\u{10ffff}"),
      ([], "z"),
    ] as [([String], String?)])
  func pagesInTheOrderOfBytesAreTaken(keys: [String], after: String?) throws {
    #expect(try Self.read(Self.page(keys), after: after).objects.count == keys.count)
  }

  @Test func aTruncatedPageWithoutObjectsIsRefused() {
    #expect(Self.verdict(Self.page([], isTruncated: true)) == .invalid)
    #expect(Self.verdict(Self.page([], isTruncated: false)) == .fine)
  }

  @Test(arguments: [
    ("<IsTruncated>true</IsTruncated>", true), ("<IsTruncated>false</IsTruncated>", false), ("<IsTruncated/>", false),
  ])
  func whetherThereIsMoreIsSaid(element: String, isTruncated: Bool) throws {
    let xml =
      "<ListBucketResult>\(element)<Contents><Key>k</Key><ETag>e</ETag><Size>1</Size></Contents></ListBucketResult>"
    #expect(try Self.read(xml).isTruncated == isTruncated)
  }

  @Test(arguments: [
    "<ListBucketResult/>",
    "<ListBucketResult><Contents><Key>k</Key><ETag>e</ETag><Size>1</Size></Contents></ListBucketResult>",
    "<ListBucketResult><Contents><IsTruncated>false</IsTruncated><Key>k</Key><ETag>e</ETag><Size>1</Size></Contents>"
      + "</ListBucketResult>",
  ])
  func aPageThatDoesNotSayItIsRefused(xml: String) {
    #expect(Self.verdict(xml) == .invalid)
  }

  @Test(arguments: [
    "<ETag>e</ETag><Size>1</Size>", "<Key></Key><ETag>e</ETag><Size>1</Size>", "",
    // What stands deeper is another thing of the same name.
    "<Owner><Key>k</Key></Owner><ETag>e</ETag><Size>1</Size>",
  ])
  func objectsWithoutKeyAreRefused(content: String) {
    #expect(Self.verdict(Self.object(content)) == .invalid)
  }

  /// One odd entry must not keep the others from being seen.
  @Test(arguments: [
    "<Key>k</Key><Size>1</Size>", "<Key>k</Key><ETag></ETag><Size>1</Size>",
    "<Key>k</Key><ETag>\"\"</ETag><Size>1</Size>", "<Key>k</Key><ETag>e</ETag>",
    "<Key>k</Key><ETag>e</ETag><Size></Size>", "<Key>k</Key><ETag>e</ETag><Size>-1</Size>",
    "<Key>k</Key><ETag>e</ETag><Size>1.5</Size>", "<Key>k</Key><ETag>e</ETag><Size>x</Size>",
    "<Key>k</Key><ETag>e</ETag><Size>9223372036854775808</Size>",
  ])
  func objectsWithoutSizeOrETagAreIncomplete(content: String) throws {
    let object = try #require(try Self.read(Self.object(content)).objects.first)
    #expect(object.isIncomplete)
    #expect(object.key == ObjectKey("k") && object.size >= 0 && !object.etag.isEmpty)
  }

  @Test(
    arguments: [
      ("", nil), ("<Owner/>", nil), ("<Owner><ID></ID></Owner>", nil),
      ("<Owner><DisplayName>d</DisplayName></Owner>", nil),
      ("<Owner><ID>o</ID></Owner>", "o"), ("<Owner><DisplayName>d</DisplayName><ID>o</ID></Owner>", "o"),
      ("<ID>x</ID>", nil), ("<Initiator><ID>x</ID></Initiator>", nil), ("<Owner/><Other><ID>x</ID></Other>", nil),
      ("<RestoreStatus><ID>x</ID></RestoreStatus><Owner><ID>o</ID></Owner>", "o"),
      ("<Owner><x><ID>deeper</ID></x></Owner>", nil),
    ] as [(String, String?)])
  func theOwnerIsTheIDInOwner(element: String, owner: String?) throws {
    let page = try Self.read(Self.object("<Key>k</Key><ETag>e</ETag><Size>1</Size>\(element)"))
    #expect(page.objects.map(\.owner) == [owner.map { CanonicalID($0) }])
  }

  @Test func nothingIsTakenOverFromTheObjectBefore() throws {
    let page = try Self.read(
      """
      <ListBucketResult><IsTruncated>false</IsTruncated>
      <Contents><Key>a</Key><LastModified>t</LastModified><ETag>"1"</ETag><Size>7</Size>
        <StorageClass>GLACIER</StorageClass><Owner><ID>o</ID></Owner></Contents>
      <Contents><Size>0</Size><ETag>&quot;2&quot;</ETag><Key>b</Key></Contents>
      <Contents><Owner><ID>o</ID></Owner><Key>c</Key><ETag>"3"</ETag><Size>1</Size></Contents>
      </ListBucketResult>
      """)
    let owner = CanonicalID("o")
    #expect(
      Array(page.objects) == [
        ListedObject(
          key: ObjectKey("a"), etag: "1", size: 7, lastModified: "t", storageClass: "GLACIER", owner: owner),
        ListedObject(
          key: ObjectKey("b"), etag: "2", size: 0, lastModified: "", storageClass: "STANDARD", owner: nil),
        ListedObject(
          key: ObjectKey("c"), etag: "3", size: 1, lastModified: "", storageClass: "STANDARD", owner: owner),
      ])
  }

  @Test func aFailureIsToldWithSafeText() {
    let error = #expect(throws: XMLError.self) { try Self.read(Self.page(["b%1B[2J", "a"])) }
    #expect(
      error?.description
        == "the answer makes no sense: the key a comes after b\\u{1b}[2J: the listing is not in order")
  }
}

extension String {
  fileprivate func replacingSuffix(_ suffix: String, by other: String) -> String {
    hasSuffix(suffix) ? dropLast(suffix.count) + other : self
  }
}

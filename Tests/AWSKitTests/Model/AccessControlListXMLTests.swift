import Testing

@testable import AWSKit

@Suite struct AccessControlListXMLTests {
  private static let tools = CanonicalID("68b41cf4ed77a16a65599ed4cf4e22ef739b71633e2b967a8ca0a75f2f656dca")
  private static let oai = CanonicalID("39f38351dbbee55ec63c5c851f0f7977ffed1672c55f0fc6013f6b49180fdfec")
  private static let other = CanonicalID("c842149913d1a4f2606053af4e5de28189ffbffce58c077661e98b03e73ed47c")

  private static func parse(_ xml: String) throws(XMLError) -> AccessControlList {
    try AccessControlList(parsing: Array(xml.utf8))
  }

  /// An ACL of `o` with these grants.
  private static func policy(_ grants: String) -> String {
    "<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList>\(grants)</AccessControlList></AccessControlPolicy>"
  }

  @Test(arguments: [
    ("get-object-acl-default", [Grant(.canonicalUser(tools), .fullControl)]),
    (
      "get-object-acl-grants", [Grant(.canonicalUser(oai), .read), Grant(.canonicalUser(tools), .fullControl)]
    ),
    ("get-object-acl-empty", []),
    // RadosGW lists one grant twice.
    (
      "get-object-acl-groups",
      [
        Grant(.canonicalUser(oai), .read), Grant(.canonicalUser(oai), .readACP),
        Grant(.canonicalUser(tools), .fullControl), Grant(.canonicalUser(other), .writeACP),
        Grant(.allUsers, .read), Grant(.authenticatedUsers, .read),
      ]
    ),
  ])
  func recordedAnswersAreRead(recording: String, grants: [Grant]) throws {
    let acl = try AccessControlList(parsing: try Recording.named(recording).body)
    #expect(acl.owner == Self.tools)
    #expect(acl.grants == grants)
  }

  // GetObjectAcl, S3 API Reference.
  @Test func amazonsSampleIsRead() throws {
    let id = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"
    let acl = try Self.parse(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
        <Owner>
          <ID>\(id)</ID>
          <DisplayName>mtd@amazon.com</DisplayName>
        </Owner>
        <AccessControlList>
          <Grant>
            <Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">
              <ID>\(id)</ID>
              <DisplayName>mtd@amazon.com</DisplayName>
              <Type>CanonicalUser</Type>
            </Grantee>
            <Permission>FULL_CONTROL</Permission>
          </Grant>
          <Grant>
            <Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group">
              <URI>http://acs.amazonaws.com/groups/s3/LogDelivery</URI>
            </Grantee>
            <Permission>WRITE</Permission>
          </Grant>
        </AccessControlList>
      </AccessControlPolicy>
      """)
    #expect(acl.owner.value == id)
    #expect(
      acl.grants == [
        Grant(.canonicalUser(CanonicalID(id)), .fullControl),
        Grant(.group("http://acs.amazonaws.com/groups/s3/LogDelivery"), .write),
      ])
  }

  @Test(arguments: [
    // Since 2025 without display names; some servers send no type; others send elements of their own.
    "<Grant><Grantee><ID>g</ID></Grantee><Permission>READ</Permission></Grant>",
    "<Grant><Permission>READ</Permission><Grantee><DisplayName/><ID>g</ID></Grantee></Grant>",
    "<Grant><Grantee><Extra/><ID>g</ID></Grantee><Extra/><Permission>READ</Permission></Grant><Extra/>",
    "<Grant><Grantee><ID>g</ID><URI></URI></Grantee><Permission>READ</Permission></Grant>",
    "<Grant><Grantee><ID><![CDATA[g]]></ID></Grantee><Permission>READ</Permission></Grant>",
  ])
  func grantsAreReadHoweverTheyAreWritten(grants: String) throws {
    #expect(
      try Self.parse(Self.policy(grants)).grants == [Grant(.canonicalUser(CanonicalID("g")), .read)])
  }

  @Test func oneGranteeCanHaveSeveralGrants() throws {
    func grant(_ permission: String) -> String {
      "<Grant><Grantee><ID>g</ID></Grantee><Permission>\(permission)</Permission></Grant>"
    }
    let acl = try Self.parse(Self.policy(grant("WRITE_ACP") + grant("READ") + grant("READ")))
    let grantee = Grantee.canonicalUser(CanonicalID("g"))
    #expect(acl.grants == [Grant(grantee, .read), Grant(grantee, .writeACP)])
  }

  @Test(arguments: [
    "<AccessControlPolicy/>",
    "<AccessControlPolicy><AccessControlList/></AccessControlPolicy>",
    "<AccessControlPolicy><Owner/><AccessControlList/></AccessControlPolicy>",
    "<AccessControlPolicy><Owner><ID></ID></Owner><AccessControlList/></AccessControlPolicy>",
    "<AccessControlPolicy><Owner><DisplayName>o</DisplayName></Owner><AccessControlList/></AccessControlPolicy>",
    "<AccessControlPolicy><Owner><ID>o</ID></Owner></AccessControlPolicy>",
    // A permission that is not known must not be lost in a rewrite.
    policy("<Grant><Grantee><ID>g</ID></Grantee><Permission>READ_SOMETHING</Permission></Grant>"),
    policy("<Grant><Grantee><ID>g</ID></Grantee><Permission>read</Permission></Grant>"),
    policy("<Grant><Grantee><ID>g</ID></Grantee><Permission> READ </Permission></Grant>"),
    policy("<Grant><Grantee><ID>g</ID></Grantee><Permission></Permission></Grant>"),
    policy("<Grant><Grantee><ID>g</ID></Grantee></Grant>"),
    policy("<Grant><Permission>READ</Permission></Grant>"),
    policy("<Grant><Grantee/><Permission>READ</Permission></Grant>"),
    policy("<Grant><Grantee><ID></ID></Grantee><Permission>READ</Permission></Grant>"),
    policy("<Grant><Grantee><DisplayName>g</DisplayName></Grantee><Permission>READ</Permission></Grant>"),
    policy("<Grant><Grantee><EmailAddress>a@b.c</EmailAddress></Grantee><Permission>READ</Permission></Grant>"),
    policy("<Grant/>"),
  ])
  func whatCannotBeWrittenBackIsRefused(xml: String) {
    #expect(XMLVerdict { () throws(XMLError) in _ = try Self.parse(xml) } == .invalid)
  }

  @Test func anotherDocumentIsRefused() {
    #expect(
      XMLVerdict { () throws(XMLError) in _ = try Self.parse("<ListBucketResult/>") }
        == .unexpectedRoot("ListBucketResult"))
  }

  @Test func theDocumentToSendIsExactly() {
    let acl = AccessControlList(
      owner: CanonicalID("owner"),
      grants: [Grant(.allUsers, .read), Grant(.canonicalUser(CanonicalID("a&<b>")), .fullControl)])
    #expect(
      String(decoding: acl.xml, as: UTF8.self)
        == "<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner><ID>owner</ID></Owner>"
        + "<AccessControlList>"
        + "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\">"
        + "<ID>a&amp;&lt;b&gt;</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>"
        + "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\">"
        + "<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant>"
        + "</AccessControlList></AccessControlPolicy>")
  }

  @Test(arguments: [
    AccessControlList(owner: tools, grants: []),
    AccessControlList(owner: CanonicalID("a&b<c>\"'\r\n\t\u{e9}"), grants: [Grant(.group("x&y;]]>"), .writeACP)]),
    AccessControlList(
      owner: tools, grants: Permission.allCases.map { Grant(.canonicalUser(oai), $0) } + [Grant(.allUsers, .read)]),
    AccessControlList(
      owner: tools,
      grants: (0..<AccessControlList.maximumGrants).map { Grant(.canonicalUser(CanonicalID("\($0)")), .read) }),
  ])
  func whatIsWrittenIsReadBack(acl: AccessControlList) throws {
    #expect(try AccessControlList(parsing: acl.xml) == acl)
  }

  @Test(
    arguments: [
      ([], []),
      ([Grant(.canonicalUser(CanonicalID("a")), .read)], ["x-amz-grant-read: id=\"a\""]),
      (
        [
          Grant(.canonicalUser(CanonicalID("b")), .read), Grant(.allUsers, .read),
          Grant(.canonicalUser(CanonicalID("a")), .read), Grant(.canonicalUser(CanonicalID("a")), .fullControl),
          Grant(.canonicalUser(CanonicalID("a")), .writeACP), Grant(.canonicalUser(CanonicalID("b")), .readACP),
          Grant(.canonicalUser(CanonicalID("b")), .write),
        ],
        [
          "x-amz-grant-full-control: id=\"a\"",
          "x-amz-grant-read: id=\"a\", id=\"b\", uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"",
          "x-amz-grant-read-acp: id=\"b\"", "x-amz-grant-write: id=\"b\"", "x-amz-grant-write-acp: id=\"a\"",
        ]
      ),
    ] as [([Grant], [String])])
  func theHeadersSayTheSame(grants: [Grant], headers: [String]) {
    let acl = AccessControlList(owner: CanonicalID("o"), grants: grants)
    #expect(acl.grantHeaders.map { "\($0.name): \($0.value)" } == headers)
  }
}

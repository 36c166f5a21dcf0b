import Testing

@testable import FixACLKit
@testable import AWSKit

@Suite struct AttributesDigestTests {
  private static let rich = [
    "Content-Type": "text/html", "Cache-Control": "no-cache", "x-amz-meta-a": "1", "x-amz-meta-b": "2",
    "x-amz-storage-class": "STANDARD_IA", "x-amz-website-redirect-location": "/other",
    "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": "arn:key",
    "x-amz-server-side-encryption-bucket-key-enabled": "true",
  ]

  private static let lock = ObjectLockState(
    retention: ObjectLockState.Retention(mode: "GOVERNANCE", until: "2030-01-01T00:00:00.000Z"), hasLegalHold: true)

  private static func of(_ headers: [String: String], lock: ObjectLockState? = lock) throws -> AttributesDigest {
    AttributesDigest(try .sample(headers), lock: lock)
  }

  private static func of(_ fields: [(name: String, value: String)]) throws -> AttributesDigest {
    let head = try ObjectHead(
      HTTPResponse(status: 200, headers: HTTPHeaders([("ETag", "e"), ("Content-Length", "1")] + fields)))
    return AttributesDigest(head, lock: nil)
  }

  /// Plans hold them: another way to compute them is another format.
  @Test func literal() throws {
    #expect(try Self.of([:], lock: nil).text == "FE2cc8ZAaSXgZKYuUQ5T7w")
    #expect(try Self.of(Self.rich).text == "q-U_XsJ45knIIXsQyUpD1A")
    #expect(AttributesDigest([]).text == "RBNvo1WzZ4oRRq0W9-hkng")
    #expect(AttributesDigest([ObjectTag(key: "k", value: "v")]).text == "ZmwaoC6AaMbVzB0ylQCUMg")
  }

  /// In plans of earlier versions they have 48 bits.
  @Test func earlierPlansMeanTheSame() throws {
    let rich = try Self.of(Self.rich)
    #expect(rich.isSame(as: rich) && rich.isSame(as: AttributesDigest(rich.text)))
    #expect(rich.isSame(as: AttributesDigest("abe53f5ec278")))
    for other in ["144d9c73c640", "abe53f5ec279", "abe53f5ec27", "abe53f5ec2780", "", String(rich.text.dropLast())] {
      #expect(!rich.isSame(as: AttributesDigest(other)))
    }
    #expect(AttributesDigest([ObjectTag(key: "k", value: "v")]).isSame(as: AttributesDigest("666c1aa02e80")))
    // What was read knows nothing but itself.
    #expect(!AttributesDigest("abe53f5ec278").isSame(as: rich))
  }

  @Test(
    arguments: [
      ("Content-Type", "text/plain"), ("Content-Type", nil), ("Cache-Control", "no-cache "), ("Cache-Control", nil),
      ("Cache-Control", "No-Cache"), ("Content-Encoding", "gzip"),
      ("Content-Language", "de"), ("Expires", "0"),
      ("x-amz-meta-a", "2"), ("x-amz-meta-a", ""), ("x-amz-meta-a", nil), ("x-amz-meta-c", "3"),
      ("x-amz-storage-class", "ONEZONE_IA"), ("x-amz-storage-class", nil),
      ("x-amz-website-redirect-location", "/"), ("x-amz-website-redirect-location", nil),
      ("x-amz-server-side-encryption", "AES256"), ("x-amz-server-side-encryption", "aws:kms:dsse"),
      ("x-amz-server-side-encryption", nil), ("x-amz-server-side-encryption-aws-kms-key-id", "arn:other"),
      ("x-amz-server-side-encryption-aws-kms-key-id", nil),
      ("x-amz-server-side-encryption-bucket-key-enabled", "false"),
    ] as [(String, String?)])
  func everyDifferenceChangesIt(name: String, value: String?) throws {
    var headers = Self.rich
    // `no-cache ` is `no-cache`: blanks around a value are not part of it.
    let isSame = headers[name] == value?.split(separator: " ").joined()
    headers[name] = value
    #expect((try Self.of(headers) == Self.of(Self.rich)) == isSame)
  }

  @Test(
    arguments: [
      nil, ObjectLockState(), ObjectLockState(retention: lock.retention), ObjectLockState(hasLegalHold: true),
      ObjectLockState(
        retention: .init(mode: "COMPLIANCE", until: "2030-01-01T00:00:00.000Z"), hasLegalHold: true),
      ObjectLockState(
        retention: .init(mode: "GOVERNANCE", until: "2030-01-01T00:00:01.000Z"), hasLegalHold: true),
      ObjectLockState(retention: lock.retention, hasLegalHold: true, eventHold: .init()),
    ] as [ObjectLockState?])
  func everyOtherLockChangesIt(other: ObjectLockState?) throws {
    #expect(try Self.of(Self.rich, lock: other) != Self.of(Self.rich))
  }

  @Test func eventHoldsAreToldApart() throws {
    let holds: [ObjectLockState.EventHold?] = [
      nil, .init(), .init(duration: .days(7)), .init(duration: .days(8)), .init(duration: .years(7)),
      .init(mode: "GOVERNANCE", duration: .days(7)), .init(mode: "COMPLIANCE", duration: .days(7)),
    ]
    let digests = try holds.map { try Self.of(Self.rich, lock: ObjectLockState(eventHold: $0)) }
    #expect(Set(digests).count == holds.count)
  }

  /// Servers write times with fractions, and without.
  @Test(arguments: ["2030-01-01T00:00:00Z", "2030-01-01T00:00:00.000000Z", "2030-01-01T00:00:00.999Z"])
  func locksAreComparedToTheSecond(until: String) throws {
    let other = ObjectLockState(retention: .init(mode: "GOVERNANCE", until: until), hasLegalHold: true)
    #expect(try Self.of(Self.rich, lock: other) == Self.of(Self.rich))
  }

  @Test(arguments: [
    // What is no property of the object, or compared otherwise.
    ["ETag": "\"e2\""], ["Content-Length": "11"], ["x-amz-version-id": "v2"], ["x-amz-tagging-count": "3"],
    ["Last-Modified": "now"], ["x-amz-checksum-sha256": "abc="], ["x-amz-mp-parts-count": "2"],
    ["x-amz-object-lock-mode": "COMPLIANCE", "x-amz-object-lock-retain-until-date": "2031-01-01T00:00:00Z"],
    ["x-amz-restore": "ongoing-request=\"false\""], ["x-amz-replication-status": "COMPLETED"],
  ])
  func whatDoesNotChangeIt(headers: [String: String]) throws {
    #expect(try Self.of(Self.rich.merging(headers) { $1 }) == Self.of(Self.rich))
  }

  /// What S3 itself changes in what it is given, or other servers hand back and S3 would not.
  @Test(
    arguments: [
      ([("Content-Encoding", "aws-chunked")], []), ([("Content-Encoding", "")], []),
      ([("Content-Encoding", "aws-chunked,gzip")], [("Content-Encoding", "gzip")]),
      ([("Content-Encoding", "gzip, aws-chunked")], [("Content-Encoding", "gzip")]),
      ([("Content-Encoding", "gzip,")], [("Content-Encoding", "gzip")]),
      ([("Content-Encoding", "gzip, br")], [("Content-Encoding", "gzip,br")]),
      ([("Content-Encoding", "GZIP")], [("Content-Encoding", "gzip")]),
      ([("Content-Type", "binary/octet-stream")], []), ([("Content-Type", "application/octet-stream")], []),
      ([("Content-Type", "")], []),
      ([("Content-Type", "text/html;charset=utf-8")], [("Content-Type", "text/html; charset=utf-8")]),
      ([("Cache-Control", "")], []), ([("Content-Disposition", "")], []), ([("Content-Language", "")], []),
      ([("Expires", "")], []), ([("x-amz-meta-a", "")], []), ([("x-amz-meta-a", "  ")], []),
      ([("x-amz-meta-a", " b  c ")], [("x-amz-meta-a", "b c")]),
      ([("X-Amz-Meta-A", "b")], [("x-amz-meta-a", "b")]),
      ([("x-amz-meta-a", "1"), ("x-amz-meta-a", "2")], [("x-amz-meta-a", "1, 2")]),
      ([("x-amz-meta-a", "=?UTF-8?B?w6k=?=")], [("x-amz-meta-a", "=?UTF-8?Q?=C3=A9?=")]),
      ([("x-amz-meta-a", "=?UTF-8?B?w6k=?=")], [("x-amz-meta-a", "\u{e9}")]),
      ([("x-amz-meta-a", "=?UTF-8?Q?a_b?=")], [("x-amz-meta-a", "a b")]),
      ([("x-amz-meta-a", "=?UTF-8?Q?a?= =?UTF-8?Q?b?=")], [("x-amz-meta-a", "ab")]),
      ([("Expires", "Wed, 02 Jan 2030 03:04:05 GMT")], [("Expires", "2030-01-02T03:04:05Z")]),
      ([("Expires", "Wed, 02 Jan 2030 03:04:05 GMT")], [("Expires", "2030-01-02T03:04:05.000Z")]),
      ([("Expires", "Wed, 02 Jan 2030 03:04:05 GMT")], [("Expires", "Wed, 2 Jan 2030 03:04:05 UTC")]),
      ([("Expires", "Wed, 02 Jan 2030 03:04:05 GMT")], [("Expires", "Wednesday, 02-Jan-30 03:04:05 GMT")]),
      ([("Expires", "Wed, 02 Jan 2030 03:04:05 GMT")], [("Expires", "Wed Jan  2 03:04:05 2030")]),
    ] as [([(String, String)], [(String, String)])])
  func whatS3ChangesIsNoLoss(one: [(String, String)], other: [(String, String)]) throws {
    #expect(try Self.of(one.map { (name: $0, value: $1) }) == Self.of(other.map { (name: $0, value: $1) }))
  }

  @Test(
    arguments: [
      ([("Content-Encoding", "gzip")], [("Content-Encoding", "br")]), ([("Content-Encoding", "gzip")], []),
      ([("Content-Encoding", "aws-chunked,gzip")], [("Content-Encoding", "aws-chunked")]),
      ([("Content-Type", "text/html")], []),
      ([("Content-Type", "text/html")], [("Content-Type", "binary/octet-stream")]),
      ([("Expires", "0")], [("Expires", "-1")]), ([("Expires", "Wed, 02 Jan 2030 03:04:05 GMT")], []),
      ([("Expires", "Wed, 02 Jan 2030 03:04:05 GMT")], [("Expires", "Wed, 02 Jan 2030 03:04:06 GMT")]),
      ([("Expires", "Wed, 02 Jan 2030 03:04:05 GMT")], [("Expires", "Wed, 02 Jan 2030 03:04:05 CET")]),
      ([("Expires", "Wed, 02 Jan 2030 03:04:05 GMT")], [("Expires", "Wed, 02 Jan 2030 03:04:05 +0100")]),
      ([("x-amz-meta-a", "=?UTF-8?B?w6k=?=")], [("x-amz-meta-a", "=?UTF-8?B?w6g=?=")]),
      ([("x-amz-meta-a", "=?UTF-8?B?!!?=")], [("x-amz-meta-a", "")]),
      ([("x-amz-meta-a", "1"), ("x-amz-meta-a", "2")], [("x-amz-meta-a", "1")]),
      ([("x-amz-meta-a", "b")], [("x-amz-meta-b", "b")]), ([("x-amz-meta-a", "B")], [("x-amz-meta-a", "b")]),
    ] as [([(String, String)], [(String, String)])])
  func whatIsLostIsALoss(one: [(String, String)], other: [(String, String)]) throws {
    #expect(try Self.of(one.map { (name: $0, value: $1) }) != Self.of(other.map { (name: $0, value: $1) }))
  }

  /// A plan of an earlier version, of headers that were taken as they came.
  @Test func fingerprintsOfHeadersAsTheyCameAreStillKnown() throws {
    let head = try ObjectHead.sample(["Content-Type": "binary/octet-stream", "Content-Encoding": "aws-chunked"])
    let plain = try ObjectHead.sample([:])
    #expect(AttributesDigest(plain, lock: nil).fits(head, lock: nil))
    #expect(!AttributesDigest(plain, lock: nil).fits(try .sample(["Content-Type": "text/html"]), lock: nil))
  }

  @Test func defaultsAreTheSameWhetherNamedOrNot() throws {
    #expect(try Self.of(["x-amz-server-side-encryption": "AES256"]) == Self.of([:] as [String: String]))
    #expect(try Self.of(["x-amz-storage-class": "STANDARD"]) == Self.of([:] as [String: String]))
    #expect(try Self.of([:], lock: ObjectLockState()) == Self.of([:], lock: nil))
  }

  @Test func theOrderOfHeadersAndMetadataMeansNothing() throws {
    let fields = [
      ("x-amz-meta-b", "1"), ("Content-Type", "t"), ("x-amz-meta-a", "2"), ("Expires", "0"), ("X-Amz-Meta-C", "3"),
    ]
    #expect(try Self.of(fields) == Self.of(fields.reversed()))
    #expect(try Self.of(fields) == Self.of(fields.map { ($0.0.lowercased(), $0.1) }))
    // Which value is whose does.
    #expect(
      try Self.of([("x-amz-meta-a", "1"), ("x-amz-meta-b", "2")])
        != Self.of([("x-amz-meta-a", "2"), ("x-amz-meta-b", "1")]))
    #expect(try Self.of([("x-amz-meta-a", "b"), ("x-amz-meta-c", "d")]) != Self.of([("x-amz-meta-a", "b")]))
  }

  @Test(
    arguments: [
      ([("a", "1"), ("b", "2")], [("b", "2"), ("a", "1")], true),
      ([("a", "1"), ("b", "2")], [("a", "2"), ("b", "1")], false),
      ([("a", "1")], [("a", "")], false), ([("a", "")], [], false), ([("a", "1")], [("A", "1")], false),
      ([("a", "1")], [("a", "1"), ("b", "")], false),
      ([("a", "b\",\"c\":\"d")], [("a", "b"), ("c", "d")], false),
      // By bytes, which Strings do not compare.
      ([("\u{e9}", "1")], [("e\u{301}", "1")], false),
      ([("\u{e9}", "1"), ("e\u{301}", "2")], [("e\u{301}", "2"), ("\u{e9}", "1")], true),
    ] as [([(String, String)], [(String, String)], Bool)])
  func tags(first: [(String, String)], second: [(String, String)], isSame: Bool) {
    func fingerprint(_ tags: [(String, String)]) -> AttributesDigest {
      AttributesDigest(tags.map { ObjectTag(key: $0, value: $1) })
    }
    #expect((fingerprint(first) == fingerprint(second)) == isSame)
  }
}

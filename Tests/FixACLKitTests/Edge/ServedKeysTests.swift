import AWSKit
import SandboxKit
import Testing

@testable import FixACLKit

/// At which paths a distribution serves which keys.
@Suite struct ServedKeysTests {
  private static let bucket = "site.example.com"
  private static let oai = "E2QWRUHEXAMPLE"
  private static let canonicalID = CanonicalID(String(repeating: "0af7", count: 16))

  private static func origin(_ id: String, path: String = "", bucket: String = bucket, oai: String? = oai)
    -> DistributionOrigin
  {
    var origin = DistributionOrigin(domainName: "\(bucket).s3.eu-west-1.amazonaws.com", originAccessIdentity: oai)
    origin.id = id
    origin.path = path
    return origin
  }

  private static func distribution(
    _ origins: [DistributionOrigin], _ behaviors: [(pattern: String?, origin: String)], root: String = ""
  ) -> Distribution {
    var distribution = Distribution(
      id: "E1", arn: "arn:aws:cloudfront::111122223333:distribution/E1", domainName: "d1.cloudfront.net")
    distribution.origins = origins
    distribution.behaviors = behaviors.map { CacheBehavior(pathPattern: $0.pattern, targetOriginID: $0.origin) }
    distribution.defaultRootObject = root
    return distribution
  }

  private static let whole = distribution([origin("o")], [(nil, "o")], root: "index.html")

  private func paths(_ distribution: Distribution, _ key: String) -> [String] {
    ServedKeys(distribution, bucket: Self.bucket).paths(of: ObjectKey(key))
  }

  @Test(
    arguments: [
      ("a/b.png", ["/a/b.png"]), ("A.png", ["/A.png"]), ("index.html", ["/index.html", "/"]),
      ("a/index.html", ["/a/index.html"]), ("a/", ["/a/"]), ("/a", ["//a"]), ("a b", ["/a%20b", "/a+b"]),
      ("ä", ["/%C3%A4"]), ("100%", ["/100%25"]), ("a?b#c", ["/a%3Fb%23c"]), ("all*", ["/all%2A"]),
      ("a*b", ["/a%2Ab"]), ("a+b&c=d,e;f'g(h)!$@:", ["/a%2Bb&c=d,e;f'g(h)!$@:"]),
      ("<\"{}|\\^[]`>", ["/%3C%22%7B%7D%7C%5C%5E%5B%5D%60%3E"]), ("~me/a", ["/~me/a", "/%7Eme/a"]),
      ("a\nb\u{7f}", ["/a%0Ab%7F"]),
    ])
  func keysAreEncodedAsViewersSendThem(key: String, expected: [String]) {
    #expect(paths(Self.whole, key) == expected)
  }

  @Test func theOriginPathIsNoPartOfThePath() {
    let distribution = Self.distribution([Self.origin("o", path: "/www")], [(nil, "o")], root: "index.html")
    #expect(paths(distribution, "www/a") == ["/a"])
    #expect(paths(distribution, "www/index.html") == ["/index.html", "/"])
    for key in ["a", "www", "wwwx/a", "index.html"] { #expect(paths(distribution, key).isEmpty, "\(key)") }
  }

  @Test func theFirstBehaviorThatFitsDecides() {
    let distribution = Self.distribution(
      [Self.origin("here", path: "/new"), Self.origin("old"), Self.origin("there", bucket: "elsewhere")],
      [("/api/*", "there"), ("img/*.png", "old"), ("/img/?", "here"), (nil, "there")])
    #expect(paths(distribution, "img/a/b.png") == ["/img/a/b.png"])
    #expect(paths(distribution, "new/img/x") == ["/img/x"])
    #expect(paths(distribution, "img/x").isEmpty, "its behaviour reads below new/")
    #expect(paths(distribution, "img/a.jpg").isEmpty && paths(distribution, "api/a.png").isEmpty)
    #expect(!ServedKeys(distribution, bucket: Self.bucket).isEmpty)
    #expect(ServedKeys(distribution, bucket: "other").isEmpty)
    // Patterns are case-sensitive.
    #expect(paths(distribution, "IMG/a.png").isEmpty)
  }

  @Test func bothOriginsOfAGroupCount() {
    var distribution = Self.distribution(
      [Self.origin("there", bucket: "elsewhere"), Self.origin("here")], [(nil, "group")])
    distribution.originGroups = [Distribution.OriginGroup(id: "group", members: ["there", "here"])]
    #expect(paths(distribution, "a") == ["/a"])
  }

  @Test func oneKeyCanHaveSeveralPaths() {
    let distribution = Self.distribution(
      [Self.origin("a"), Self.origin("b", path: "/v2")], [("v2/*", "a"), (nil, "b")])
    #expect(paths(distribution, "v2/x") == ["/v2/x", "/x"])
  }

  /// What a key is served at leads back to that key, whatever the distribution.
  @Test(arguments: 0..<40)
  func pathsLeadBackToTheirKeys(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: values.indices, using: &random)] }
    let origins = (0..<3).map { number in
      Self.origin(
        "\(number)", path: pick(["", "", "/www", "/www/v2", "/a"]),
        bucket: pick([Self.bucket, Self.bucket, "elsewhere"]))
    }
    let patterns: [String?] = ["*.png", "/www/*", "a/?", "a*", "*/b", "?", "www*x"]
    let behaviors = (0..<Int.random(in: 0...3, using: &random)).map { _ in
      (pick(patterns), "\(Int.random(in: 0..<3, using: &random))")
    }
    let distribution = Self.distribution(
      origins, behaviors + [(nil, "0")], root: pick(["", "a", "index.html"]))
    for _ in 0..<200 {
      let key = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        pick(["a", "b", "www", "v2", "x.png", "", "~", "ä*?", "index.html"])
      }
      .joined(separator: "/")
      guard !key.isEmpty else { continue }
      for path in paths(distribution, key) {
        let url = try #require(ViewerURL("https://d1.cloudfront.net" + path))
        let decoded = try #require(url.decodedPath)
        let behavior = try #require(distribution.behavior(for: decoded))
        let keys = distribution.origins(of: behavior).filter { $0.isOf(bucket: Self.bucket) }
          .map { distribution.key(forPath: decoded, at: $0) }
        // The root object counts at both of its paths, though a behaviour may lead only one of them here.
        #expect(keys.contains(ObjectKey(key)) || path == "/", "\(key) at \(path): \(distribution)")
      }
    }
  }

  @Test func codeAtTheEdgeMayChangePaths() {
    var distribution = Self.distribution(
      [Self.origin("here"), Self.origin("there", bucket: "elsewhere")], [("x/*", "there"), (nil, "here")])
    let function = CacheBehavior.EdgeFunction(arn: "arn:f", event: "viewer-request", isLambda: false)
    distribution.behaviors[0].functions = [function]
    #expect(!ServedKeys(distribution, bucket: Self.bucket).mayBeRewritten)
    distribution.behaviors[1].functions = [
      CacheBehavior.EdgeFunction(arn: "arn:f", event: "viewer-response", isLambda: false)
    ]
    #expect(!ServedKeys(distribution, bucket: Self.bucket).mayBeRewritten)
    distribution.behaviors[1].functions.append(function)
    #expect(ServedKeys(distribution, bucket: Self.bucket).mayBeRewritten)
  }

  private func reads(_ distribution: Distribution, _ readers: Reader..., ids: [String: CanonicalID] = [:]) -> Bool {
    distribution.reads(bucket: Self.bucket, asOneOf: readers, canonicalIDs: ids)
  }

  @Test func distributionsAreThoseOfTheReaders() {
    let reader = Reader(.oai, .canonicalUser(Self.canonicalID, .read), originAccessIdentity: Self.oai)
    let unnamed = Reader(.grantRead, .canonicalUser(Self.canonicalID, .read))
    let other = Reader(.oai, .canonicalUser(CanonicalID("x"), .read), originAccessIdentity: "E2OTHER")
    #expect(reads(Self.whole, reader) && !reads(Self.whole, other) && !reads(Self.whole, unnamed))
    #expect(reads(Self.whole, unnamed, ids: [Self.oai: Self.canonicalID]))
    #expect(!Self.whole.reads(bucket: "elsewhere", asOneOf: [reader]))
    let anonymous = Self.distribution([Self.origin("o", oai: nil)], [(nil, "o")])
    #expect(!reads(anonymous, reader) && anonymous.reads(bucket: Self.bucket))
    // A website is read by nobody in particular.
    var website = Self.origin("o")
    website.domainName = "\(Self.bucket).s3-website.eu-west-1.amazonaws.com"
    #expect(!reads(Self.distribution([website], [(nil, "o")]), reader))
    #expect(reader.isCloudFronts && !unnamed.isCloudFronts)
  }

  @Test(
    arguments: [
      ([], nil, true), (["arn:aws:cloudfront::111122223333:distribution/E1"], nil, true),
      (["arn:aws:cloudfront::111122223333:distribution/*"], nil, true), (["111122223333"], nil, true),
      (["arn:aws:cloudfront::111122223333:distribution/E2"], nil, false), (["444455556666"], nil, false),
      ([], "E1", true), ([], "E2", false),
    ] as [([String], String?, Bool)])
  func theServiceReadsForItsSources(sources: [String], distribution: String?, expected: Bool) {
    var origin = Self.origin("o", oai: nil)
    origin.originAccessControl = "E3"
    let reader = Reader(
      .bucketPolicy, .service("cloudfront.amazonaws.com", sources: sources), distribution: distribution)
    #expect(reads(Self.distribution([origin], [(nil, "o")]), reader) == expected)
    #expect(!reads(Self.whole, reader), "it has an OAI")
  }
}

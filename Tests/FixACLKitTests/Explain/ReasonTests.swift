import Foundation
import AWSKit
import Testing

@testable import FixACLKit

/// A world for every reason: what explain says, where it says it, and what the servers really answer that reader.
@Suite struct ReasonTests {
  /// What is asked, and what must come of it.
  struct Row: Sendable, CustomTestStringConvertible {
    var reason: AccessReason
    var layer: AccessLayer
    var verdict = ReaderExplanation.Verdict.denied
    /// What viewers or the reader get; nil if nobody can be asked.
    var status: Int? = 403
    /// Makes the world.
    var make: @Sendable (ExplainStage) throws -> Question

    var testDescription: String { reason.rawValue }
  }

  enum Question: Sendable {
    /// Of a distribution, by its path, with a viewer's scheme and host.
    case url(String, path: String = "/key", scheme: String = "https", host: String? = nil)
    /// Of an object, as a distribution, an OAI or nobody.
    case object(String = "key", distribution: String? = nil, oai: String? = nil, anonymous: Bool = false)
  }

  private static func allow(
    _ principal: String, condition: String = "", effect: String = "Allow", bucket: String = "stage"
  )
    -> String
  {
    #"{"Effect":"\#(effect)","Principal":\#(principal),"Action":"s3:GetObject","Resource":"arn:aws:s3:::\#(bucket)/*"\#(condition)}"#
  }

  private static func principal(ofOAI id: String) -> String {
    #"{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity \#(id)"}"#
  }

  private static func policy(_ statements: String..., on stage: ExplainStage, bucket: String = "stage") {
    stage.expect(
      stage.send(
        .put, "/\(bucket)", "policy=",
        body: #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#, as: "site",
        region: region(of: bucket)))
  }

  private static func region(of bucket: String) -> String {
    bucket.hasPrefix("in-") ? String(bucket.dropFirst(3)) : "us-east-1"
  }

  private static func put(
    _ key: String = "key", as name: String = "site", bucket: String = "stage",
    headers: [(name: String, value: String)] = [], on stage: ExplainStage
  ) {
    stage.expect(
      stage.send(.put, "/\(bucket)/\(key)", headers: headers, body: "x", as: name, region: region(of: bucket)))
  }

  private static func block(_ names: [String], on stage: ExplainStage) {
    let all = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
    stage.expect(
      stage.send(
        .put, "/stage", "publicAccessBlock=",
        body: "<PublicAccessBlockConfiguration>"
          + all.map { "<\($0)>\(names.contains($0))</\($0)>" }.joined() + "</PublicAccessBlockConfiguration>",
        as: "site"))
  }

  /// The OAI may read, and the object is there: only the distribution is odd.
  private static func oddDistribution(_ stage: ExplainStage, _ change: (inout StageDistribution) -> Void) throws
    -> String
  {
    put(on: stage)
    policy(allow(principal(ofOAI: stage.oai.id)), on: stage)
    var distribution = StageDistribution(identity: stage.oai.id)
    change(&distribution)
    return try stage.distribute("odd", distribution)
  }

  private static func edge(_ settings: String, on stage: ExplainStage) {
    stage.expect(stage.send(.put, "/edge", body: settings, as: nil, host: "control.test"))
  }

  private static func letToolsUpload(_ stage: ExplainStage) {
    stage.expect(
      stage.send(
        .put, "/stage", "acl=",
        headers: [
          ("x-amz-grant-full-control", "id=\"\(stage.ids["site"]!)\""),
          ("x-amz-grant-write", "id=\"\(stage.ids["tools"]!)\""),
        ], as: "site"))
  }

  static let rows: [Row] = [
    Row(reason: .missingKey, layer: .request) { stage in
      policy(allow(principal(ofOAI: stage.oai.id)), on: stage)
      return .url(stage.distributions["oai"]!, path: "/nope.html")
    },
    Row(reason: .deleteMarker, layer: .request) { stage in
      stage.expect(
        stage.send(
          .put, "/stage", "versioning=",
          body: "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>", as: "site"))
      put(on: stage)
      stage.expect(stage.send(.delete, "/stage/key", as: "site"))
      policy(allow(principal(ofOAI: stage.oai.id)), on: stage)
      return .url(stage.distributions["oai"]!)
    },
    Row(reason: .defaultRootObject, layer: .distribution) { stage in
      put("index.html", on: stage)
      policy(allow(principal(ofOAI: stage.oai.id)), on: stage)
      return .url(stage.distributions["oai"]!, path: "/")
    },
    Row(reason: .directoryKey, layer: .request) { stage in
      put("docs/index.html", on: stage)
      policy(allow(principal(ofOAI: stage.oai.id)), on: stage)
      return .url(stage.distributions["oai"]!, path: "/docs/")
    },
    Row(reason: .foreignOwner, layer: .objectOwner) { stage in
      letToolsUpload(stage)
      put(as: "tools", on: stage)
      policy(allow(principal(ofOAI: stage.oai.id)), on: stage)
      return .url(stage.distributions["oai"]!)
    },
    Row(reason: .readerNotInACL, layer: .objectACL) { stage in
      letToolsUpload(stage)
      put(as: "tools", on: stage)
      return .url(stage.distributions["oai"]!)
    },
    Row(reason: .noAllow, layer: .bucketPolicy) { stage in
      put(on: stage)
      return .url(stage.distributions["oai"]!)
    },
    Row(reason: .explicitDeny, layer: .bucketPolicy) { stage in
      put(on: stage)
      let oai = principal(ofOAI: stage.oai.id)
      policy(allow(oai), allow(oai, effect: "Deny"), on: stage)
      return .url(stage.distributions["oai"]!)
    },
    Row(reason: .conditionNotMet, layer: .bucketPolicy) { stage in
      put(on: stage)
      policy(
        allow(
          principal(ofOAI: stage.oai.id),
          condition: #","Condition":{"StringLike":{"aws:Referer":"https://example.com/*"}}"#), on: stage)
      return .url(stage.distributions["oai"]!)
    },
    Row(reason: .oaiNotOnOrigin, layer: .distribution) { stage in
      put(on: stage)
      policy(allow(principal(ofOAI: stage.oai.id)), on: stage)
      return .url(stage.distributions["none"]!)
    },
    Row(reason: .oaiMismatch, layer: .bucketPolicy) { stage in
      put(on: stage)
      policy(allow(principal(ofOAI: try stage.makeIdentity("another").id)), on: stage)
      return .url(stage.distributions["oai"]!)
    },
    Row(reason: .oaiGone, layer: .bucketPolicy) { stage in
      put(on: stage)
      let gone = try stage.makeIdentity("gone")
      policy(allow(principal(ofOAI: gone.id)), on: stage)
      stage.deleteIdentity(gone.id)
      return .url(stage.distributions["oai"]!)
    },
    Row(reason: .oacNotInPolicy, layer: .bucketPolicy) { stage in
      put(on: stage)
      return .url(stage.distributions["oac"]!)
    },
    Row(reason: .oacSourceARN, layer: .bucketPolicy) { stage in
      put(on: stage)
      policy(
        allow(
          #"{"Service":"cloudfront.amazonaws.com"}"#,
          condition:
            #","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/EOTHER"}}"#),
        on: stage)
      return .url(stage.distributions["oac"]!)
    },
    Row(reason: .oacNeverSigns, layer: .distribution) { stage in
      put(on: stage)
      policy(allow(#"{"Service":"cloudfront.amazonaws.com"}"#), on: stage)
      let control = try stage.makeControl("never", signing: "never")
      return .url(try stage.distribute("never", StageDistribution(control: control)))
    },
    Row(reason: .kmsOAI, layer: .encryption) { stage in
      put(headers: kms(stage), on: stage)
      policy(allow(principal(ofOAI: stage.oai.id)), on: stage)
      return .url(stage.distributions["oai"]!)
    },
    Row(reason: .kmsAnonymous, layer: .encryption, status: 400) { stage in
      put(headers: kms(stage), on: stage)
      policy(allow("\"*\""), on: stage)
      return .object(anonymous: true)
    },
    Row(reason: .kmsKeyPolicy, layer: .encryption) { stage in
      put(headers: kms(stage), on: stage)
      policy(allow(#"{"Service":"cloudfront.amazonaws.com"}"#), on: stage)
      return .url(stage.distributions["oac"]!)
    },
    Row(reason: .websiteEndpoint, layer: .distribution) { stage in
      put(on: stage)
      policy(allow(principal(ofOAI: stage.oai.id)), on: stage)
      stage.expect(
        stage.send(
          .put, "/stage", "website=",
          body:
            "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>",
          as: "site"))
      return .url(
        try stage.distribute(
          "website", StageDistribution(domain: "stage.s3-website-us-east-1.amazonaws.com", isCustomOrigin: true)))
    },
    Row(reason: .globalEndpoint, layer: .distribution, status: 307) { stage in
      let bucket = try otherRegion("eu-west-1", stage)
      return .url(
        try stage.distribute(
          "global", StageDistribution(identity: stage.oai.id, domain: "\(bucket).s3.amazonaws.com")))
    },
    Row(reason: .regionWithoutOAI, layer: .request) { stage in
      let bucket = try otherRegion("il-central-1", stage)
      return .url(
        try stage.distribute(
          "new", StageDistribution(identity: stage.oai.id, domain: "\(bucket).s3.il-central-1.amazonaws.com")))
    },
    Row(reason: .publicACLIgnored, layer: .blockPublicAccess) { stage in
      put(headers: [("x-amz-acl", "public-read")], on: stage)
      block(["IgnorePublicAcls"], on: stage)
      return .object(anonymous: true)
    },
    Row(reason: .restrictPublicBuckets, layer: .blockPublicAccess) { stage in
      put(on: stage)
      policy(allow("\"*\""), on: stage)
      block(["RestrictPublicBuckets"], on: stage)
      return .object(anonymous: true)
    },
    Row(reason: .organizationPolicy, layer: .blockPublicAccess) { stage in
      put(on: stage)
      policy(allow("\"*\""), on: stage)
      stage.expect(
        stage.send(
          .put, "/organization", "account=site",
          body: #"{"s3_attributes": {"public_access_block_configuration": "all"}}"#, as: nil, host: "control.test"))
      return .object(anonymous: true)
    },
    Row(reason: .cachedError, layer: .edge) { stage in
      put(on: stage)
      stage.send(.get, "/\(stage.distributions["oai"]!)/key", as: nil, host: "viewer.test")
      policy(allow(principal(ofOAI: stage.oai.id)), on: stage)
      return .url(stage.distributions["oai"]!)
    },
    Row(reason: .customErrorPage, layer: .distribution, status: 200) { stage in
      let id = try oddDistribution(stage) {
        $0.config =
          "<CustomErrorResponses><Quantity>1</Quantity><Items><CustomErrorResponse><ErrorCode>403</ErrorCode>"
          + "<ResponsePagePath>/key</ResponsePagePath><ResponseCode>200</ResponseCode><ErrorCachingMinTTL>1"
          + "</ErrorCachingMinTTL></CustomErrorResponse></Items></CustomErrorResponses>"
      }
      return .url(id, path: "/nope")
    },
    Row(reason: .geoRestriction, layer: .edge) { stage in
      .url(
        try oddDistribution(stage) {
          $0.config =
            "<Restrictions><GeoRestriction><RestrictionType>whitelist</RestrictionType><Quantity>1</Quantity><Items>"
            + "<Location>DE</Location></Items></GeoRestriction></Restrictions>"
        })
    },
    Row(reason: .signedURLRequired, layer: .edge) { stage in
      .url(
        try oddDistribution(stage) {
          $0.behavior =
            "<TrustedKeyGroups><Enabled>true</Enabled><Quantity>1</Quantity><Items><KeyGroup>k</KeyGroup></Items>"
            + "</TrustedKeyGroups>"
        })
    },
    Row(reason: .webACL, layer: .edge) { stage in
      let arn = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/acl/1"
      edge(#"{"blockingWebACLs": ["\#(arn)"]}"#, on: stage)
      return .url(try oddDistribution(stage) { $0.config = "<WebACLId>\(arn)</WebACLId>" })
    },
    Row(reason: .edgeFunction, layer: .edge) { stage in
      let arn = "arn:aws:cloudfront::111122223333:function/f"
      edge(#"{"refusingFunctions": ["\#(arn)"]}"#, on: stage)
      return .url(
        try oddDistribution(stage) {
          $0.behavior =
            "<FunctionAssociations><Quantity>1</Quantity><Items><FunctionAssociation><FunctionARN>\(arn)</FunctionARN>"
            + "<EventType>viewer-request</EventType></FunctionAssociation></Items></FunctionAssociations>"
        })
    },
    Row(reason: .viewerProtocol, layer: .edge) { stage in
      let id = try oddDistribution(stage) {
        $0.viewerProtocol = "https-only"
        $0.aliases = ["www.example.com"]
      }
      return .url(id, scheme: "http", host: "www.example.com")
    },
    Row(reason: .hostForwarded, layer: .distribution, status: nil) { stage in
      .url(
        try oddDistribution(stage) {
          $0.behavior = "<OriginRequestPolicyId>216adef6-5c7f-47e4-b989-5492eafa07d3</OriginRequestPolicyId>"
        })
    },
    Row(reason: .authorizationForwarded, layer: .distribution, verdict: .allowed, status: 200) { stage in
      put(on: stage)
      policy(allow(#"{"Service":"cloudfront.amazonaws.com"}"#), on: stage)
      let control = try stage.makeControl("no-override", signing: "no-override")
      return .url(
        try stage.distribute(
          "odd",
          StageDistribution(
            control: control,
            behavior: "<ForwardedValues><QueryString>false</QueryString><Cookies><Forward>none</Forward></Cookies>"
              + "<Headers><Quantity>1</Quantity><Items><Name>Authorization</Name></Items></Headers></ForwardedValues>"))
      )
    },
    Row(reason: .originPath, layer: .distribution) { stage in
      .url(try oddDistribution(stage) { $0.originPath = "/site" })
    },
    Row(reason: .otherBucket, layer: .distribution, status: nil) { stage in
      put(on: stage)
      stage.expect(stage.send(.put, "/elsewhere", as: "site"))
      let id = try stage.distribute(
        "elsewhere", StageDistribution(identity: stage.oai.id, domain: "elsewhere.s3.us-east-1.amazonaws.com"))
      return .object(distribution: id)
    },
    Row(reason: .stackedDistribution, layer: .distribution, status: nil) { stage in
      put(on: stage)
      let id = try stage.distribute(
        "stacked", StageDistribution(domain: "d111111abcdef8.cloudfront.net", isCustomOrigin: true))
      return .object(distribution: id)
    },
    Row(reason: .aliasMissing, layer: .distribution) { stage in
      let id = try oddDistribution(stage) { $0.aliases = ["www.example.com"] }
      return .url(id, host: "shop.example.com")
    },
    Row(reason: .distributionDisabled, layer: .distribution) { stage in
      .url(try oddDistribution(stage) { $0.isEnabled = false })
    },
    Row(reason: .requesterPays, layer: .request) { stage in
      put(on: stage)
      policy(allow(principal(ofOAI: stage.oai.id)), on: stage)
      stage.expect(
        stage.send(
          .put, "/stage", "requestPayment=",
          body: "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>", as: "site"))
      return .url(stage.distributions["oai"]!)
    },
    Row(reason: .archived, layer: .archive) { stage in
      put(headers: [("x-amz-storage-class", "GLACIER")], on: stage)
      policy(allow(principal(ofOAI: stage.oai.id)), on: stage)
      return .url(stage.distributions["oai"]!)
    },
    Row(reason: .customerKey, layer: .encryption, status: 400) { stage in
      let key = Data(repeating: 7, count: 32)
      put(
        headers: [
          ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
          ("x-amz-server-side-encryption-customer-key", key.base64EncodedString()),
          ("x-amz-server-side-encryption-customer-key-MD5", "y4HAEFCYWuvAXWFTtA1Qpg=="),
        ], on: stage)
      policy(allow(principal(ofOAI: stage.oai.id)), on: stage)
      return .url(stage.distributions["oai"]!)
    },
    Row(reason: .notVisible, layer: .organization, verdict: .allowed, status: 200) { stage in
      put(on: stage)
      policy(allow(principal(ofOAI: stage.oai.id)), on: stage)
      return .url(stage.distributions["oai"]!)
    },
  ]

  private static func kms(_ stage: ExplainStage) -> [(name: String, value: String)] {
    [("x-amz-server-side-encryption", "aws:kms"), ("x-amz-server-side-encryption-aws-kms-key-id", stage.keyARN)]
  }

  /// A bucket of another Region with an object that the OAI may read.
  private static func otherRegion(_ region: String, _ stage: ExplainStage) throws -> String {
    let bucket = "in-\(region)"
    stage.expect(
      stage.send(
        .put, "/\(bucket)",
        body:
          "<CreateBucketConfiguration><LocationConstraint>\(region)</LocationConstraint></CreateBucketConfiguration>",
        as: "site"))
    put(bucket: bucket, on: stage)
    policy(allow(principal(ofOAI: stage.oai.id), bucket: bucket), on: stage, bucket: bucket)
    return bucket
  }

  @Test func everyReasonHasAWorld() {
    #expect(Set(Self.rows.map(\.reason)) == Set(AccessReason.allCases))
  }

  @Test(arguments: rows) func theReasonIsFound(row: Row) async throws {
    let stage = try ExplainStage()
    let question = try row.make(stage)
    var request: ExplainRequest
    var status: Int?
    switch question {
    case .url(let id, let path, let scheme, let host):
      let url = host.map { "\(scheme)://\($0)\(path)" } ?? "http://viewer.test/\(id)\(path)"
      request = ExplainRequest(target: .url(try #require(ViewerURL(url))))
      if host != nil { request.distributions = [id] }
      status =
        stage.send(
          .get, host == nil ? "/\(id)\(path)" : path,
          headers: host.map { [("Host", $0), ("CloudFront-Forwarded-Proto", scheme)] } ?? [], as: nil,
          host: "viewer.test"
        ).status
    case .object(let key, let distribution, let oai, let anonymous):
      request = ExplainRequest(target: .object(bucket: ExplainStage.bucket, key: ObjectKey(key)))
      request.distributions = distribution.map { [$0] } ?? []
      request.originAccessIdentities = oai.map { [$0] } ?? []
      request.asksAnonymous = anonymous
      if anonymous { status = stage.send(.get, "/stage/\(key)", as: nil).status }
    }
    // The one above was cached, if it was refused.
    if row.reason != .cachedError { try stage.forget(request.distributions) }
    let explained = try await Explainer(request, stage.clients(["site", "tools"])).run()
    let reader = try #require(explained.readers.first)
    let layers = reader.layers.map { "\($0.layer.rawValue) \($0.verdict.rawValue) \($0.reasons.map(\.rawValue))" }
    let report = try #require(reader.report(row.layer))
    #expect(report.reasons.contains(row.reason), "\(layers) \(explained.probes)")
    #expect(reader.verdict == row.verdict, "\(layers) \(explained.probes)")
    if row.verdict == .denied { #expect(!reader.deniedBy.isEmpty) } else { #expect(reader.deniedBy.isEmpty) }
    if let expected = row.status { #expect(status == expected) }
    if let seen = explained.probes.last(where: { $0.identity == .viewer })?.status, row.status != nil {
      // One byte is 206, all of them are 200.
      #expect((seen == 206 ? 200 : seen) == status)
    }
    #expect(reader.layers.map(\.layer) == AccessLayer.allCases)
    // Whoever is refused learns what to do.
    let isHelped = !reader.fixes.isEmpty || [.customErrorPage].contains(row.reason)
    #expect(row.verdict == .allowed || isHelped, "no fix: \(layers)")
  }

  /// A wildcard stands for one label or more, and of several distributions the closest alias wins; where none fits,
  /// nothing is guessed.
  @Test(
    arguments: [
      ("www.example.com", "exact"), ("shop.example.com", "wide"), ("a.b.example.com", "wide"),
      ("a.eu.example.com", "narrow"), ("b.a.EU.example.com.", "narrow"), ("eu.example.com", "wide"),
      ("example.com", nil), ("badexample.com", nil),
    ] as [(String, String?)])
  func theClosestAliasServesAURL(host: String, name: String?) async throws {
    let stage = try ExplainStage()
    Self.put(on: stage)
    let aliases = ["wide": "*.example.com", "narrow": "*.eu.example.com", "exact": "www.example.com"]
    var ids: [String: String] = [:]
    for (name, alias) in aliases.sorted(by: { $0.key > $1.key }) {
      var distribution = StageDistribution(identity: stage.oai.id)
      distribution.aliases = [alias]
      ids[name] = try stage.distribute(name, distribution)
    }
    let request = ExplainRequest(target: .url(try #require(ViewerURL("https://\(host)/key"))))
    guard let name else {
      await #expect(throws: ExplainProblem.self) {
        try await Explainer(request, stage.clients(["site", "tools"])).run()
      }
      return
    }
    let explained = try await Explainer(request, stage.clients(["site", "tools"])).run()
    #expect(explained.distribution == ids[name])
  }
}

import AWSKit
import FixACLKit
import Testing

/// What a policy says of one request: every element, every operator, and what is not known.
@Suite struct PolicyEvaluationTests {
  private static let now = Timestamp(iso8601: "2026-11-26T12:00:00Z")!
  private static let oaiID = CanonicalID(String(repeating: "a1", count: 32))
  private static let oai = PolicyCaller(kind: .originAccessIdentity("E1OAI"), canonicalID: oaiID)
  private static let service = PolicyCaller(kind: .service("cloudfront.amazonaws.com"))
  private static let user = PolicyCaller(kind: .principal(PrincipalARN("arn:aws:iam::111122223333:user/team/ann")!))
  private static let role = PolicyCaller(kind: .principal(PrincipalARN("arn:aws:iam::111122223333:role/path/reader")!))
  private static let session = PolicyCaller(
    kind: .principal(PrincipalARN("arn:aws:sts::111122223333:assumed-role/reader/s1")!))
  private static let account = PolicyCaller(
    kind: .account, canonicalID: CanonicalID(String(repeating: "b2", count: 32)), accountID: AccountID("111122223333"))
  private static let stranger = PolicyCaller(
    kind: .account, canonicalID: CanonicalID(String(repeating: "c3", count: 32)))

  private static func request(
    _ caller: PolicyCaller, key: String = "a/b.html", version: String? = nil, tls: Bool? = true
  ) -> PolicyRequest {
    var request = PolicyRequest.read(
      of: ObjectKey(key), versionID: version, bucket: "site", partition: "aws", by: caller, isTLS: tls,
      region: "eu-west-1", now: now)
    if caller == service {
      request.context["aws:sourcearn"] = .value("arn:aws:cloudfront::111122223333:distribution/E1DIST")
      request.context["aws:sourceaccount"] = .value("111122223333")
    }
    return request
  }

  enum Outcome: Sendable {
    case allow, deny, mayAllow, mayDeny, unmet, nothing
  }

  private static func outcome(_ statement: String, _ request: PolicyRequest, version: String = "2012-10-17") throws
    -> Outcome
  {
    let text = #"{"Version":"\#(version)","Statement":[\#(statement)]}"#
    let decision = try PolicyDocument(parsing: Array(text.utf8)).decision(on: request)
    if !decision.denies.isEmpty { return .deny }
    if !decision.mayDeny.isEmpty { return .mayDeny }
    if !decision.allows.isEmpty { return .allow }
    if !decision.mayAllow.isEmpty { return .mayAllow }
    return decision.unmetAllows.isEmpty ? .nothing : .unmet
  }

  private static func statement(
    _ effect: String = "Allow", principal: String = #""Principal":"*""#, action: String = #""Action":"s3:GetObject""#,
    resource: String = #""Resource":"arn:aws:s3:::site/*""#, condition: String = ""
  ) -> String {
    #"{"Effect":"\#(effect)",\#(principal),\#(action),\#(resource)\#(condition.isEmpty ? "" : ",\"Condition\":{\(condition)}")}"#
  }

  static let principals: [(String, [Outcome])] = [
    // OAI, service, user, role, session, account, stranger, anonymous
    (#""Principal":"*""#, [.allow, .allow, .allow, .allow, .allow, .allow, .allow, .allow]),
    (#""Principal":{"AWS":"*"}"#, [.allow, .allow, .allow, .allow, .allow, .allow, .allow, .allow]),
    (
      #""Principal":{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1OAI"}"#,
      [.allow, .nothing, .nothing, .nothing, .nothing, .nothing, .mayAllow, .nothing]
    ),
    (
      #""Principal":{"CanonicalUser":"\#(String(repeating: "a1", count: 32))"}"#,
      [.allow, .nothing, .mayAllow, .mayAllow, .mayAllow, .nothing, .nothing, .nothing]
    ),
    (
      #""Principal":{"Service":"cloudfront.amazonaws.com"}"#,
      [.nothing, .allow, .nothing, .nothing, .nothing, .nothing, .nothing, .nothing]
    ),
    (
      #""Principal":{"AWS":["111122223333"]}"#,
      [.nothing, .nothing, .allow, .allow, .allow, .allow, .mayAllow, .nothing]
    ),
    (
      #""Principal":{"AWS":"arn:aws:iam::111122223333:root"}"#,
      [.nothing, .nothing, .allow, .allow, .allow, .allow, .mayAllow, .nothing]
    ),
    (
      #""Principal":{"AWS":"arn:aws:iam::111122223333:user/team/ann"}"#,
      [.nothing, .nothing, .allow, .nothing, .nothing, .nothing, .nothing, .nothing]
    ),
    (
      #""Principal":{"AWS":"arn:aws:iam::111122223333:role/path/reader"}"#,
      [.nothing, .nothing, .nothing, .allow, .allow, .nothing, .nothing, .nothing]
    ),
    (
      #""Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/reader/s1"}"#,
      [.nothing, .nothing, .nothing, .mayAllow, .allow, .nothing, .nothing, .nothing]
    ),
    (
      #""Principal":{"AWS":"arn:aws:iam::999988887777:root"}"#,
      [.nothing, .nothing, .nothing, .nothing, .nothing, .nothing, .mayAllow, .nothing]
    ),
    (
      #""Principal":{"AWS":"AIDAEXAMPLE"}"#,
      [.nothing, .nothing, .nothing, .nothing, .nothing, .nothing, .nothing, .nothing]
    ),
    (
      #""NotPrincipal":{"Service":"cloudfront.amazonaws.com"}"#,
      [.allow, .nothing, .allow, .allow, .allow, .allow, .allow, .allow]
    ),
    // Without its account beside it, who is excepted may be denied all the same.
    (
      #""NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/team/ann"}"#,
      [.allow, .allow, .mayAllow, .allow, .allow, .allow, .allow, .allow]
    ),
    (
      #""NotPrincipal":{"AWS":["arn:aws:iam::111122223333:user/team/ann","111122223333"]}"#,
      [.allow, .allow, .nothing, .mayAllow, .mayAllow, .nothing, .mayAllow, .allow]
    ),
    // Nor are an account's users excepted for certain by their account alone.
    (
      #""NotPrincipal":{"AWS":"111122223333"}"#,
      [.allow, .allow, .mayAllow, .mayAllow, .mayAllow, .nothing, .mayAllow, .allow]
    ),
    (
      #""NotPrincipal":{"AWS":["*","111122223333"]}"#,
      [.nothing, .nothing, .nothing, .nothing, .nothing, .nothing, .nothing, .nothing]
    ),
  ]

  @Test(arguments: principals) func whoIsMeant(principal: String, outcomes: [Outcome]) throws {
    let callers = [
      Self.oai, Self.service, Self.user, Self.role, Self.session, Self.account, Self.stranger, .anonymous,
    ]
    for (caller, expected) in zip(callers, outcomes) {
      #expect(try Self.outcome(Self.statement(principal: principal), Self.request(caller)) == expected, "\(caller)")
    }
  }

  static let actions: [(String, Bool, Bool)] = [
    (#""Action":"s3:GetObject""#, true, false), (#""Action":"S3:GETOBJECT""#, true, false),
    (#""Action":["s3:PutObject","s3:Get*"]"#, true, true), (#""Action":"*""#, true, true),
    (#""Action":"s3:GetObject?""#, false, false), (#""Action":"s3:GetObjectVersion""#, false, true),
    (#""NotAction":"s3:GetObject""#, false, true), (#""NotAction":"s3:Put*""#, true, true),
  ]

  @Test(arguments: actions) func whatIsDone(action: String, current: Bool, version: Bool) throws {
    #expect(try (Self.outcome(Self.statement(action: action), Self.request(Self.oai)) == .allow) == current)
    #expect(
      try (Self.outcome(Self.statement(action: action), Self.request(Self.oai, version: "v1")) == .allow) == version)
  }

  static let resources: [(String, Bool)] = [
    (#""Resource":"arn:aws:s3:::site/*""#, true), (#""Resource":"arn:aws:s3:::site""#, false),
    (#""Resource":"arn:aws:s3:::site/a/b.html""#, true), (#""Resource":"arn:aws:s3:::site/A/b.html""#, false),
    (#""Resource":["arn:aws:s3:::x/*","arn:aws:s3:::s?te/a/*.html"]"#, true), (#""Resource":"*""#, true),
    (#""NotResource":"arn:aws:s3:::site/a/*""#, false), (#""NotResource":"arn:aws:s3:::site/b/*""#, true),
    (#""Resource":"arn:aws:s3:::site/${s3:x-amz-acl, 'a'}/b.html""#, true),
    (#""Resource":"arn:aws:s3:::site/${s3:x-amz-acl}/b.html""#, false),
    (#""Resource":"arn:aws:s3:::site/a/${*}""#, false),
  ]

  @Test(arguments: resources) func whatItIsDoneTo(resource: String, fits: Bool) throws {
    #expect(
      try Self.outcome(Self.statement(resource: resource), Self.request(Self.oai)) == (fits ? .allow : .nothing))
  }

  @Test func aLiteralAsteriskIsOne() throws {
    let statement = Self.statement(resource: #""Resource":"arn:aws:s3:::site/a${*}""#)
    #expect(try Self.outcome(statement, Self.request(Self.oai, key: "a*")) == .allow)
    // Policies of the old version have no variables.
    #expect(try Self.outcome(statement, Self.request(Self.oai, key: "a*"), version: "2008-10-17") == .nothing)
  }

  static let conditions: [(String, Outcome)] = [
    (#""Bool":{"aws:SecureTransport":"true"}"#, .allow), (#""Bool":{"aws:SecureTransport":false}"#, .unmet),
    (#""StringEquals":{"aws:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1DIST"}"#, .allow),
    (#""StringEquals":{"AWS:SourceArn":["x","arn:aws:cloudfront::111122223333:distribution/E1DIST"]}"#, .allow),
    (#""StringEquals":{"aws:SourceArn":"arn:aws:cloudfront::111122223333:distribution/*"}"#, .unmet),
    (#""StringLike":{"aws:SourceArn":"arn:aws:cloudfront::111122223333:distribution/*"}"#, .allow),
    (#""ArnLike":{"aws:SourceArn":"arn:aws:cloudfront::*:distribution/E1DIST"}"#, .allow),
    (#""ArnEquals":{"aws:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E2"}"#, .unmet),
    (#""ArnNotEquals":{"aws:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E2"}"#, .allow),
    (#""ArnLike":{"aws:SourceArn":"arn:aws:*/E1DIST"}"#, .mayAllow),
    (#""StringEqualsIgnoreCase":{"aws:SourceAccount":"111122223333"}"#, .allow),
    (#""StringNotEquals":{"aws:SourceAccount":["1","111122223333"]}"#, .unmet),
    (#""StringNotEquals":{"aws:Referer":"https://example.com"}"#, .allow),
    (#""StringEquals":{"aws:Referer":"https://example.com"}"#, .unmet),
    (#""StringEqualsIfExists":{"aws:Referer":"https://example.com"}"#, .allow),
    (#""StringNotEqualsIfExists":{"aws:Referer":"https://example.com"}"#, .allow),
    (#""Null":{"aws:Referer":"true"}"#, .allow), (#""Null":{"aws:Referer":"false"}"#, .unmet),
    (#""Null":{"aws:SourceArn":"false"}"#, .allow), (#""Null":{"aws:SourceIp":"true"}"#, .mayAllow),
    (#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, .mayAllow),
    (#""NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, .mayAllow),
    (#""StringEquals":{"aws:SourceVpce":"vpce-1"}"#, .unmet),
    (#""StringNotEquals":{"aws:SourceVpce":"vpce-1"}"#, .allow),
    (#""NumericLessThan":{"s3:TlsVersion":1.2}"#, .unmet), (#""NumericLessThan":{"s3:TlsVersion":"1.3"}"#, .mayAllow),
    (#""NumericGreaterThanEquals":{"s3:TlsVersion":"1.2"}"#, .allow),
    (#""DateGreaterThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}"#, .allow),
    (#""DateLessThan":{"aws:CurrentTime":"2026-01-01"}"#, .unmet),
    (#""DateLessThanEquals":{"aws:EpochTime":"1900000000"}"#, .allow),
    (#""ForAnyValue:StringEquals":{"aws:CalledVia":"athena.amazonaws.com"}"#, .unmet),
    (#""ForAllValues:StringEquals":{"aws:CalledVia":"athena.amazonaws.com"}"#, .allow),
    (#""StringEquals":{"s3:ExistingObjectTag/site":"public"}"#, .mayAllow),
    (#""StringEquals":{"aws:ResourceTag/site":"public"}"#, .mayAllow),
    (#""StringEquals":{"aws:PrincipalTag/team":"x"}"#, .unmet),
    (#""Bool":{"aws:PrincipalIsAWSService":"true"}"#, .allow),
    (#""StringEquals":{"aws:PrincipalServiceName":"cloudfront.amazonaws.com"}"#, .allow),
    (#""StringEquals":{"aws:SomethingNew":"x"}"#, .mayAllow), (#""Magic":{"aws:SourceArn":"x"}"#, .mayAllow),
    (#""StringEquals":{"aws:SourceAccount":"${aws:SourceAccount}"}"#, .allow),
    (#""StringEquals":{"aws:SourceAccount":"${aws:Referer}"}"#, .unmet),
    (#""StringEquals":{"aws:SourceAccount":"${aws:SourceIp}"}"#, .mayAllow),
    (#""StringEquals":{"aws:SourceAccount":"111122223333"},"Bool":{"aws:SecureTransport":"false"}"#, .unmet),
    (#""StringEquals":{"aws:SourceIp":"1","aws:SourceAccount":"2"}"#, .unmet),
  ]

  @Test(arguments: conditions) func whenItCounts(condition: String, expected: Outcome) throws {
    #expect(try Self.outcome(Self.statement(condition: condition), Self.request(Self.service)) == expected)
    let denied: [Outcome: Outcome] = [.allow: .deny, .mayAllow: .mayDeny, .unmet: .nothing]
    #expect(
      try Self.outcome(Self.statement("Deny", condition: condition), Self.request(Self.service)) == denied[expected])
  }

  @Test func addressesAreCompared() throws {
    var request = Self.request(.anonymous)
    for (range, address, fits) in [
      ("192.0.2.0/24", "192.0.2.77", true), ("192.0.2.0/25", "192.0.2.200", false), ("192.0.2.1", "192.0.2.1", true),
      ("2001:db8::/32", "2001:db8:1::5", true), ("2001:db8::/32", "2001:db9::1", false), ("0.0.0.0/0", "::1", false),
    ] {
      request.context["aws:sourceip"] = .value(address)
      let statement = Self.statement(condition: #""IpAddress":{"aws:SourceIp":"\#(range)"}"#)
      #expect(try Self.outcome(statement, request) == (fits ? .allow : .unmet), "\(address) in \(range)")
    }
  }

  @Test func tagsThatAreKnownAreCompared() throws {
    var request = Self.request(Self.oai)
    request.objectTags = [ObjectTag(key: "Site", value: "public")]
    let statement = Self.statement(condition: #""StringEquals":{"s3:ExistingObjectTag/site":"public"}"#)
    #expect(try Self.outcome(statement, request) == .allow)
    request.objectTags = []
    #expect(try Self.outcome(statement, request) == .unmet)
  }

  /// What is unknown is never wrong: whichever value it has, the answer stays possible.
  @Test func unknownIsNeverWrong() throws {
    for (condition, _) in Self.conditions {
      for key in ["aws:sourceip", "s3:tlsversion", "aws:somethingnew", "aws:sourcearn"] {
        var request = Self.request(Self.service)
        request.context[key] = .unknown
        let unknown = try Self.outcome(Self.statement(condition: condition), request)
        for value in [PolicyRequest.Value.absent, .value("10.1.2.3"), .value("1.2"), .value("x")] {
          request.context[key] = value
          let known = try Self.outcome(Self.statement(condition: condition), request)
          #expect(unknown == known || unknown == .mayAllow, "\(condition) with \(key)")
        }
      }
    }
  }
}

import AWSKit
import Testing

@testable import FixACLKit

/// What is decided from facts that no server at hand shows: hidden ones, answers out of order, and sentences.
@Suite struct AccessDecisionTests {
  private static let owner = CanonicalID(String(repeating: "a1", count: 32))
  private static let oaiID = CanonicalID(String(repeating: "b2", count: 32))
  private static let otherID = CanonicalID(String(repeating: "c3", count: 32))
  private static let oai = ReadSubject(.oai, PolicyCaller(kind: .originAccessIdentity("E1OAI"), canonicalID: oaiID))
  private static let other = ReadSubject(.id, PolicyCaller(kind: .account, canonicalID: otherID))
  private static let nobody = ReadSubject(.anonymous, .anonymous)
  private static let user = ReadSubject(
    .principal, PolicyCaller(kind: .principal(PrincipalARN("arn:aws:iam::111122223333:user/ann")!), canonicalID: owner))
  private static let arn = "arn:aws:iam::111122223333:user/ann"

  private static func allow(_ principal: String, sid: String? = nil) -> String {
    let name = sid.map { #""Sid":"\#($0)","# } ?? ""
    return
      #"{\#(name)"Effect":"Allow","Principal":\#(principal),"Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"}"#
  }

  private static func document(_ statements: String...) throws -> PolicyDocument {
    try PolicyDocument(
      parsing: Array(#"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#.utf8))
  }

  private static let allowsOAI = allow(#"{"CanonicalUser":"\#(oaiID)"}"#)

  /// An object of the bucket's owner, of which everything is known.
  private static func facts(_ statements: String..., change: (inout AccessFacts) -> Void = { _ in }) throws
    -> AccessFacts
  {
    var facts = AccessFacts(
      bucket: "site", key: ObjectKey("key"), region: "us-east-1", now: Timestamp(iso8601: "2026-11-27T12:00:00Z")!)
    facts.bucketOwner = .known(owner, nil)
    facts.bucketAccount = AccountID("111122223333")
    facts.ownership = .known(.objectWriter, nil)
    facts.bucketBlock = .known(PublicAccessBlock(), nil)
    facts.accountBlock = .known(PublicAccessBlock(), nil)
    facts.organizationBlock = .known(nil, nil)
    let text = #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
    facts.policy = .known(statements.isEmpty ? nil : try PolicyDocument(parsing: Array(text.utf8)), nil)
    facts.policyIsPublic = .known(false, nil)
    facts.payer = .known(.bucketOwner, nil)
    let object = AccessFacts.ObjectSummary(owner: owner, etag: "e", size: 1, storageClass: "STANDARD")
    facts.existence = .known(.present(object), nil)
    facts.acl = .known(
      AccessControlList(owner: owner, grants: [Grant(.canonicalUser(owner), .fullControl)]), nil)
    facts.content = .known(AccessFacts.Content(), nil)
    change(&facts)
    return facts
  }

  private static func explain(_ facts: AccessFacts, _ subject: ReadSubject) -> ReaderExplanation {
    var drafts = AccessFix.Drafts()
    return AccessDecision.explain(facts, for: subject, drafts: &drafts)
  }

  private static func hidden<Value>(_ right: String, status: Int? = 403, code: String? = "AccessDenied") -> Fact<Value>
  {
    .hidden(Evidence(operation: "Get", status: status, code: code), Sight(.bucketOwner, right))
  }

  // MARK: - Proof

  static let answers: [(status: Int, code: String?, isProof: Bool?)] = [
    (206, nil, true), (200, nil, true), (416, "InvalidRange", true), (416, nil, true), (403, "AccessDenied", false),
    (403, nil, false), (404, "NoSuchKey", false), (400, "InvalidRequest", false), (500, "InternalError", nil),
    (503, "SlowDown", nil), (503, nil, nil), (429, nil, nil), (408, nil, nil), (400, "RequestTimeout", nil),
    (403, "RequestTimeTooSkewed", nil), (400, "ExpiredToken", nil), (403, "InvalidAccessKeyId", nil),
    (403, "SignatureDoesNotMatch", nil),
  ]

  /// An empty object has no first byte, and yet was allowed; a server out of order says nothing of the reader.
  @Test(arguments: answers)
  func anAnswerProvesWhatItSays(status: Int, code: String?, isProof: Bool?) throws {
    for isAllowed in [true, false] {
      let facts = try Self.facts {
        $0.bucketAccount = AccountID("111122223333")
        $0.simulations[Self.arn] = .known(isAllowed ? .allowed : .implicitDeny, nil)
        var probe = Probe(
          .profile("profile ann", Self.owner, PrincipalARN(Self.arn)), target: "s3://site/key")
        (probe.status, probe.code, probe.answeredBy) = (status, code, .origin)
        $0.probes = [probe]
      }
      let explained = Self.explain(facts, Self.user)
      switch isProof {
      case nil: #expect((explained.verdict == (isAllowed ? .allowed : .denied)) as Bool)
      case true?: #expect(explained.verdict == .allowed)
      case false?: #expect(explained.verdict == .denied)
      }
    }
  }

  /// What an edge out of order answers is no proof, and viewers do not get the object either.
  @Test(arguments: [500, 502, 503, 504])
  func anEdgeOutOfOrder(status: Int) throws {
    let distribution = ReadSubject(
      .distribution, PolicyCaller(kind: .originAccessIdentity("E1OAI"), canonicalID: Self.oaiID), distribution: "E1")
    for isProbed in [false, true] {
      let facts = try Self.facts(Self.allowsOAI) {
        $0.url = ViewerURL("https://example.com/key")
        var probe = Probe(.viewer, target: "https://example.com/key")
        (probe.status, probe.answeredBy) = (status, .edge)
        if isProbed { $0.probes = [probe] }
      }
      #expect(Self.explain(facts, distribution).verdict == (isProbed ? .unknown : .allowed))
    }
  }

  private static var route: AccessFacts.Route {
    var distribution = Distribution(
      id: "E1", arn: "arn:aws:cloudfront::111122223333:distribution/E1", domainName: "d.cloudfront.net")
    distribution.isEnabled = true
    var route = AccessFacts.Route(distribution)
    route.origin = DistributionOrigin(id: "o", domainName: "site.s3.us-east-1.amazonaws.com")
    route.origin?.originAccessIdentity = "E1OAI"
    (route.originKind, route.originRegion) = (.bucket, "us-east-1")
    return route
  }

  private static func viewed(_ change: (inout Probe) -> Void, facts other: (inout AccessFacts) -> Void = { _ in })
    throws
    -> ReaderExplanation
  {
    let distribution = ReadSubject(
      .distribution, PolicyCaller(kind: .originAccessIdentity("E1OAI"), canonicalID: oaiID), distribution: "E1")
    let facts = try facts(allowsOAI) {
      $0.url = ViewerURL("https://example.com/key")
      var probe = Probe(.viewer, target: "https://example.com/key")
      (probe.status, probe.answeredBy) = (200, .origin)
      change(&probe)
      $0.route = .known(route, nil)
      $0.probes = [probe]
      other(&$0)
    }
    return explain(facts, distribution)
  }

  /// A custom error page is a refusal, whatever its status; and what CloudFront passes on is none, whatever the key.
  @Test func whatTheEdgeSaysOfItsAnswer() throws {
    #expect(try Self.viewed { ($0.cacheStatus, $0.etag) = ("Error from cloudfront", "page") }.verdict == .denied)
    for status in ["Miss from cloudfront", "Hit from cloudfront", "RefreshHit from cloudfront"] {
      #expect(try Self.viewed { ($0.cacheStatus, $0.etag) = (status, "e") }.verdict == .allowed)
      // A function may make another key of the path.
      let rewritten = try Self.viewed {
        $0.cacheStatus = status
      } facts: {
        $0.existence = .known(.missing(AccessFacts.Hints()), nil)
      }
      #expect(rewritten.verdict == .allowed)
    }
  }

  /// A redirection is not the object: S3's own to another region is a refusal.
  @Test func aRedirectionIsNotTheObject() throws {
    #expect(try Self.viewed { ($0.status, $0.location) = (302, "https://login.example.com/") }.verdict == .unknown)
    #expect(try Self.viewed { ($0.status, $0.code) = (301, "PermanentRedirect") }.verdict == .denied)
  }

  /// Whether an error in the cache is old is known only if the origin would not repeat it.
  @Test func anErrorInTheCacheMayBeTheOriginsStill() throws {
    func cached(_ change: (inout AccessFacts) -> Void) throws -> ReaderExplanation {
      try Self.viewed {
        ($0.status, $0.ageSeconds) = (403, 5)
      } facts: {
        change(&$0)
      }
    }
    #expect(try cached { _ in }.deniedBy == [.edge])
    let foreign = try cached {
      $0.existence = .known(
        .present(.init(owner: Self.otherID, etag: "e", size: 1, storageClass: "STANDARD")), nil)
      $0.acl = Self.hidden("s3:GetObjectAcl")
    }
    #expect(foreign.verdict == .denied && !foreign.isDenied(by: .cachedError))
    #expect(foreign.report(.edge)?.reasons == [.cachedError])
  }

  /// Nobody is known to CloudFront's service or to strangers but by public grants, and these count for nothing.
  @Test func aHiddenACLHelpsNobodyWithoutAName() throws {
    let service = ReadSubject(
      .id, PolicyCaller(kind: .service("cloudfront.amazonaws.com")),
      sourceARN: "arn:aws:cloudfront::111122223333:distribution/E1")
    for subject in [service, Self.nobody] {
      for ignores in [true, false] {
        let facts = try Self.facts(Self.allow(#""*""#)) {
          $0.policyIsPublic = .known(true, nil)
          $0.existence = .known(
            .present(.init(owner: Self.otherID, etag: "e", size: 1, storageClass: "STANDARD")), nil)
          $0.acl = Self.hidden("s3:GetObjectAcl")
          $0.bucketBlock = .known(Self.block(ignores, false), nil)
        }
        #expect(Self.explain(facts, subject).verdict == (ignores ? .denied : .unknown))
      }
    }
  }

  /// Of one's own account the policies count, though the bucket policy names the user; of another they are not asked for.
  @Test func aUsersOwnPoliciesMayDeny() throws {
    let allows = Self.allow(#"{"AWS":"\#(Self.arn)"}"#)
    let own = try Self.facts(allows) { $0.simulations[Self.arn] = Self.hidden("iam:SimulatePrincipalPolicy") }
    #expect(Self.explain(own, Self.user).verdict == .unknown)
    let foreign = try Self.facts(allows) { $0.bucketAccount = AccountID("999988887777") }
    let guest = ReadSubject(
      .principal, PolicyCaller(kind: .principal(PrincipalARN(Self.arn)!), canonicalID: Self.otherID))
    #expect(Self.explain(foreign, guest).verdict == .allowed)
  }

  /// What CloudFront does not show of a distribution is not taken for what it mostly is.
  @Test func hiddenSettingsOfADistribution() throws {
    for right in ["cloudfront:GetOriginAccessControl", "cloudfront:GetCachePolicy"] {
      for isProbed in [true, false] {
        var route = Self.route
        route.hidden = [Sight(.distributionOwner, right)]
        let explained = try Self.viewed { probe in
          (probe.cacheStatus, probe.etag) = ("Miss from cloudfront", "e")
          if !isProbed { probe.status = nil }
        } facts: {
          $0.route = .known(route, nil)
        }
        #expect(explained.verdict == (isProbed ? .allowed : .unknown), "\(right)")
        #expect(explained.report(.distribution)?.verdict == .unknown)
      }
    }
  }

  @Test func aNumberWithoutQuotationMarksIsOne() throws {
    let document = try PolicyDocument(
      parsing: Array(
        #"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":111122223333}}}]}"#
          .utf8))
    #expect(document.statements[0].conditions.flatMap(\.values) == ["111122223333"])
  }

  /// S3 asks KMS in the reader's name, about a key that may be of another account.
  @Test func theRequestToDecryptIsItsOwn() throws {
    let key = KMSKey(arn: "arn:aws:kms:us-east-1:999988887777:key/k", state: "Enabled", isAWSManaged: false)
    let request = AccessDecision.decryptRequest(try Self.facts(), Self.user, with: key)
    #expect(request.value(of: "aws:viaawsservice") == .value("true"))
    #expect(request.value(of: "aws:resourceaccount") == .value("999988887777"))
    #expect(request.value(of: "aws:resourcetag/team") == .unknown)
    #expect(request.value(of: "kms:viaservice") == .value("s3.us-east-1.amazonaws.com"))
    #expect(request.value(of: "aws:principalaccount") == .value("111122223333"))
  }

  @Test func aSentenceAboutTheKeyIsAboutTheKey() throws {
    let message =
      "User: \(Self.arn) is not authorized to perform: kms:Decrypt on resource: \"arn:aws:kms:us-east-1:111122223333:key/k\""
      + " because no identity-based policy allows the kms:Decrypt action"
    for isVisible in [true, false] {
      let facts = try Self.facts {
        $0.simulations[Self.arn] = .known(.allowed, nil)
        var probe = Probe(
          .profile("profile ann", Self.owner, PrincipalARN(Self.arn)), target: "s3://site/key")
        (probe.status, probe.code, probe.answeredBy, probe.message) = (403, "AccessDenied", .origin, message)
        $0.probes = [probe]
        if !isVisible { $0.content = Self.hidden("s3:GetObject") }
      }
      let explained = Self.explain(facts, Self.user)
      #expect(explained.deniedBy == [.encryption])
      #expect(explained.report(.encryption)?.denying == [.kmsKeyPolicy])
      #expect(explained.report(.iam)?.verdict == .allows)
    }
  }

  /// Whatever the key's policy allows by name.
  @Test func aDenyOfOnesOwnCountsForTheKey() throws {
    let key = KMSKey(
      arn: "arn:aws:kms:us-east-1:111122223333:key/k", state: "Enabled", isAWSManaged: false)
    let policy = try PolicyDocument(
      parsing: Array(
        #"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"\#(Self.arn)"},"Action":"kms:*","Resource":"*"}]}"#.utf8))
    for (decision, verdict) in [
      (SimulatedDecision.explicitDeny, ReaderExplanation.Verdict.denied), (.implicitDeny, .allowed),
      (.allowed, .allowed),
    ] {
      let facts = try Self.facts {
        $0.simulations[Self.arn] = .known(.allowed, nil)
        var content = AccessFacts.Content()
        content.encryption = ObjectEncryption(algorithm: "aws:kms", kmsKeyID: key.arn)
        $0.content = .known(content, nil)
        $0.decryptionKey = .known(AccessFacts.DecryptionKey(key: key, policy: policy), nil)
        $0.keySimulations[Self.arn] = .known(decision, nil)
      }
      #expect(Self.explain(facts, Self.user).verdict == verdict, "\(decision)")
    }
  }

  // MARK: - What is hidden

  @Test func aHiddenPayerIsNotTheBucketOwner() throws {
    let facts = try Self.facts(Self.allowsOAI) { $0.payer = Self.hidden("s3:GetBucketRequestPayment") }
    let explained = Self.explain(facts, Self.oai)
    #expect(explained.verdict == .unknown)
    let request = try #require(explained.report(.request))
    #expect(request.verdict == .unknown)
    #expect(
      request.remarks.contains { if case .hidden(let sight) = $0 { sight.right.contains("Payment") } else { false } })
    // The bucket owner pays anyway.
    let own = ReadSubject(
      .id, PolicyCaller(kind: .account, canonicalID: Self.owner, accountID: AccountID("111122223333")))
    #expect(Self.explain(facts, own).verdict == .allowed)
    // Where the reader is refused anyhow, it does not matter.
    let refused = try Self.facts { $0.payer = Self.hidden("s3:GetBucketRequestPayment") }
    #expect(Self.explain(refused, Self.oai).verdict == .denied)
  }

  @Test func hiddenSettingsBlockSomethingPerhaps() throws {
    for (bucket, account) in [(true, false), (false, true), (true, true)] {
      let facts = try Self.facts(Self.allowsOAI) {
        if bucket { $0.bucketBlock = Self.hidden("s3:GetBucketPublicAccessBlock") }
        if account { $0.accountBlock = Self.hidden("s3:GetAccountPublicAccessBlock") }
      }
      let report = try #require(Self.explain(facts, Self.oai).report(.blockPublicAccess))
      #expect(!report.remarks.contains { if case .nothingBlocked = $0 { true } else { false } })
    }
    let seen = try #require(Self.explain(try Self.facts(Self.allowsOAI), Self.oai).report(.blockPublicAccess))
    #expect(seen.remarks.contains { if case .nothingBlocked = $0 { true } else { false } })
  }

  @Test func anArchiveMayHideBehindAnUnknownStorageClass() throws {
    let facts = try Self.facts(Self.allowsOAI) {
      $0.existence = .known(
        .present(AccessFacts.ObjectSummary(owner: Self.owner, etag: nil, size: nil, storageClass: nil)), nil)
      $0.content = Self.hidden("s3:GetObject")
    }
    #expect(Self.explain(facts, Self.oai).report(.archive)?.verdict == .unknown)
  }

  // MARK: - Fixes

  private static func block(_ ignoresACLs: Bool, _ restricts: Bool, publicPolicies: Bool = false) -> PublicAccessBlock {
    var block = PublicAccessBlock()
    block.ignorePublicAcls = ignoresACLs
    block.restrictPublicBuckets = restricts
    block.blockPublicPolicy = publicPolicies
    return block
  }

  /// One setting is turned off: the one that lets fewer in, where both keep the reader out.
  @Test(arguments: [
    (block(true, true), block(false, false), "restrictPublicBuckets", true),
    (block(true, true), block(false, true), "ignorePublicAcls", true),
    (block(true, true), block(true, true), "restrictPublicBuckets", false),
    (block(true, false), block(false, false), "ignorePublicAcls", true),
    (block(false, true), block(false, false), "restrictPublicBuckets", true),
  ])
  func oneSettingIsTurnedOff(bucket: PublicAccessBlock, account: PublicAccessBlock, flag: String, hasCommand: Bool)
    throws
  {
    let everybody = bucket.restrictPublicBuckets || account.restrictPublicBuckets ? [Self.allow(#""*""#)] : []
    let facts = try Self.facts {
      if let statement = everybody.first { $0.policy = .known(try? Self.document(statement), nil) }
      $0.policyIsPublic = .known(!everybody.isEmpty, nil)
      $0.bucketBlock = .known(bucket, nil)
      $0.accountBlock = .known(account, nil)
      if bucket.ignorePublicAcls || account.ignorePublicAcls {
        $0.acl = .known(
          AccessControlList(
            owner: Self.owner, grants: [Grant(.canonicalUser(Self.owner), .fullControl), Grant(.allUsers, .read)]), nil)
      }
    }
    let fixes = Self.explain(facts, Self.nobody).fixes.filter { if case .switchOff = $0.action { true } else { false } }
    #expect(fixes.count == 1, "\(fixes)")
    guard case .switchOff(let off)? = fixes.first?.action else { return }
    #expect("\(off)" == flag)
    #expect(fixes[0].command.isEmpty != hasCommand)
    #expect(fixes[0].widensAccess)
    let settings = fixes[0].command.last ?? ""
    let name = off.rawValue
    if hasCommand { #expect(settings.contains("\(name)=false")) }
  }

  /// What is only mentioned is not to be mended.
  @Test func aSettingThatDoesNotDenyIsLeftOn() throws {
    let facts = try Self.facts {
      $0.policy = .known(try? Self.document(Self.allow(#""*""#)), nil)
      $0.policyIsPublic = .known(true, nil)
      $0.bucketBlock = .known(Self.block(true, true), nil)
    }
    let fixes = Self.explain(facts, Self.nobody).fixes
    #expect(fixes.map(\.action).contains(.switchOff(.restrictPublicBuckets)))
    #expect(fixes[0].command.last?.contains("IgnorePublicAcls=true") == true)
  }

  /// Each policy that is printed has the statements of those before, each under a name of its own.
  @Test func noPolicyUndoesTheOneBefore() throws {
    let facts = try Self.facts(Self.allow(#"{"CanonicalUser":"d4"}"#, sid: "FixaclRead"))
    var drafts = AccessFix.Drafts()
    var policies: [String] = []
    for subject in [Self.oai, Self.other, Self.oai, Self.nobody] {
      let fixes = AccessDecision.explain(facts, for: subject, drafts: &drafts).fixes
      policies += fixes.compactMap { $0.command.contains("put-bucket-policy") ? $0.command.last : nil }
    }
    #expect(policies.count == 4)
    let names = policies.map { text in
      (try? PolicyDocument(parsing: Array(text.utf8)))?.statements.map(\.name) ?? []
    }
    #expect(
      names == [
        ["FixaclRead", "FixaclRead2"], ["FixaclRead", "FixaclRead2", "FixaclRead3"],
        ["FixaclRead", "FixaclRead2", "FixaclRead3"], ["FixaclRead", "FixaclRead2", "FixaclRead3", "FixaclRead4"],
      ])
    // After the last of them, all may read.
    let last = try PolicyDocument(parsing: Array(#require(policies.last).utf8))
    let after = try Self.facts { $0.policy = .known(last, nil) }
    for subject in [Self.oai, Self.other, Self.nobody] {
      #expect(Self.explain(after, subject).verdict == .allowed)
    }
  }

  @Test func aVersionIsAllowedByItsOwnAction() throws {
    var facts = try Self.facts()
    facts.versionID = "v1"
    let fixes = Self.explain(facts, Self.oai).fixes
    let policy = try #require(fixes.first { $0.command.contains("put-bucket-policy") }?.command.last)
    facts.policy = .known(try PolicyDocument(parsing: Array(policy.utf8)), nil)
    #expect(Self.explain(facts, Self.oai).verdict == .allowed)
    // And the current version with it.
    facts.versionID = nil
    #expect(Self.explain(facts, Self.oai).verdict == .allowed)
  }

  /// S3 refuses a public policy under BlockPublicPolicy, and makes nothing of it under RestrictPublicBuckets.
  @Test func noPublicPolicyIsAdvisedUnderItsBlock() throws {
    for block in [Self.block(false, true), Self.block(false, false, publicPolicies: true)] {
      for isAccounts in [true, false] {
        let facts = try Self.facts {
          if isAccounts { $0.accountBlock = .known(block, nil) } else { $0.bucketBlock = .known(block, nil) }
        }
        let fixes = Self.explain(facts, Self.nobody).fixes
        #expect(fixes.map(\.action) == [.useDistribution])
        #expect(fixes.allSatisfy { $0.command.isEmpty })
      }
    }
    let fixes = Self.explain(try Self.facts(), Self.nobody).fixes
    #expect(fixes.map(\.action) == [.allowInPolicy(statement: nil)])
    #expect(fixes[0].widensAccess)
  }

  @Test func anArchiveIsRestoredAsItsClassDemands() throws {
    for (storageClass, request) in [("GLACIER", "Days=7"), ("DEEP_ARCHIVE", "Days=7"), ("INTELLIGENT_TIERING", "{}")] {
      let facts = try Self.facts(Self.allowsOAI) {
        let object = AccessFacts.ObjectSummary(owner: Self.owner, etag: "e", size: 1, storageClass: storageClass)
        $0.existence = .known(.present(object), nil)
        var content = AccessFacts.Content()
        content.isArchived = true
        content.object = object
        $0.content = .known(content, nil)
      }
      let fix = try #require(Self.explain(facts, Self.oai).fixes.first { $0.action == .restore })
      #expect(fix.command.suffix(2) == ["--restore-request", request])
    }
  }
}

import AWSKit
import Testing

@testable import FixACLKit

/// Random buckets, objects and policies: what explain says of every reader is what the server answers it.
@Suite struct RandomWorldTests {
  private static let seeds = 1...10
  private static let worldsForEachSeed = 60

  @Test(arguments: seeds) func theVerdictIsTheAnswer(seed: Int) async throws {
    var random = SeededRandom(seed)
    let stage = try ExplainStage()
    var unknown = 0
    var asked = 0
    for number in 0..<Self.worldsForEachSeed {
      let world = RandomWorld(&random, stage)
      world.make(on: stage)
      try stage.forget()
      let profiles = world.isVisible ? ["site", "tools", "other"] : ["site"]
      let explained = try await stage.explain(world.key, StageReader.all, profiles: profiles)
      for (reader, explanation) in zip(StageReader.all, explained) {
        let status = stage.status(world.key, for: reader)
        asked += 1
        let layers = explanation.layers.map {
          "\($0.layer.rawValue) \($0.verdict.rawValue) \($0.reasons.map(\.rawValue))"
        }
        let comment = Comment(rawValue: "seed \(seed), world \(number): \(reader) got \(status)\n\(world)\n\(layers)")
        switch explanation.verdict {
        case .allowed:
          #expect((status == 200 && explanation.deniedBy.isEmpty) as Bool, comment)
        case .denied:
          #expect((status >= 400 && !explanation.deniedBy.isEmpty) as Bool, comment)
        case .unknown:
          unknown += 1
          let mayBeUnknown = world.mayBeUnknown
          #expect(mayBeUnknown, comment)
        }
        #expect(explanation.layers.map(\.layer) == AccessLayer.allCases)
      }
      world.clear(on: stage)
    }
    // It must not get by without saying anything.
    #expect(unknown * 4 < asked, "\(unknown) of \(asked) are unknown")
  }
}

private struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: Int) {
    state = UInt64(seed)
    // The states of neighbouring seeds must not be a few steps apart.
    state = next() ^ 0x5851_f42d_4c95_7f2d
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// A bucket with one object.
private struct RandomWorld: CustomStringConvertible {
  var key = "a/b.html"
  var owner = "site"
  var ownership = "ObjectWriter"
  var grants: [(header: String, value: String)] = []
  var bucketBlock: [Bool] = []
  var accountBlock: [Bool] = []
  var statements: [String] = []
  var requesterPays = false
  var isMissing = false
  var encryption: [(String, String)] = []
  var keyPolicy: String?
  var isVisible = true
  var dependsOnAddress = false

  /// What depends on an address, or on an ACL that nobody at hand may see: a Deny of everybody keeps it from them too.
  var mayBeUnknown: Bool {
    dependsOnAddress || !isVisible || !encryption.isEmpty || requesterPays
      || statements.contains {
        $0.contains("Deny")
          && ($0.contains("NotPrincipal") || $0.contains("*\"") || $0.contains("root")
            || $0.contains("\"777788889999\""))
      }
  }

  var description: String {
    "\(owner)'s \(key)\(isMissing ? " (missing)" : ""), \(ownership), grants \(grants), block \(bucketBlock)/\(accountBlock), payer \(requesterPays), encryption \(encryption) \(keyPolicy ?? ""), visible \(isVisible), policy [\(statements.joined(separator: ",\n"))]"
  }

  init(_ random: inout SeededRandom, _ stage: ExplainStage) {
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }
    owner = pick(["site", "tools", "tools", "other"])
    ownership = pick(["ObjectWriter", "ObjectWriter", "ObjectWriter", "BucketOwnerPreferred", "BucketOwnerEnforced"])
    isMissing = chance(4)
    requesterPays = chance(8)
    isVisible = chance(80)
    let everybody = "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\""
    let signed = "uri=\"http://acs.amazonaws.com/groups/global/AuthenticatedUsers\""
    let people = ["site", "tools", "other"].map { "id=\"\(stage.ids[$0]!)\"" } + ["id=\"\(stage.oai.canonicalID)\""]
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      grants.append(
        (
          pick(["x-amz-grant-read", "x-amz-grant-read", "x-amz-grant-read-acp", "x-amz-grant-full-control"]),
          pick(people + people + [everybody, signed])
        ))
    }
    bucketBlock = (0..<4).map { _ in chance(25) }
    accountBlock = chance(20) ? (0..<4).map { _ in chance(40) } : [false, false, false, false]
    if chance(10) {
      encryption = [
        ("x-amz-server-side-encryption", "aws:kms"), ("x-amz-server-side-encryption-aws-kms-key-id", stage.keyARN),
      ]
    }
    let service = #"{"Service":"cloudfront.amazonaws.com"}"#
    let principals = [
      #""Principal":"*""#, #""Principal":{"AWS":"*"}"#,
      #""Principal":{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity \#(stage.oai.id)"}"#,
      #""Principal":{"CanonicalUser":"\#(stage.oai.canonicalID)"}"#, #""Principal":\#(service)"#,
      #""Principal":{"CanonicalUser":"\#(stage.ids["other"]!)"}"#, #""Principal":{"AWS":"777788889999"}"#,
      #""Principal":{"AWS":"arn:aws:iam::444455556666:root"}"#,
      #""Principal":{"AWS":"arn:aws:iam::777788889999:user/guest"}"#,
      #""Principal":{"AWS":["arn:aws:iam::111122223333:user/nobody","arn:aws:iam::111122223333:user/barred"]}"#,
      #""NotPrincipal":\#(service)"#,
    ]
    let actions = [
      #""Action":"s3:GetObject""#, #""Action":"s3:GetObject""#, #""Action":["s3:Get*","s3:PutObject"]"#,
      #""Action":"s3:*""#, #""Action":"s3:PutObject""#, #""NotAction":"s3:PutObject""#,
    ]
    let resources = [
      #""Resource":"arn:aws:s3:::stage/*""#, #""Resource":"arn:aws:s3:::stage/*""#,
      #""Resource":"arn:aws:s3:::stage/a/*.html""#, #""Resource":["arn:aws:s3:::stage/x/*"]"#,
      #""NotResource":"arn:aws:s3:::stage/a/*""#,
    ]
    let distribution = "arn:aws:cloudfront::111122223333:distribution/\(stage.distributions["oac"]!)"
    let conditions = [
      #"{"StringEquals":{"AWS:SourceArn":"\#(distribution)"}}"#,
      #"{"StringEquals":{"AWS:SourceArn":"\#(distribution)X"}}"#,
      #"{"ArnLike":{"aws:SourceArn":"arn:aws:cloudfront::111122223333:distribution/*"}}"#,
      #"{"StringNotEquals":{"aws:SourceAccount":"111122223333"}}"#, #"{"Bool":{"aws:SecureTransport":"false"}}"#,
      #"{"Bool":{"aws:SecureTransport":"true"}}"#, #"{"StringEquals":{"aws:PrincipalAccount":"777788889999"}}"#,
      #"{"StringLike":{"aws:Referer":"https://example.com/*"}}"#, #"{"Null":{"aws:Referer":"true"}}"#,
      #"{"StringEqualsIfExists":{"aws:PrincipalAccount":"111122223333"}}"#,
      #"{"NumericLessThan":{"s3:TlsVersion":"1.2"}}"#, #"{"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}"#,
      #"{"StringEquals":{"s3:ExistingObjectTag/site":"public"}}"#, #"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
      #"{"ForAllValues:StringEquals":{"aws:PrincipalArn":"arn:aws:iam::777788889999:user/guest"}}"#,
      #"{"StringEquals":{"aws:PrincipalType":"Anonymous"}}"#, #"{"StringNotLike":{"aws:UserAgent":"*CloudFront*"}}"#,
      #"{"Bool":{"aws:PrincipalIsAWSService":"true"}}"#,
    ]
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let principal = pick(principals)
      // NotPrincipal with Allow means strangers; S3 itself advises against it.
      let effect = principal.hasPrefix("\"Not") || chance(25) ? "Deny" : "Allow"
      var condition = ""
      if chance(35) {
        condition = pick(conditions)
        let unknown = ["SourceIp", "UserAgent", "PrincipalType"]
        if unknown.contains(where: condition.contains) { dependsOnAddress = true }
        condition = ",\"Condition\":" + condition
      }
      statements.append(
        "{\"Effect\":\"\(effect)\",\(principal),\(pick(actions)),\(pick(resources))\(condition)}")
    }
  }

  func make(on stage: ExplainStage) {
    let bucket = "/\(ExplainStage.bucket)"
    let site = stage.ids["site"]!
    stage.expect(
      stage.send(
        .put, bucket, "acl=",
        headers: [
          ("x-amz-grant-full-control", "id=\"\(site)\""),
          ("x-amz-grant-write", "id=\"\(stage.ids["tools"]!)\", id=\"\(stage.ids["other"]!)\""),
        ], as: "site"))
    if !isMissing {
      let own = "id=\"\(stage.ids[owner]!)\""
      var headers: [(name: String, value: String)] = []
      for name in Set(grants.map(\.header)).union(["x-amz-grant-full-control"]).sorted() {
        var values = grants.filter { $0.header == name }.map(\.value)
        if name == "x-amz-grant-full-control" { values.append(own) }
        headers.append((name, values.joined(separator: ", ")))
      }
      // Only the key's own account makes objects with it here.
      if owner == "site" { headers += encryption.map { (name: $0.0, value: $0.1) } }
      stage.expect(stage.send(.put, "\(bucket)/\(key)", headers: headers, body: "x", as: owner))
    }
    if ownership == "BucketOwnerEnforced" {
      stage.expect(stage.send(.put, bucket, "acl=", headers: [("x-amz-acl", "private")], as: "site"))
    }
    stage.expect(
      stage.send(
        .put, bucket, "ownershipControls=",
        body: "<OwnershipControls><Rule><ObjectOwnership>\(ownership)</ObjectOwnership></Rule></OwnershipControls>",
        as: "site"))
    if requesterPays { setPayer("Requester", on: stage) }
    // The settings would refuse a public policy, and the policy may deny the settings.
    var own = bucketBlock
    own[2] = false
    stage.expect(stage.send(.put, bucket, "publicAccessBlock=", body: Self.block(own), as: "site"))
    var account = accountBlock
    account[2] = false
    setAccountBlock(account, on: stage)
    if !statements.isEmpty {
      stage.expect(
        stage.send(
          .put, bucket, "policy=",
          body: "{\"Version\":\"2012-10-17\",\"Statement\":[\(statements.joined(separator: ","))]}", as: "site"))
    }
  }

  func clear(on stage: ExplainStage) {
    let bucket = "/\(ExplainStage.bucket)"
    // First: it may deny everything else.
    stage.expect(stage.send(.delete, bucket, "policy=", as: "site"))
    stage.send(.delete, bucket, "publicAccessBlock=", as: "site")
    setAccountBlock([false, false, false, false], on: stage)
    stage.send(.delete, bucket, "ownershipControls=", as: "site")
    stage.send(.delete, "\(bucket)/\(key)", as: "site")
    if requesterPays { setPayer("BucketOwner", on: stage) }
  }

  private func setPayer(_ payer: String, on stage: ExplainStage) {
    stage.expect(
      stage.send(
        .put, "/\(ExplainStage.bucket)", "requestPayment=",
        body: "<RequestPaymentConfiguration><Payer>\(payer)</Payer></RequestPaymentConfiguration>", as: "site"))
  }

  private func setAccountBlock(_ block: [Bool], on stage: ExplainStage) {
    stage.expect(
      stage.send(
        .put, "/v20180820/configuration/publicAccessBlock", headers: [("x-amz-account-id", "111122223333")],
        body: Self.block(block), as: "site"))
  }

  private static func block(_ flags: [Bool]) -> String {
    let names = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
    return "<PublicAccessBlockConfiguration>"
      + zip(names, flags).map { "<\($0)>\($1)</\($0)>" }.joined() + "</PublicAccessBlockConfiguration>"
  }
}

import AWSKit
import Testing

@testable import FixACLKit

/// What explain finds out with few rights, and of readers of whom much depends on conditions.
@Suite struct ExplainedRightsTests {
  @Test func everybodyReadsAnEmptyObject() async throws {
    let stage = try ExplainStage()
    stage.expect(
      stage.send(.put, "/stage/empty", headers: [("x-amz-acl", "public-read")], as: "site"))
    let readers: [StageReader] = [.distribution("oai"), .account("site"), .user("site", "reader"), .anonymous]
    let explained = try await stage.explain(
      "empty", readers, profiles: ["site", "tools", "reader"], asksForProof: true)
    for (reader, explanation) in zip(readers, explained) {
      #expect(stage.status("empty", for: reader) == 200)
      #expect(explanation.verdict == .allowed, "\(reader)")
    }
  }

  /// A URL's viewer gets it, too: the answer to a range of an empty object is 416 at the edge as well.
  @Test func anEmptyObjectAtTheEdge() async throws {
    let stage = try ExplainStage()
    stage.expect(stage.send(.put, "/stage/empty", headers: [("x-amz-acl", "public-read")], as: "site"))
    let url = try #require(ViewerURL("http://viewer.test/\(stage.distributions["oai"]!)/empty"))
    let explained = try await Explainer(ExplainRequest(target: .url(url)), stage.clients(["site", "tools"])).run()
    #expect(explained.readers.first?.verdict == .allowed, "\(explained.probes)")
  }

  /// A HEAD or the ACL shows that an object is there, without the right to list.
  @Test(arguments: [
    (["s3:GetObject*", "s3:GetBucket*"], true), (["s3:GetObjectAcl", "s3:GetBucket*"], true),
    (["s3:GetBucket*"], false),
  ])
  func thatItIsThereIsSeenWithoutListing(rights: [String], isSeen: Bool) async throws {
    let stage = try ExplainStage(readerMay: rights)
    stage.expect(stage.send(.put, "/stage/key", headers: [("x-amz-acl", "public-read")], body: "x", as: "site"))
    let explained = try await stage.explain("key", [.anonymous], profiles: ["reader"])
    let request = try #require(explained.first?.report(.request))
    #expect((request.verdict == .allows) == isSeen, "\(request)")
    let owner = try #require(explained.first?.report(.objectOwner))
    #expect((owner.verdict == .allows) == (isSeen && rights[0] != "s3:GetObject"), "\(owner)")
  }

  /// A marker that is asked for by its ID, current or not, is not an object; removing an old one would bring nothing back.
  @Test func aMarkerByItsID() async throws {
    let stage = try ExplainStage()
    stage.expect(
      stage.send(
        .put, "/stage", "versioning=",
        body: "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>", as: "site"))
    stage.expect(stage.send(.put, "/stage/key", body: "x", as: "site"))
    let marker = stage.send(.delete, "/stage/key", as: "site").headers["x-amz-version-id"] ?? ""
    for isCurrent in [true, false] {
      if !isCurrent { stage.expect(stage.send(.put, "/stage/key", body: "y", as: "site")) }
      var request = ExplainRequest(target: .object(bucket: ExplainStage.bucket, key: ObjectKey("key")))
      request.versionID = marker
      request.asksAnonymous = true
      let reader = try #require(try await Explainer(request, stage.clients(["site"])).run().readers.first)
      #expect(reader.report(.request)?.denying == [.deleteMarker])
      #expect(reader.fixes.map(\.action) == [.askForVersion])
      #expect(reader.fixes.allSatisfy { $0.command.isEmpty })
    }
  }

  /// Keys that S3 does not take are no fact about a reader.
  @Test func refusedCredentialsAreAnError() async throws {
    let stage = try ExplainStage()
    stage.expect(stage.send(.put, "/stage/key", body: "x", as: "site"))
    let error = await #expect(throws: AWSError.self) {
      try await stage.explain("key", [.anonymous], profiles: ["stranger"])
    }
    #expect(error?.code == "InvalidAccessKeyId")
  }

  // MARK: - Conditions

  /// A simulation is as if the request had none of the keys that it lacks: what it has, or may have, could change it.
  @Test(arguments: [
    ("aws:SecureTransport", true), ("aws:currenttime", true), ("aws:MultiFactorAuthPresent", false),
    ("aws:SourceIp", false), ("aws:CalledVia", true),
  ])
  func aSimulationWithoutAKey(key: String, isDecided: Bool) async throws {
    let stage = try ExplainStage(conditions: [key])
    stage.expect(stage.send(.put, "/stage/key", body: "x", as: "site"))
    let reader = try #require(
      try await stage.explain("key", [.user("site", "reader")], profiles: ["site"]).first)
    let report = try #require(reader.report(.iam))
    #expect(report.verdict == (isDecided ? .allows : .unknown))
    #expect(reader.verdict == (isDecided ? .allowed : .unknown))
    #expect((report.evidence.first?.seen.contains(key) == true) != isDecided)
    #expect(
      report.remarks.contains { if case .hidden(let sight) = $0 { sight.right == key } else { false } } != isDecided)
  }

  static let denies: [(principal: String, reader: StageReader, verdicts: [ReaderExplanation.Verdict])] = [
    (#"{"AWS":"111122223333"}"#, .user("site", "reader"), [.unknown]),
    (#"{"AWS":"arn:aws:iam::111122223333:user/reader"}"#, .user("site", "reader"), [.unknown]),
    (#"{"AWS":["111122223333","arn:aws:iam::111122223333:user/reader"]}"#, .user("site", "reader"), [.allowed]),
    (#"{"AWS":["111122223333","arn:aws:iam::111122223333:user/nobody"]}"#, .user("site", "reader"), [.unknown]),
    (#"{"AWS":"444455556666"}"#, .user("site", "reader"), [.denied]),
    (#"{"AWS":"111122223333"}"#, .account("site"), [.allowed]),
    (#"{"AWS":"*"}"#, .user("site", "reader"), [.allowed]),
    (#"{"AWS":"111122223333"}"#, .anonymous, [.denied]),
  ]

  /// Who is excepted from a Deny must be named together with its account.
  @Test(arguments: denies)
  func exceptedFromADeny(principal: String, reader: StageReader, verdicts: [ReaderExplanation.Verdict]) async throws {
    let stage = try ExplainStage()
    stage.expect(stage.send(.put, "/stage/key", body: "x", as: "site"))
    stage.expect(
      stage.send(
        .put, "/stage", "policy=",
        body:
          #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotPrincipal":\#(principal),"Action":"s3:GetObject","#
          + #""Resource":"arn:aws:s3:::stage/*"}]}"#, as: "site"))
    let explained = try #require(try await stage.explain("key", [reader], profiles: ["site"]).first)
    #expect(verdicts.contains(explained.verdict), "\(explained.verdict)")
    // What is said for certain is what the server answers.
    let isAllowed = stage.status("key", for: reader) == 200
    if explained.verdict != .unknown { #expect((explained.verdict == .allowed) == isAllowed) }
  }

  @Test(arguments: [
    (#"{"StringEquals":{"aws:PrincipalAccount":"anonymous"}}"#, true),
    (#"{"StringNotEquals":{"aws:PrincipalAccount":"anonymous"}}"#, false),
    (#"{"Null":{"aws:PrincipalAccount":"true"}}"#, false),
    (#"{"Bool":{"aws:PrincipalIsAWSService":"false"}}"#, false),
    (#"{"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}"#, true),
    (#"{"Null":{"aws:PrincipalIsAWSService":"true"}}"#, true),
  ])
  func whatIsKnownOfNobody(condition: String, isAllowed: Bool) async throws {
    let stage = try ExplainStage()
    stage.expect(stage.send(.put, "/stage/key", body: "x", as: "site"))
    stage.expect(
      stage.send(
        .put, "/stage", "policy=",
        body: #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","#
          + #""Resource":"arn:aws:s3:::stage/*","Condition":\#(condition)}]}"#, as: "site"))
    let explained = try #require(try await stage.explain("key", [.anonymous], profiles: ["site"]).first)
    #expect(explained.verdict == (isAllowed ? .allowed : .denied))
    #expect((stage.status("key", for: .anonymous) == 200) == isAllowed)
  }
}

import Foundation
import AWSKit
import TestSupport
import Testing

/// Profiles of every kind for both accounts at once: a plan, and all that follows from it without any option.
struct ProfileKindTests {
  private static let keys: [ObjectKey] = ["a", "b/c", "d e"]

  /// Each kind stands on either side, and with another one beside it.
  static let pairs: [(bucketOwner: ProfileKind, objectOwner: ProfileKind)] = [
    (.keys, .keys), (.role, .role), (.chain, .externalID), (.externalID, .sso), (.environment, .chain), (.sso, .sso),
    (.ssoLegacy, .login), (.login, .ssoLegacy), (.webIdentity, .webIdentity), (.process, .container),
    (.container, .process), (.instance, .environment), (.keys, .instance), (.role, .webIdentity),
  ]

  @Test(arguments: pairs)
  func planApplyVerifyRollback(bucketOwner: ProfileKind, objectOwner: ProfileKind) async throws {
    try await CredentialStage.with { stage in
      let variables = try await bucketOwner.add("bucket owner", for: stage.server.site, on: stage)
        .merging(try await objectOwner.add("uploads", for: stage.server.tools, on: stage)) { $1 }
      try await expectRepair(
        ["--profile", "bucket owner", "--owner-profile", "uploads"], variables, on: stage)
    }
  }

  @Test(arguments: [ProfileKind.keys, .sso, .webIdentity, .instance])
  func rolesThatTheBucketOwnerAssumes(bucketOwner: ProfileKind) async throws {
    try await CredentialStage.with { stage in
      let variables = try await bucketOwner.add("b", for: stage.server.site, on: stage)
      let role = "arn:aws:iam::\(stage.server.tools.accountID ?? ""):role/external"
      try await expectRepair(
        ["--profile", "b", "--owner-role-arn", role, "--owner-external-id", "ours"], variables, on: stage)
    }
  }

  /// Profiles that the environment names are remembered too; its keys are not.
  @Test func namesFromTheEnvironment() async throws {
    try await CredentialStage.with { stage in
      _ = try await ProfileKind.role.add("b", for: stage.server.site, on: stage)
      _ = try await ProfileKind.sso.add("o", for: stage.server.tools, on: stage)
      let bucket = try await stage.makeBucket(Self.keys)
      let plan = try await stage.place.fixacl(
        stage.planArguments(bucket), environment: ["AWS_PROFILE": "b", "FIXACL_OWNER_PROFILE": "o"])
      #expect(plan.status == 0, "\(plan.err)")
      let apply = try await stage.place.fixacl("apply", "plan.json")
      #expect(apply.status == 0 && apply.count("changed") == Self.keys.count, "\(apply.err)")
      // What is given wins.
      let other = try await stage.place.fixacl("verify", "plan.json", "--profile", "nobody")
      #expect(other.status == 1 && other.err.contains("there is no profile \"nobody\""), "\(other.err)")
    }
  }

  /// A role of a server that nobody here wrote: Ceph RadosGW's STS. A session acts as the account that opened it.
  @Test(.enabled(if: S3TestServer.radosGW != nil, "needs Ceph RadosGW")) func rolesOfRadosGW() async throws {
    try await OwnRadosGW.with(["--role", "repair"]) { server in
      let bucket = try await server.makeBucket()
      for key in Self.keys { try await server.tools.put(key, in: bucket) }
      let place = try Workplace(server)
      try place.write(
        ["site", "tools"].map {
          "[profile role-of-\($0)]\nrole_arn = arn:aws:iam:::role/repair\nsource_profile = \($0)\n"
        }.joined(), to: "config")
      try await place.plan(server, bucket, ["--profile", "role-of-site"], owners: ["role-of-tools"])
      for command in ["apply", "verify", "rollback"] {
        let result = try await place.fixacl([command, "plan.json"])
        #expect(result.status == 0, "\(command): \(result.err)")
        let isGranted = try await server.oai.statusOfGet("a", in: bucket) == 200
        #expect(isGranted == (command != "rollback"))
      }
    }
  }

  /// Runs each command in the words for programs, with a line for each request.
  private func expectRepair(
    _ options: [String], _ variables: [String: String], on stage: CredentialStage,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let bucket = try await stage.makeBucket(Self.keys)
    func run(_ arguments: [String]) async throws -> ProgramResult {
      let result = try await stage.place.fixacl(arguments + ["-v", "--log-format", "json"], environment: variables)
      try #require(result.status == 0, "\(arguments): \(result.err)", sourceLocation: sourceLocation)
      #expect(result.err.contains(#""event":"request""#), sourceLocation: sourceLocation)
      return result
    }
    _ = try await run(stage.planArguments(bucket) + options)
    _ = try await run(["apply", "plan.json"])
    #expect(try await stage.readable(Self.keys, in: bucket) == [true], sourceLocation: sourceLocation)
    _ = try await run(["verify", "plan.json"])
    _ = try await run(["rollback", "plan.json.journal"])
    #expect(try await stage.readable(Self.keys, in: bucket) == [false], sourceLocation: sourceLocation)
  }
}

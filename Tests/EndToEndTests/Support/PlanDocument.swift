import Foundation
import AWSKit
import TestSupport
import Testing

/// A plan as anybody's JSON decoder reads it: nothing of the program's own reader is in it.
struct PlanDocument: Decodable {
  struct Bucket: Decodable {
    struct Block: Decodable {
      let blockPublicAcls: Bool
      let ignorePublicAcls: Bool
      let blockPublicPolicy: Bool
      let restrictPublicBuckets: Bool
    }

    let name: String
    let region: String
    let endpoint: String?
    let owner: String
    let versioning: String?
    let objectOwnership: String?
    let publicAccessBlock: Block?
  }

  struct PlannedGrant: Decodable {
    let id: String?
    let uri: String?
    let permission: Permission

    var grant: Grant {
      Grant(id.map { .canonicalUser(CanonicalID($0)) } ?? .group(uri ?? ""), permission)
    }
  }

  struct PlannedACL: Decodable {
    let owner: String
    let grants: [PlannedGrant]

    var acl: AccessControlList {
      AccessControlList(owner: CanonicalID(owner), grants: grants.map(\.grant))
    }
  }

  struct Desired: Decodable {
    let grants: [PlannedGrant]
    let strategy: String
    let dropPublicGrants: String
    let prefix: String?
    let include: [String]
    let exclude: [String]
  }

  struct Summary: Decodable {
    struct Owner: Decodable, Equatable {
      let objects: Int
      let bytes: Int
      let changes: Int
    }

    let listed: Int
    let foreign: Int
    let changes: Int
    let byOwner: [String: Owner]
    let byAction: [String: Int]
    let blockedBy: [String: Int]
    let bytesToCopy: Int
    let requests: Int
  }

  /// A change, with what goes without saying filled in.
  struct PlannedChange: Decodable {
    private enum CodingKeys: String, CodingKey {
      case key, versionId, etag, size, lastModified, ownerName = "owner", action, from, to, writtenReason = "reason"
    }

    let key: String
    let versionId: String?
    let etag: String
    let size: Int
    let lastModified: String
    private let ownerName: String?
    fileprivate(set) var owner = ""
    let action: String
    let from: String?
    let to: String?
    private let writtenReason: String?
    var reason: String { writtenReason ?? "reader-missing" }

    fileprivate mutating func fillIn(_ plan: PlanDocument) {
      owner = ownerName.flatMap { plan.owners[$0] } ?? from.flatMap { plan.acls[$0]?.owner } ?? ""
    }

    var objectKey: ObjectKey { ObjectKey(key) }
  }

  let format: String
  let tool: String
  let createdAt: String
  let bucket: Bucket
  let desired: Desired
  let summary: Summary
  let owners: [String: String]
  let acls: [String: PlannedACL]
  private(set) var changes: [PlannedChange]
  let digest: String

  init(_ bytes: Data) throws {
    self = try JSONDecoder().decode(PlanDocument.self, from: bytes)
    // In place, each would copy the whole list, which the plan it is given holds too.
    let plan = self
    changes = plan.changes.map { change in
      var change = change
      change.fillIn(plan)
      return change
    }
  }

  var keys: [ObjectKey] { changes.map(\.objectKey) }

  func change(_ key: ObjectKey) -> PlannedChange? {
    changes.first { $0.objectKey == key }
  }

  /// The ACL by that name.
  func acl(_ name: String?) -> AccessControlList? {
    name.flatMap { acls[$0] }?.acl
  }

  /// What the plan would make of that object's ACL.
  func target(of key: ObjectKey) -> AccessControlList? {
    acl(change(key)?.to)
  }
}

extension Permission: Decodable {}

extension Workplace {
  /// Makes `plan.json` of a bucket, with the OAI for a reader unless the arguments name one, and reads it.
  @discardableResult
  func plan(
    _ server: S3TestServer, _ bucket: String, _ arguments: [String] = [], owners: [String] = ["tools"],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> PlanDocument {
    let namesReader = arguments.contains { $0.hasPrefix("--grant") || $0 == "--bucket-owner-full-control" }
    let result = try await fixacl(
      ["plan", bucket, "-o", "plan.json"] + owners.flatMap { ["--owner-profile", $0] }
        + (namesReader ? [] : ["--grant-read", server.oai.grantee]) + arguments)
    try #require(result.status == 0, "\(result.err)", sourceLocation: sourceLocation)
    return try PlanDocument(Data(contentsOf: URL(filePath: path("plan.json"))))
  }

  /// Applies `plan.json`, which must succeed altogether.
  @discardableResult
  func apply(
    _ arguments: [String] = [], owners: [String] = ["tools"], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> ProgramResult {
    let result = try await fixacl(
      ["apply", "plan.json"] + owners.flatMap { ["--owner-profile", $0] } + arguments)
    try #require(result.status == 0, "\(result.err)", sourceLocation: sourceLocation)
    return result
  }

  /// Expects that `verify` finds everything as `plan.json` says, and says nothing but that.
  func expectVerified(
    owners: [String] = ["tools"], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let result = try await fixacl(["verify", "plan.json"] + owners.flatMap { ["--owner-profile", $0] })
    #expect(result.status == 0, "\(result.err)", sourceLocation: sourceLocation)
    #expect(result.out.isEmpty, sourceLocation: sourceLocation)
  }

  func fixacl(_ arguments: [String], environment: [String: String] = [:]) async throws -> ProgramResult {
    try await start(arguments, environment: environment).result()
  }
}

extension TestAccount {
  /// The account as `--grant-read` wants it.
  var grantee: String { "id=\(id.value)" }

  /// A grant to this account.
  func may(_ permission: Permission) -> Grant {
    Grant(.canonicalUser(id), permission)
  }
}

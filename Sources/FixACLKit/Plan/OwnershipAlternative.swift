package import AWSKit

/// The one-call alternative to a repair: Object Ownership `BucketOwnerEnforced` disables ACLs, and the bucket owner
/// owns every object at once.
package struct OwnershipAlternative: Sendable, Equatable {
  /// How many grantees are named at most.
  package static let maximumNamed = 20

  /// Objects of other accounts, which the bucket owner would own.
  package var fixes: Int
  /// Whether S3 would accept the setting now: the bucket's own ACL grants access to nobody but its owner.
  package var isPossibleNow: Bool
  /// Whether the bucket policy allows every reader already; nil if it could not be read.
  package var allowsReaders: Bool?
  /// How many grantees of the ACLs that were read would lose access.
  package var affectedCount: Int
  /// The affected grantees with the most objects.
  package var affected: [GranteeCount]
  /// Commands of the AWS CLI, in order.
  package var commands: [String]
  /// Whether only a part of the bucket was scanned, so that counts and readers describe that part only.
  package var isPartial: Bool

  package init(
    fixes: Int, isPossibleNow: Bool, allowsReaders: Bool?, affectedCount: Int, affected: [GranteeCount],
    commands: [String],
    isPartial: Bool = false
  ) {
    self.fixes = fixes
    self.isPossibleNow = isPossibleNow
    self.allowsReaders = allowsReaders
    self.affectedCount = affectedCount
    self.affected = affected
    self.commands = commands
    self.isPartial = isPartial
  }
}

extension OwnershipAlternative {
  /// - Parameters:
  ///   - bucketACL: the ACL of the bucket itself.
  ///   - policyReaders: the principals that the bucket policy allows to read every object; nil if it could not be read.
  ///   - foreign: the number of objects of other accounts.
  ///   - grantees: the grantees in ACLs that were read, and the number of objects of each.
  ///   - cliOptions: for the AWS CLI, such as `--profile site`.
  /// - Returns: nil if there is nothing to switch: ACLs are disabled already, or no object is foreign.
  package init?(
    bucket: BucketSettings, bucketACL: AccessControlList, policyReaders: Set<PolicyPrincipal>?, desired: Intent,
    foreign: Int, grantees: [Grantee: Int], cliOptions: [String]
  ) {
    guard foreign > 0, bucket.objectOwnership != .bucketOwnerEnforced else { return nil }
    let owner = Grantee.canonicalUser(bucket.owner)
    let isPossibleNow = bucketACL.grants.allSatisfy { $0.grantee == owner }
    // By resolved IDs, so that a reader that the policy names as an OAI is recognized in an ACL.
    let identities = Dictionary(
      desired.readers.compactMap { reader in reader.canonicalID.map { ($0, reader.originAccessIdentity) } },
      uniquingKeysWith: { $0 ?? $1 })
    func isLetIn(_ id: CanonicalID) -> Bool {
      guard let policyReaders else { return false }
      return id == bucket.owner || policyReaders.contains(.canonicalUser(id))
        || (identities[id] ?? nil).map { policyReaders.contains(.originAccessIdentity($0)) } ?? false
    }
    let affected = grantees.filter { grantee, objects in
      guard objects > 0, grantee != owner else { return false }
      switch grantee {
      case .canonicalUser(let id): return !isLetIn(id)
      // A public grant that is ignored already cannot be lost.
      case .group: return !(grantee.isPublic && bucket.effectivePublicAccessBlock.ignorePublicAcls)
      }
    }.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
    self.init(
      fixes: foreign, isPossibleNow: isPossibleNow,
      allowsReaders: policyReaders.map { policyReaders in
        desired.readers.allSatisfy { reader in
          switch reader.principal {
          case .service(let name, _): reader.statement != nil && policyReaders.contains(.service(name))
          case .canonicalUser(let id, _): isLetIn(id)
          }
        }
      }, affectedCount: affected.count,
      affected: affected.prefix(Self.maximumNamed).map { GranteeCount($0.key, objects: $0.value) },
      commands: Self.commands(bucket: bucket.name, isPossibleNow: isPossibleNow, cliOptions: cliOptions),
      isPartial: desired.isPartial)
  }

  /// Makes the commands again from the bucket's settings and the profile's name alone.
  mutating func makeCommands(for bucket: BucketSettings, profile: String?) {
    commands = Self.commands(
      bucket: bucket.name, isPossibleNow: isPossibleNow,
      cliOptions: (profile.map { ["--profile", $0] } ?? []) + (bucket.endpoint.map { ["--endpoint-url", $0] } ?? []))
  }

  private static func commands(bucket: String, isPossibleNow: Bool, cliOptions: [String]) -> [String] {
    let target = (["--bucket", ShellQuoting.quoted(bucket)] + cliOptions.map(ShellQuoting.quoted)).joined(
      separator: " ")
    let setting =
      "aws s3api put-bucket-ownership-controls \(target)"
      + " --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'"
    return isPossibleNow ? [setting] : ["aws s3api put-bucket-acl \(target) --acl private", setting]
  }
}

extension OwnershipAlternative: JSONWritable, Decodable {
  private enum CodingKeys: String, CodingKey {
    case objectOwnership, partial, fixes, possibleNow, readersAllowed, affectedCount, affected, commands
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member(CodingKeys.objectOwnership, ObjectOwnership.bucketOwnerEnforced.rawValue)
      if isPartial { json.member(CodingKeys.partial, true) }
      json.member(CodingKeys.fixes, fixes)
      json.member(CodingKeys.possibleNow, isPossibleNow)
      json.member(CodingKeys.readersAllowed, allowsReaders)
      json.member(CodingKeys.affectedCount, affectedCount)
      json.member(CodingKeys.affected, affected)
      json.member(CodingKeys.commands, commands)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      fixes: try values.decode(Int.self, forKey: .fixes),
      isPossibleNow: try values.decode(Bool.self, forKey: .possibleNow),
      allowsReaders: try values.decodeIfPresent(Bool.self, forKey: .readersAllowed),
      affectedCount: try values.decode(Int.self, forKey: .affectedCount),
      affected: try values.decode([GranteeCount].self, forKey: .affected),
      commands: try values.decode([String].self, forKey: .commands),
      isPartial: try values.decodeIfPresent(Bool.self, forKey: .partial) ?? false)
  }
}

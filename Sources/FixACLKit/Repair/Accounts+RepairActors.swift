internal import AWSKit

extension Accounts {
  /// Which accounts make which requests of a repair, as far as this is known before a scan.
  ///
  /// - Parameter looksAtOwn: whether the bucket owner grants too, on its own objects.
  package func repairActors(
    strategy: Strategy, allVersions: Bool, hasObjectLock: Bool, looksAtOwn: Bool = false
  ) -> [RepairActor] {
    var actors: [RepairActor] = []
    var granting = ["s3:GetObjectAcl", "s3:PutObjectAcl"]
    if allVersions { granting += ["s3:GetObjectVersionAcl", "s3:PutObjectVersionAcl"] }
    for account in owners {
      guard let id = account.canonicalID, id != bucketOwner, !actors.contains(where: { $0.id == id }) else { continue }
      actors.append(RepairActor(name: account.client.account ?? account.label, id: id, actions: granting))
    }
    guard let client = bucketOwnerClient else { return actors }
    var actions = looksAtOwn ? granting : []
    if strategy != .grant {
      var copying = ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl", "s3:GetObjectTagging", "s3:PutObjectTagging"]
      if hasObjectLock {
        copying += [
          "s3:GetObjectRetention", "s3:GetObjectLegalHold", "s3:PutObjectRetention", "s3:PutObjectLegalHold",
        ]
      }
      actions += copying.filter { !actions.contains($0) }
    }
    if !actions.isEmpty {
      actors.append(RepairActor(name: client.account ?? "the bucket owner", id: bucketOwner, actions: actions))
    }
    return actors
  }
  /// The same with the ARNs of their credentials, if the policy denies somebody by an ARN.
  package func identified(_ actors: [RepairActor], for policy: PolicyDocument) async -> [RepairActor] {
    guard policy.deniesARNs else { return actors }
    var identified: [RepairActor] = []
    for actor in actors {
      let identity = await account(of: actor.id)?.identity()
      identified.append(
        RepairActor(
          name: actor.name, id: actor.id, arn: identity.flatMap { PrincipalARN($0.arn) }, actions: actor.actions))
    }
    return identified
  }
}

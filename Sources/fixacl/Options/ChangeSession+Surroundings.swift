internal import FixACLKit
internal import AWSKit

extension ChangeSession {
  /// Compares the bucket with what a plan or a journal has of it, before the first write, and says what matters.
  ///
  /// - Parameters:
  ///   - work: what of the plan depends on it; asked only where public grants do.
  /// - Throws: where the plan is wrong now. Nothing was touched then.
  func checkSurroundings(
    desired: Intent, hasCopies: Bool, for undertaking: SurroundingsChange.Undertaking,
    work: () throws -> SurroundingsChange.Work
  ) throws {
    var needed = SurroundingsChange.Work(hasCopies: hasCopies)
    if bucket.effectivePublicAccessBlock != planned.effectivePublicAccessBlock { needed = try work() }
    let actors = accounts.repairActors(
      strategy: hasCopies ? .copy : .grant, allVersions: desired.allVersions,
      hasObjectLock: bucket.objectLock?.isEnabled ?? false)
    let changes = SurroundingsChange.differences(
      planned: planned, now: bucket, policy: policy, desired: desired, work: needed, actors: actors,
      usesTLS: bucket.usesTLS, for: undertaking)
    let refusals = changes.filter(\.refuses)
    guard refusals.isEmpty else {
      throw CommandFailure(
        "the bucket is not as it was when the plan was made: " + refusals.map(\.text).joined(separator: "; ")
          + ". Nothing was touched" + (undertaking == .apply ? "; make a new plan." : "."))
    }
    for change in changes { Console.shared.note("fixacl: \(change.text).") }
  }

  /// Says whom a plan lets in to what and as whom, and what of it cannot be undone.
  ///
  /// - Parameter remaining: how many objects are still to be changed.
  func announce(_ plan: Plan, remaining: Int) {
    let header = plan.header
    let signers = (plan.ownersNeeded.union((header.summary.actions[.copy] ?? 0) > 0 ? [bucket.owner] : [])).sorted()
      .compactMap { id in
        accounts.client(of: id).map { client in
          "\((client.account ?? "the account").escapedForTerminal) (account \(id))"
        }
      }
    let place =
      "on \(Quantity.count(remaining, "object")) of s3://\(header.bucket.name.escapedForTerminal), as"
      + " \(signers.joined(separator: " and "))"
    for reader in header.desired.readers {
      Console.shared.note("fixacl: apply: \(reader.gift) \(place).")
    }
    let readers = Set(header.desired.readers.compactMap(\.grant))
    for grant in header.desired.grants where !readers.contains(grant) {
      let who = grant.grantee == .canonicalUser(bucket.owner) ? "the bucket owner" : "the canonical ID"
      Console.shared.note(
        "fixacl: apply: \(grant.permission.rawValue) for \(who) (\(grant.grantee.identifier.escapedForTerminal)) \(place)."
      )
    }
    for note in PlanView.notes(on: header.summary, versioning: bucket.versioning) {
      Console.shared.note("fixacl: \(note)")
    }
  }
}

extension Reader {
  /// What it is given: `READ for OAI E… (canonical ID …)`.
  fileprivate var gift: String {
    switch principal {
    case .service(let name, _): "the bucket owner's ownership, for \(name.escapedForTerminal),"
    case .canonicalUser(let id, let permission):
      "\(permission.rawValue) for "
        + (originAccessIdentity.map { "OAI \($0.escapedForTerminal) (canonical ID \(id))" } ?? "canonical ID \(id)")
    }
  }
}

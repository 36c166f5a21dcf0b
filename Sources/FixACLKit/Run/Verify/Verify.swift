package import AWSKit

/// Compares every object of a plan with what was planned. Writes nothing.
package final class Verify: Undertaking {
  private let plan: Plan
  private let policy: ACLPolicy
  private let observer: ObjectObserver
  private let accounts: Accounts
  private let sample: Int?
  private let subset: ChangeSubset?
  private let replay: JournalReplay?
  package let tally: Tally

  /// - Parameters:
  ///   - sample: how many changes to look at, chosen at random; nil for all.
  ///   - subset: which changes it is about; nil for all.
  ///   - replay: what the plan's journal says of the changes; nil if nothing is known.
  package init(
    plan: Plan, accounts: Accounts, sample: Int? = nil, of subset: ChangeSubset? = nil, replay: JournalReplay? = nil
  ) {
    self.plan = plan
    self.accounts = accounts
    self.sample = sample
    self.subset = subset
    self.replay = replay
    policy = ACLPolicy(bucket: plan.header.bucket, desired: plan.header.desired)
    observer = ObjectObserver(bucket: plan.header.bucket.name, accounts: accounts)
    tally = Tally(planned: min(sample ?? .max, subset?.count ?? plan.changeCount))
  }

  package var changes: any ChangeReader { PlanChangeReader(plan, includesBlocked: true, sample: sample, of: subset) }
  package var changeCount: Int { plan.changeCount }
  package var client: AWSClient { accounts.main.client }

  package func isPending(_ index: Int) -> Bool { true }

  package func rules(for change: PlannedChange, to target: AccessControlList) -> VerifyProcedure {
    VerifyProcedure(
      change: change.change, from: change.from, to: target, policy: policy,
      comparesTags: accounts.bucketOwnerClient != nil, isFinished: replay?.isFinished(change.index) ?? false)
  }

  package func perform(_ action: VerifyProcedure.Action, of planned: PlannedChange) async throws
    -> VerifyProcedure.Event
  {
    switch action {
    case .observe: return .observed(try await observer.observe(planned.change))
    case .readTags:
      let client = try accounts.requiredClient(of: accounts.bucketOwner)
      return .tagsRead(try await client.objectTags(bucket: plan.header.bucket.name, key: planned.change.key))
    case .finish: preconditionFailure("a finished change has no more steps")
    }
  }

  /// To find that an object differs is what it is for.
  package func isProgress(_ outcome: Outcome) -> Bool {
    switch outcome {
    case .done, .already, .stale, .pending, .irreversible: true
    case .blocked, .failed: false
    }
  }
}

import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

/// What of a plan depends on Block Public Access.
@Suite struct PlanWorkTests {
  /// Only ACLs that are written count: what is blocked stays as it is.
  @Test(
    arguments: [
      (ChangeAction.grant, true, PublicGrantRule.never, (true, false)), (.grant, true, .always, (false, true)),
      (.grant, false, .never, (false, false)), (.blocked, true, .never, (false, false)),
      (.copy, true, .never, (true, false)), (.copy, true, .always, (false, true)),
    ] as [(ChangeAction, Bool, PublicGrantRule, (Bool, Bool))])
  func whatOfAPlanIsPublic(
    action: ChangeAction, isPublic: Bool, rule: PublicGrantRule, expected: (Bool, Bool)
  ) throws {
    var plan = SamplePlan()
    plan.desired.dropPublicGrants = rule
    let policy = ACLPolicy(bucket: plan.bucket, desired: plan.desired)
    let from = AccessControlList(
      owner: Sample.tools, grants: [.user(Sample.tools, .fullControl)] + (isPublic ? [.publicRead] : []))
    let to: AccessControlList? =
      switch action {
      case .grant: policy.granted(from)
      case .copy: policy.copied(from, previousOwner: Sample.tools)
      case .blocked: nil
      }
    let reason = action == .blocked ? ChangeReason.archived : .readerMissing
    plan.add(Sample.change(action: action, reason: reason), from: from, to: to)
    let work = try withTemporaryFolder { try plan.open(in: $0).work() }
    #expect(work.hasCopies == (action == .copy))
    #expect((work.writesPublicGrants, work.dropsPublicGrants) == expected)
  }
}

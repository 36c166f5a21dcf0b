package import AWSKit
internal import Synchronization

/// Reads every object of a plan again and compares it with what was planned. Writes nothing.
package final class Verifier: Sendable {
  /// Counts, complete once `run` has returned. Read it on any thread.
  package struct Tally: Sendable, Equatable {
    package var asPlanned = 0
    package var differing = 0
    /// Objects that the plan could do nothing about.
    package var blocked = 0
    /// Objects that could not be read.
    package var failed = 0

    package var handled: Int { asPlanned + differing + blocked + failed }
  }

  /// An object that is not as planned.
  package enum Difference: Sendable {
    /// It still is what the plan saw.
    case notYetChanged
    case stale(Staleness)
    case blocked(ChangeReason)
    case failed(AWSError)
  }

  private let plan: Plan
  private let policy: ACLPolicy
  private let observer: ObjectObserver
  private let accounts: Accounts
  private let concurrency: Int
  private let sample: Int?
  private let stop: StopSignal
  private let report: @Sendable (Change, Difference) -> Void
  private let tallyBox = Mutex(Tally())
  private let watch: FailureWatch

  /// - Parameters:
  ///   - sample: how many changes to look at, drawn by chance; nil for all.
  ///   - maximumFailures: after how many reads that fail alike it is given up; nil for never.
  ///   - report: told of every object that is not as planned, from any thread, in no order.
  package init(
    plan: Plan, accounts: Accounts, concurrency: Int, sample: Int? = nil, maximumFailures: Int? = 50, stop: StopSignal,
    report: @escaping @Sendable (Change, Difference) -> Void
  ) {
    self.plan = plan
    policy = ACLPolicy(bucket: plan.header.bucket, desired: plan.header.desired)
    observer = ObjectObserver(bucket: plan.header.bucket.name, accounts: accounts)
    self.accounts = accounts
    self.concurrency = concurrency
    self.sample = sample
    self.stop = stop
    self.report = report
    watch = FailureWatch(limit: maximumFailures, stop: stop)
  }

  /// Why it was given up; nil where it was not.
  package var stopReason: FailureStreak.Stop? { watch.reason }

  package var tally: Tally { tallyBox.withLock { $0 } }

  /// How many changes are looked at.
  package var total: Int { min(sample ?? .max, plan.changeCount) }

  package func run() async throws(FileFormatError) {
    var changes = plan.changes()
    var wanted = total
    let failure = await withTaskGroup(of: Void.self) { group -> FileFormatError? in
      var begun = 0
      do throws(FileFormatError) {
        while !stop.isSet, wanted > 0, let (index, change) = try changes.next() {
          // Each set of that many is as likely as any other (Knuth, selection sampling).
          guard Int.random(in: 0..<plan.changeCount - index) < wanted else { continue }
          wanted -= 1
          if begun >= concurrency { await group.next() }
          begun += 1
          group.addTask { await self.verify(change) }
        }
      } catch {
        return error
      }
      return nil
    }
    if let failure { throw failure }
  }

  private func verify(_ change: Change) async {
    let difference = await difference(of: change)
    switch difference {
    // What was under way when it was stopped says nothing of the object.
    case .failed(let error): guard watch.counts(FailureStreak.Failure(error)) else { return }
    case .blocked: break
    default: watch.noteSuccess()
    }
    tallyBox.withLock { tally in
      switch difference {
      case nil: tally.asPlanned += 1
      case .blocked: tally.blocked += 1
      case .failed: tally.failed += 1
      case .notYetChanged, .stale: tally.differing += 1
      }
    }
    if let difference { report(change, difference) }
  }

  /// Whether a copy has the tags that the plan saw, if it saw some.
  private func hasItsTags(_ change: Change) async throws(AWSError) -> Bool {
    guard let planned = change.tags, let client = accounts.bucketOwnerClient else { return true }
    return AttributesDigest(try await client.objectTags(bucket: plan.header.bucket.name, key: change.key)).isSame(
      as: planned)
  }

  private func difference(of change: Change) async -> Difference? {
    guard change.action != .blocked, let to = plan.acl(change.to) else { return .blocked(change.reason) }
    do throws(AWSError) {
      let look = try await observer.look(at: change)
      switch try change.status(of: look, from: plan.acl(change.from), to: to, policy: policy) {
      case .asPlanned: return try await hasItsTags(change) ? nil : .stale(.tagsChanged)
      case .asSeen, .opened: return .notYetChanged
      case .stale(let staleness): return .stale(staleness)
      }
    } catch {
      return .failed(error)
    }
  }
}

package import AWSKit

/// The rules by which an object is compared with its change: it is looked at, and a copy's tags are compared.
package struct VerifyProcedure: Procedure {
  package enum Action: ProcedureAction {
    /// Read the object's headers and its ACL.
    case observe
    /// Read the object's tags, as the bucket owner.
    case readTags
    case finish(Outcome)

    package var outcome: Outcome? {
      if case .finish(let outcome) = self { outcome } else { nil }
    }

    package var isWrite: Bool { false }
  }

  package enum Event: Sendable {
    case begin
    case observed(ObservedObject)
    case tagsRead([ObjectTag])
    case failed(AWSError)
  }

  private let change: Change
  private let from: AccessControlList?
  private let to: AccessControlList
  private let policy: ACLPolicy
  private let comparesTags: Bool
  private let isFinished: Bool

  /// - Parameters:
  ///   - comparesTags: whether the bucket owner's credentials are given, to read the tags of copies with.
  ///   - isFinished: whether the journal has the change as finished, so that apply will not make it again.
  package init(
    change: Change, from: AccessControlList?, to: AccessControlList, policy: ACLPolicy, comparesTags: Bool,
    isFinished: Bool = false
  ) {
    self.change = change
    self.from = from
    self.to = to
    self.policy = policy
    self.comparesTags = comparesTags
    self.isFinished = isFinished
  }

  package static var beginning: Event { .begin }

  package static func failed(_ error: AWSError) -> Event { .failed(error) }

  package mutating func handle(_ event: Event) -> Action {
    switch event {
    case .begin: .observe
    case .observed(let object): compare(object)
    case .tagsRead(let tags): .finish(hasPlannedTags(tags) ? .already() : .stale(.tagsChanged))
    case .failed(let error): .finish(.failed(.s3(error)))
    }
  }

  private func hasPlannedTags(_ tags: [ObjectTag]) -> Bool {
    change.tags.map { AttributesDigest(tags).isSame(as: $0) } ?? true
  }

  private func compare(_ object: ObservedObject) -> Action {
    let status: ChangeStatus
    do throws(AWSError) {
      status = try change.status(of: object, from: from, to: to, policy: policy)
    } catch {
      return .finish(.failed(.s3(error)))
    }
    switch status {
    case .asPlanned: return change.tags != nil && comparesTags ? .readTags : .finish(.already())
    case .asSeen, .bucketOwnerGranted: return .finish(isFinished ? .stale(.changedBack) : .pending)
    case .stale(let staleness): return .finish(.stale(staleness))
    }
  }
}

internal import S3Kit

/// How to work through a plan's changes.
package struct WorkOptions: Sendable {
  /// The most changes under way at once.
  package var concurrency: Int
  /// Look at every object, write nothing.
  package var isDryRun = false
  /// The most changes to take on in this run.
  package var limit: Int?
  /// The most bytes that are copied by one request; larger objects are copied in parts.
  package var maximumCopySize = S3Client.maximumCopySize

  package init(concurrency: Int) {
    self.concurrency = concurrency
  }
}

extension Plan {
  /// Works on changes side by side, from the first on, and returns when nothing is under way any more.
  ///
  /// - Parameters:
  ///   - isMeant: whether a change is to be worked on; blocked ones never are.
  ///   - body: told the change, its place in the plan, and the ACL that it aims at.
  /// - Throws: `PlanError` where the plan cannot be read on, and what `body` throws.
  func work(
    _ options: WorkOptions, stop: StopSignal, isMeant: (Int) -> Bool,
    _ body: @escaping @Sendable (Change, Int, AccessControlList) async throws -> Void
  ) async throws {
    var changes = changes()
    var begun = 0
    try await withThrowingTaskGroup(of: Void.self) { group in
      while !stop.isSet, begun < options.limit ?? .max, let (index, change) = try changes.next() {
        guard change.action != .blocked, isMeant(index), let to = acl(change.to) else { continue }
        if begun >= options.concurrency { try await group.next() }
        begun += 1
        group.addTask { try await body(change, index, to) }
      }
      try await group.waitForAll()
    }
  }
}

internal import AWSKit
internal import Synchronization

/// What listings have of the objects of some grants that follow one another in a plan: whether each still has the content
/// that the plan saw.
///
/// A page shows a thousand objects for one request, where looking at each takes one apiece; an ACL, which is what a
/// grant changes, is always asked for itself. Where the plan's objects are few among others, where nobody may list, or
/// if the listing is no longer fresh, the answer is that nothing is known.
package final class BatchContentCheck: Sendable {
  package enum Answer: Sendable {
    case known(ObservedObject.ListedContent)
    case unknown
  }

  /// How many changes share a listing.
  static let maximumChanges = 250
  /// Keys that are listed for each change at most: beyond that, it is cheaper to look at the objects.
  private static let maximumKeysPerChange = 8

  private struct Findings: Sendable {
    /// By the place of the change; nil where nothing is known.
    var contents: [ObservedObject.ListedContent?]
    var listedAt: ContinuousClock.Instant
  }

  /// A listing that is made, and its number: one that is no longer fresh is followed by another.
  private struct Attempt: Sendable {
    let number: Int
    let task: Task<Findings, Never>
    /// What came of it, once somebody has waited for it.
    var findings: Findings?
  }

  private let changes: [Change]
  private let bucket: String
  private let lister: AWSClient
  private let freshness: Double
  private let attempt = Mutex<Attempt?>(nil)

  /// - Parameters:
  ///   - changes: in the order of their keys.
  ///   - freshness: seconds that the listing counts. What happens to an object's content meanwhile is not noticed.
  init(of changes: [Change], bucket: String, lister: AWSClient, freshness: Double) {
    self.freshness = freshness
    self.changes = changes
    self.bucket = bucket
    self.lister = lister
  }

  /// Begins the listing now, so that the next question need not wait for it.
  func begin() { _ = attempt(after: 0, from: 0) }

  /// What is known of the content of a change's object. The first question begins the listing, unless it has begun.
  ///
  /// - Parameter place: among `changes`.
  func content(at place: Int) async -> Answer {
    guard changes[place].action == .grant else { return .unknown }
    if let version = changes[place].versionID {
      // A version's content never changes, but for that of the one that has no ID of its own.
      return version == "null" ? .unknown : .known(.found(changes[place].content, owner: changes[place].owner))
    }
    let first = attempt(after: 0, from: place)
    var findings = await findings(of: first)
    if isStale(findings) {
      findings = await self.findings(of: attempt(after: first.number, from: place))
      if isStale(findings) { return .unknown }
    }
    return findings.contents[place].map { .known($0) } ?? .unknown
  }

  private func findings(of attempt: Attempt) async -> Findings {
    if let findings = attempt.findings { return findings }
    let findings = await attempt.task.value
    self.attempt.withLock { if $0?.number == attempt.number { $0?.findings = findings } }
    return findings
  }

  private func isStale(_ findings: Findings) -> Bool {
    findings.listedAt.duration(to: .now) >= .seconds(freshness)
  }

  /// The listing that is made now if it has a higher number, or else a new one of the changes from `place` on.
  private func attempt(after number: Int, from place: Int) -> Attempt {
    attempt.withLock { attempt in
      if let attempt, attempt.number > number { return attempt }
      let new = Attempt(number: number + 1, task: Task { await self.list(from: place) })
      attempt = new
      return new
    }
  }

  private func list(from place: Int) async -> Findings {
    var findings = Findings(contents: Array(repeating: nil, count: changes.count), listedAt: .now)
    let wanted = changes.indices[place...].filter { changes[$0].action == .grant && changes[$0].versionID == nil }
    guard wanted.count > 1, let first = wanted.first else { return findings }
    let limit = min(1000, max(10, wanted.count * 2))
    var marker = changes[first].key.placeBefore
    var next = 0
    var listed = 0
    while next < wanted.count, listed < wanted.count * Self.maximumKeysPerChange {
      // Before it is asked for: what the server had seen when it answered may be as old as the question.
      if listed == 0 { findings.listedAt = .now }
      guard
        let page = try? await lister.listObjects(bucket: bucket, prefix: nil, startAfter: marker, limit: limit)
      else { return findings }
      var index = 0
      while next < wanted.count {
        let key = changes[wanted[next]].key
        while index < page.objects.count, page.objects.order(at: index, key) < 0 { index += 1 }
        if index == page.objects.count, page.isTruncated { break }
        let isThere = index < page.objects.count && page.objects.order(at: index, key) == 0
        findings.contents[wanted[next]] =
          isThere ? ObservedObject.ListedContent(page.objects[index]) : ObservedObject.ListedContent.missing
        next += 1
      }
      guard page.isTruncated, let end = page.end else { break }
      listed += page.objects.count
      marker = end.key
    }
    return findings
  }
}

extension ObjectKey {
  /// A place in a listing just before the key: next to nothing is between them. Nil for the beginning.
  var placeBefore: ObjectKey? {
    let points = codePoints
    guard let last = points.last else { return nil }
    // Nothing comes between a key and the same with U+0000 behind it.
    guard last > 0 else { return points.count == 1 ? nil : ObjectKey(codePoints: points.dropLast()) }
    let previous = last == 0xe000 ? 0xd7ff : last - 1
    // Everything that begins with the character before the last one is behind it, but for what nobody has in a key.
    if let place = ObjectKey(codePoints: points.dropLast() + [previous, 0x10_ffff]) { return place }
    return points.count == 1 ? nil : ObjectKey(codePoints: points.dropLast())
  }
}

extension ObservedObject.ListedContent {
  /// Nil where the listing does not tell.
  fileprivate init?(_ object: ListedObject) {
    guard !object.isIncomplete else { return nil }
    self = .found(object.content, owner: object.owner)
  }
}

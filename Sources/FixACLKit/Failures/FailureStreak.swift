package import AWSKit

/// Tells from failures that follow one another that a run cannot succeed. A plain value, told of each outcome.
package struct FailureStreak: Sendable {
  /// One failure, as far as it matters here.
  package struct Failure: Sendable {
    /// Equal for failures that are alike; for people: `PutObjectAcl: 403 AccessDenied`.
    package let kind: String
    package let cause: Cause
    /// Whether no other request with these credentials would be answered either.
    let refusesCredentials: Bool

    /// What failed.
    package enum Cause: Sendable {
      case s3(AWSError)
      /// An object is not as it should be.
      case object(ObjectName, detail: String)
    }

    package init(_ error: AWSError) {
      let kind = ObjectFailure(error).kind
      self.kind =
        switch error.kind {
        case .malformedAnswer: "\(kind): not an answer of S3"
        case .transport(let kind): "\(error.operation): no answer (\(kind))"
        default: "\(kind)"
        }
      cause = .s3(error)
      refusesCredentials = error.refusesCredentials
    }

    /// - Parameter detail: what the object is like; failures with the same detail are alike.
    package init(_ detail: String, of object: ObjectName) {
      kind = detail
      cause = .object(object, detail: detail)
      refusesCredentials = false
    }
  }

  /// Why a run is stopped.
  package struct Stop: Sendable {
    package enum Cause: Sendable, Equatable {
      case credentialsRefused
      /// So many failures alike, and no success in between.
      case alike(Int)
    }

    package let cause: Cause
    /// The first of the failures.
    package let example: Failure
  }

  private struct Count {
    var count = 0
    let first: Failure
  }

  /// A server that words each failure differently must not fill the memory.
  private static let maximumKinds = 256
  private static let otherKinds = "others"

  private let limit: Int?
  private var counts: [String: Count] = [:]

  /// - Parameter limit: after how many failures alike a run is stopped; nil for never.
  package init(limit: Int?) {
    self.limit = limit
  }

  /// Takes note that something was done: what fails then does not fail for all.
  package mutating func noteSuccess() {
    if !counts.isEmpty { counts.removeAll() }
  }

  /// Takes note of a failure.
  ///
  /// - Returns: why to stop; nil for going on.
  package mutating func note(_ failure: Failure) -> Stop? {
    if failure.refusesCredentials { return Stop(cause: .credentialsRefused, example: failure) }
    guard let limit else { return nil }
    let isNew = counts[failure.kind] == nil && counts.count >= Self.maximumKinds
    let kind = isNew ? Self.otherKinds : failure.kind
    counts[kind, default: Count(first: failure)].count += 1
    guard let entry = counts[kind], entry.count >= limit else { return nil }
    return Stop(cause: .alike(entry.count), example: entry.first)
  }
}

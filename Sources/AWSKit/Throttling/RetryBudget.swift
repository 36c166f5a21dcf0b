/// A retry budget shared by all requests of a run, so that a server in trouble does not face a storm of retries.
///
/// A retry takes tokens, and a success returns some. Without tokens, failures are final. A plain value; its owner must
/// guard it. Idea and size are those of AWS's SDKs (the "retry quota").
package struct RetryBudget: Sendable {
  package static let capacity = 500

  package private(set) var tokens = RetryBudget.capacity

  package init() {}

  /// The cost of a retry. After throttling it is low: the server asks for patience, and the adaptive limit reacts
  /// already.
  package static func cost(of failure: RetryableFailure) -> Int {
    switch failure {
    case .throttled: 1
    case .cannotConnect, .serverError, .interrupted: 10
    }
  }

  /// Takes the cost of a retry; false if not enough is left.
  package mutating func withdraw(for failure: RetryableFailure) -> Bool {
    let cost = Self.cost(of: failure)
    guard tokens >= cost else { return false }
    tokens -= cost
    return true
  }

  /// Returns the cost of the last retry, or 1 for a request without retries.
  package mutating func deposit(afterRetryOf failure: RetryableFailure?) {
    tokens = min(Self.capacity, tokens + (failure.map(Self.cost) ?? 1))
  }
}

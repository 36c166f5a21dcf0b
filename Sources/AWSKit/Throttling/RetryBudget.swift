/// A budget that all requests of a run share, so that a server in trouble is not met with a storm of retries.
///
/// A retry takes tokens, a success gives some back; with none left, failures are final. A plain value, to be
/// guarded by whoever holds it. The idea and the size are those of AWS's SDKs (the "retry quota").
package struct RetryBudget: Sendable {
  package static let capacity = 500

  package private(set) var tokens = RetryBudget.capacity

  package init() {}

  /// What a retry costs: throttling is the server's way of asking for patience, so those retries are cheap;
  /// the concurrency controller already answers it.
  package static func cost(of failure: RetryableFailure) -> Int {
    switch failure {
    case .throttled: 1
    case .cannotConnect, .serverError, .interrupted: 10
    }
  }

  /// Takes the cost of a retry, if that much is left.
  package mutating func withdraw(for failure: RetryableFailure) -> Bool {
    let cost = Self.cost(of: failure)
    guard tokens >= cost else { return false }
    tokens -= cost
    return true
  }

  /// Gives back what the last retry took, or 1 for a request that needed none.
  package mutating func deposit(afterRetryOf failure: RetryableFailure?) {
    tokens = min(Self.capacity, tokens + (failure.map(Self.cost) ?? 1))
  }
}

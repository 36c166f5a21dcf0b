internal import Dispatch

/// Runs `body` on every item, at most `window` at a time; the results are in the order of the items.
@discardableResult
package func inParallel<Item: Sendable, Output: Sendable>(
  _ items: some Collection<Item>, window: Int = 32, _ body: @escaping @Sendable (Item) async throws -> Output
) async throws -> [Output] {
  var outputs = [Output?](repeating: nil, count: items.count)
  try await withThrowingTaskGroup(of: (Int, Output).self) { group in
    for (index, item) in items.enumerated() {
      if index >= window, let (done, output) = try await group.next() { outputs[done] = output }
      group.addTask { (index, try await body(item)) }
    }
    while let (done, output) = try await group.next() { outputs[done] = output }
  }
  return outputs.map { $0! }
}

/// Waits until `condition` holds, looking again every few milliseconds.
///
/// - Returns: false where `isWorthWaiting` said no before that.
package func waitUntil(
  _ condition: () async throws -> Bool, while isWorthWaiting: () -> Bool
) async throws -> Bool {
  while true {
    if try await condition() { return true }
    guard isWorthWaiting() else { return try await condition() }
    try await Task.sleep(for: .milliseconds(3))
  }
}

/// Runs what computes for long on a thread that Swift's tasks do not use: these have as many threads as the machine has
/// processors, and a test that measures time would wait for one of them.
package func besidesTasks<Output: Sendable>(
  _ body: @escaping @Sendable () throws -> Output
) async throws -> Output {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global(qos: .utility).async { continuation.resume(with: Result { try body() }) }
  }
}

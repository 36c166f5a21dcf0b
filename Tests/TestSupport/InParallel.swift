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

internal import AWSKit

extension Result where Failure == AWSError, Success: Sendable {
  /// What a request brings, as a value: for requests that are sent side by side, of which some may fail.
  static func settled(_ body: () async throws(AWSError) -> Success) async -> Result {
    do throws(AWSError) {
      return .success(try await body())
    } catch {
      return .failure(error)
    }
  }
}

extension Array where Element: Sendable {
  /// What comes of a question about each element, all asked at once; in the order of the elements.
  func sideBySide<Answer: Sendable>(_ ask: @escaping @Sendable (Element) async -> Answer) async -> [Answer] {
    await withTaskGroup(of: (Int, Answer).self) { group in
      for (index, element) in enumerated() { group.addTask { (index, await ask(element)) } }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}

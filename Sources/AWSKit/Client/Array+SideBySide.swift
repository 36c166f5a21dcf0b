extension Array where Element: Sendable {
  /// What comes of a question about each element, all asked at once; in the order of the elements.
  package func sideBySide<Answer: Sendable>(
    _ ask: @escaping @Sendable (Element) async -> Answer
  ) async -> [Answer] {
    await withTaskGroup(of: (Int, Answer).self) { group in
      for (index, element) in enumerated() { group.addTask { (index, await ask(element)) } }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}

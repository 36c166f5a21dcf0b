/// A few different things, the ones that came first.
struct LogExamples<Element: Equatable & Sendable>: Sendable {
  static var maximumCount: Int { 5 }

  private(set) var elements: [Element] = []

  mutating func note(_ element: @autoclosure () -> Element) {
    guard elements.count < Self.maximumCount else { return }
    let element = element()
    if !elements.contains(element) { elements.append(element) }
  }
}

/// Charts as SVG in the page itself: they stretch with it, and have no text, which stands in the HTML beside them.
enum HTMLCharts {
  /// A part of a bar.
  struct Part {
    let count: Int
    /// The class that gives it its colour.
    let style: String
  }

  /// The width of a bar in its own units.
  private static let width = 1000
  /// What is there at all is seen, however little it is.
  private static let minimumWidth = 6

  /// A bar of parts of a whole.
  ///
  /// - Parameters:
  ///   - total: what the whole width stands for.
  ///   - label: what a screen reader says instead.
  static func bar(_ parts: [Part], of total: Int, label: String) -> HTML {
    var start = 0
    let rectangles = parts.filter { $0.count > 0 }.map { part -> HTML in
      let share = Double(part.count) / Double(max(total, 1))
      let length = min(max(Int((share * Double(width)).rounded()), minimumWidth), width - start)
      defer { start += length }
      return "<rect class=\"\(part.style)\" x=\"\(start)\" width=\"\(length)\" height=\"10\"/>"
    }
    return """
      <svg class="bar" role="img" aria-label="\(label)" viewBox="0 0 \(width) 10" preserveAspectRatio="none">\
      <rect class="track" width="\(width)" height="10"/>\(rectangles)</svg>
      """
  }
}

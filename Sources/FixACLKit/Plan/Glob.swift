/// A pattern for keys: `*` matches any characters, slashes included, `?` one character, `[a-z]` and `[!a-z]` one of a
/// set; `\` quotes the next character.
///
/// The AWS CLI's `--include` and `--exclude` have the same syntax. Characters are Unicode scalars.
package struct Glob: Sendable, Hashable {
  private enum Element: Sendable, Hashable {
    case one(Unicode.Scalar)
    case any
    case set([ClosedRange<Unicode.Scalar>], negated: Bool)
    case many
  }

  package let pattern: String
  private let elements: [Element]

  package init(_ pattern: String) {
    self.pattern = pattern
    var elements: [Element] = []
    var rest = pattern.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "*":
        if elements.last != .many { elements.append(.many) }
      case "?": elements.append(.any)
      case "\\": elements.append(.one(rest.popFirst() ?? scalar))
      case "[":
        if let set = Self.takeSet(from: &rest) {
          elements.append(set)
        } else {
          elements.append(.one(scalar))
        }
      default: elements.append(.one(scalar))
      }
    }
    self.elements = elements
  }

  /// Reads up to the closing bracket; consumes nothing if there is none.
  private static func takeSet(from rest: inout Substring.UnicodeScalarView) -> Element? {
    var view = rest
    let negated = view.first == "!" || view.first == "^"
    if negated { view.removeFirst() }
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    while let low = view.popFirst() {
      if low == "]", !ranges.isEmpty {
        rest = view
        return .set(ranges, negated: negated)
      }
      if view.first == "-", let high = view.dropFirst().first, high != "]" {
        view.removeFirst(2)
        if low <= high { ranges.append(low...high) }
      } else {
        ranges.append(low...low)
      }
    }
    return nil
  }

  /// Whether the pattern matches all of `text`.
  package func matches(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    var position = 0
    var element = 0
    // Where to retry after the last `*`, which then takes one more scalar.
    var retry: (element: Int, position: Int)?
    while position < scalars.count {
      if element < elements.count, elements[element] == .many {
        retry = (element + 1, position)
        element += 1
      } else if element < elements.count, Self.matches(elements[element], scalars[position]) {
        element += 1
        position += 1
      } else if let last = retry {
        retry = (last.element, last.position + 1)
        element = last.element
        position = last.position + 1
      } else {
        return false
      }
    }
    return elements[element...].allSatisfy { $0 == .many }
  }

  private static func matches(_ element: Element, _ scalar: Unicode.Scalar) -> Bool {
    switch element {
    case .one(let expected): expected == scalar
    case .any: true
    case .set(let ranges, let negated): ranges.contains { $0.contains(scalar) } != negated
    case .many: false
    }
  }
}

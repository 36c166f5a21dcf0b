/// A pattern of IAM's: `*` for any characters, `?` for one.
struct Wildcard: Sendable, Hashable {
  let text: String
  private let pattern: [UInt8]
  private let ignoresCase: Bool

  init(_ pattern: String, ignoresCase: Bool = false) {
    text = pattern
    self.pattern = Array((ignoresCase ? pattern.lowercased() : pattern).utf8)
    self.ignoresCase = ignoresCase
  }

  var isOpen: Bool { pattern.contains(UInt8(ascii: "*")) || pattern.contains(UInt8(ascii: "?")) }

  func matches(_ text: String) -> Bool {
    let text = Array((ignoresCase ? text.lowercased() : text).utf8)
    var (position, index) = (0, 0)
    /// Where to continue if what follows the last asterisk does not match.
    var retry: (index: Int, position: Int)?
    while position < text.count {
      if index < pattern.count, pattern[index] == UInt8(ascii: "*") {
        retry = (index + 1, position)
        index += 1
      } else if index < pattern.count, pattern[index] == text[position] || pattern[index] == UInt8(ascii: "?") {
        index += 1
        position += 1
      } else if let last = retry {
        retry = (last.index, last.position + 1)
        (index, position) = (last.index, last.position + 1)
      } else {
        return false
      }
    }
    return pattern[index...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}

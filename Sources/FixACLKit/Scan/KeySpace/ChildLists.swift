internal import AWSKit

/// What is known of the children of prefixes: which stretches of which lists were asked for, and how long children are.
struct ChildLists: Sendable {
  private struct Name: Hashable {
    let prefix: [UInt32]
    let delimiter: UInt32
  }

  /// A part of a list that was asked for.
  private struct Stretch: Sendable {
    let from: [UInt32]
    /// Where the answer ended that had not all; nil if nothing is missing behind `from`.
    var end: [UInt32]?
    var isAnswered = false

    /// Whether it says what is behind `position`, which is in a child that ends before `next`.
    func covers(_ next: [UInt32], _ position: [UInt32]) -> Bool {
      !next.lexicographicallyPrecedes(from) && (end.map { position.lexicographicallyPrecedes($0) } ?? true)
    }
  }

  /// Beyond it, what no range can use is forgotten.
  private static let mostNames = 4096

  private var stretches: [Name: [Stretch]] = [:]
  private var mostNames = mostNames
  /// The pages and the children of each list that were listed.
  private var passed: [Int: (pages: Double, children: Double)] = [:]
  private var nextList = 0

  /// Whether it is known, or will be if `orAsked`, which children of the folder follow the one that a key is in.
  func cover(_ level: KeyLevel, orAsked: Bool) -> Bool {
    stretches[Name(prefix: Array(level.prefix), delimiter: level.delimiter)]?
      .contains { (orAsked || $0.isAnswered) && $0.covers(level.next, level.key) } ?? false
  }

  mutating func noteRequest(_ level: KeyLevel) {
    stretches[Name(prefix: Array(level.prefix), delimiter: level.delimiter), default: []]
      .append(Stretch(from: level.next))
  }

  /// Records an answer.
  ///
  /// - Parameter end: where it ended that had not all.
  /// - Returns: the number of the list.
  mutating func noteAnswer(prefix: [UInt32], delimiter: UInt8, from: [UInt32], end: [UInt32]?) -> Int {
    let name = Name(prefix: prefix, delimiter: UInt32(delimiter))
    stretches[name, default: []].removeAll { $0.from == from }
    stretches[name]?.append(Stretch(from: from, end: end, isAnswered: true))
    nextList += 1
    return nextList - 1
  }

  /// Records that so much of a list was listed.
  mutating func notePassed(_ list: Int, pages: Double, children: Int) {
    passed[list, default: (0, 0)].pages += pages
    passed[list, default: (0, 0)].children += Double(children)
  }

  /// The mean number of pages of a child, which counts as much as what was listed of two.
  func pagesOfChild(of list: Int, believed: Double) -> Double {
    let passed = passed[list] ?? (0, 0)
    return (2 * believed + passed.pages) / (2 + passed.children)
  }

  /// Forgets what no range can use, if it is much: a bucket can have any number of folders.
  mutating func trim(_ ranges: some Sequence<KeyRange>) {
    guard max(stretches.count, passed.count) > mostNames else { return }
    var prefixes: Set<ArraySlice<UInt32>> = [[]]
    var lists: Set<Int> = []
    for range in ranges {
      for end in range.low.indices where KeyLevel.isDelimiter(range.low[end]) { prefixes.insert(range.low[...end]) }
      lists.formUnion(range.boundaries.lazy.map(\.list))
    }
    stretches = stretches.filter { prefixes.contains($0.key.prefix[...]) || $0.value.contains { !$0.isAnswered } }
    passed = passed.filter { lists.contains($0.key) }
    mostNames = max(Self.mostNames, 2 * max(stretches.count, passed.count))
  }
}

import SandboxKit
import Testing

@testable import FixACLKit

@Suite struct FrequentTableTests {
  @Test func exactWhileThingsFit() {
    var table = FrequentTable<String, Int>(capacity: 3)
    for key in ["b", "a", "b", "c", "b", "a"] { table.note(key, new: 0) { $0 += 1 } }
    #expect(table.sorted.map(\.key) == ["b", "a", "c"])
    #expect(table.sorted.map(\.entry.count) == [3, 2, 1])
    #expect(table.sorted.map(\.entry.value) == [3, 2, 1])
    #expect(table.missed == 0 && !table.hasDropped)
  }

  @Test func tellsWhatIsNew() {
    var table = FrequentTable<String, Int>(capacity: 2)
    let new = ["a", "b", "a", "c"].map { table.note($0, new: 0) { _ in } }
    #expect(new == [true, true, false, true])
    #expect(table.entries.count == 2 && table.hasDropped)
  }

  /// The bounds hold whatever comes in whatever order, and what is frequent is there.
  @Test(arguments: 0..<20)
  func bounds(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var table = FrequentTable<Int, Int>(capacity: 50)
    var truth: [Int: Int] = [:]
    let total = 20_000
    for _ in 0..<total {
      // Few frequent things, and very many rare ones.
      let key =
        Bool.random(using: &generator)
        ? Int.random(in: 0..<8, using: &generator)
        : Int.random(
          in: 8..<5000, using: &generator)
      truth[key, default: 0] += 1
      table.note(key, new: 0) { $0 += 1 }
    }
    #expect(table.entries.count <= 50)
    for (key, count) in truth {
      guard let entry = table.entries[key] else {
        #expect(count <= table.missed)
        continue
      }
      #expect(entry.count <= count && count <= entry.count + entry.missed)
      #expect(entry.count == entry.value)
      #expect(!entry.isExact || entry.count == count)
    }
    for key in 0..<8 { #expect(table.entries[key] != nil) }
    #expect(table.missed < 2 * total / 50)
  }

  @Test func whatDoesNotCountGoesFirst() {
    var table = FrequentTable<Int, Int>(capacity: 10)
    table.note(-1, new: 0) { _ in }
    for key in 0..<1000 { table.note(key, weight: 0, new: 0) { _ in } }
    #expect(table.entries[-1]?.count == 1)
    #expect(table.missed == 0 && table.hasDropped)
    #expect(table.entries[999].map { !$0.isExact } ?? true)
  }
}

import Testing

@testable import FixACLKit

@Suite struct CrewTests {
  /// The workers that are to be started.
  private func starts(of crew: Crew) async -> [Int] {
    crew.end()
    return await crew.starts.reduce(into: []) { $0.append($1) }
  }

  @Test(arguments: [
    (initial: 3, most: 10, [0, 1, 2]), (initial: 0, most: 10, [0]), (initial: 5, most: 2, [0, 1]),
    (initial: 5, most: 0, []),
  ])
  func beginsWithAsManyAsThereMayBe(initial: Int, most: Int, numbers: [Int]) async {
    #expect(await starts(of: Crew(initial: initial, most: most)) == numbers)
  }

  @Test func growsToWhatIsWanted() async {
    let crew = Crew(initial: 2, most: 6)
    #expect(crew.keeps(0, ofWanted: 5))
    #expect(crew.count == 5)
    #expect(crew.keeps(4, ofWanted: 100))
    #expect(crew.count == 6)
    #expect(await starts(of: crew) == [0, 1, 2, 3, 4, 5])
  }

  @Test func thoseWithHighNumbersLeaveFirstAndComeBackLast() async {
    let crew = Crew(initial: 5, most: 6)
    #expect(crew.keeps(1, ofWanted: 3))
    #expect(!crew.keeps(3, ofWanted: 3))
    #expect(!crew.keeps(4, ofWanted: 4))
    #expect(crew.count == 3)
    #expect(crew.keeps(2, ofWanted: 4))
    #expect(crew.count == 4)
    #expect(await starts(of: crew) == [0, 1, 2, 3, 4, 3])
  }

  @Test func oneAlwaysStays() {
    let crew = Crew(initial: 1, most: 6)
    #expect(crew.keeps(0, ofWanted: 0))
    #expect(crew.keeps(0, ofWanted: -3))
    #expect(crew.count == 1)
  }
}

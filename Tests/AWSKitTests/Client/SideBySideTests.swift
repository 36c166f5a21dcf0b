import AWSKit
import Testing

struct SideBySideTests {
  /// The first questions are answered last.
  @Test func answersHaveTheOrderOfTheQuestions() async {
    let numbers = Array(0..<20)
    let answers = await numbers.sideBySide { number in
      try? await Task.sleep(for: .milliseconds(2 * (20 - number)))
      return number * 2
    }
    #expect(answers == numbers.map { $0 * 2 })
    #expect(await [Int]().sideBySide { $0 }.isEmpty)
  }
}

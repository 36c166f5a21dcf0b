import Testing

@testable import AWSKit

@Suite struct TurnTests {
  @Test func oneAfterTheOther() async {
    let turn = Turn()
    let log = Log<String>()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask {
          await turn.take()
          log.note("in")
          await Task.yield()
          log.note("out")
          turn.leave()
        }
      }
    }
    #expect(log.entries == (0..<50).flatMap { _ in ["in", "out"] })
  }
}

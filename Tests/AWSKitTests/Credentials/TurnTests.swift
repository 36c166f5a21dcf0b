import Synchronization
import Testing

@testable import AWSKit

@Suite struct TurnTests {
  @Test func oneAfterTheOther() async {
    let turn = Turn()
    let inside = Mutex((now: 0, most: 0, all: 0))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask {
          await turn.take()
          inside.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.all + 1) }
          await Task.yield()
          inside.withLock { $0.now -= 1 }
          turn.leave()
        }
      }
    }
    #expect(inside.withLock { $0.most } == 1)
    #expect(inside.withLock { $0.all } == 50)
  }
}

import Testing

@testable import AWSKit

@Suite struct WatchedSocketsTests {
  @Test func aKeptConnectionIsWatchedOnce() {
    var sockets = WatchedSockets()
    sockets.opened(7)
    #expect(sockets.want([.writing], of: 7) == [.writing])
    #expect(sockets.want([.reading], of: 7) == [.reading])
    for _ in 0..<3 {
      #expect(sockets.want([], of: 7) == nil)
      #expect(sockets.want([.reading], of: 7) == nil)
      #expect(sockets.isWanted(7))
    }
  }

  @Test func aConnectionThatTheServerClosesIsForgotten() {
    var sockets = WatchedSockets()
    sockets.opened(7)
    #expect(sockets.want([.reading], of: 7) == [.reading])
    #expect(sockets.want([], of: 7) == nil)
    // Readable between two requests: it would be readable for ever.
    #expect(!sockets.isWanted(7))
    #expect(sockets.want([.reading], of: 7) == [.reading])
    #expect(sockets.isWanted(7))
  }

  @Test func anotherSocketOfTheSameNumberIsWatchedAnew() {
    var sockets = WatchedSockets()
    sockets.opened(7)
    #expect(sockets.want([.reading], of: 7) == [.reading])
    #expect(sockets.want([], of: 7) == nil)
    sockets.closed(7)
    sockets.opened(7)
    #expect(sockets.want([.reading], of: 7) == [.reading])
  }

  @Test func whatIsNoConnectionIsWatchedAsToldAndForgottenAtOnce() {
    var sockets = WatchedSockets()
    for _ in 0..<2 {
      #expect(sockets.want([.reading], of: 7) == [.reading])
      #expect(sockets.isWanted(7))
      #expect(sockets.want([], of: 7) == [])
    }
  }
}

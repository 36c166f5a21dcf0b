import Testing

@testable import AWSKit

@Suite struct WatchedSocketsTests {
  /// The value where expectations can change it.
  private final class Sockets {
    private var value = WatchedSockets()

    func opened(_ socket: Int32) { value.opened(socket) }
    func closed(_ socket: Int32) { value.closed(socket) }
    func isWanted(_ socket: Int32) -> Bool { value.isWanted(socket) }
    func want(_ interest: WatchedSockets.Interest, of socket: Int32) -> WatchedSockets.Interest? {
      value.want(interest, of: socket)
    }
  }

  @Test func aKeptConnectionIsWatchedOnce() {
    let sockets = Sockets()
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
    let sockets = Sockets()
    sockets.opened(7)
    #expect(sockets.want([.reading], of: 7) == [.reading])
    #expect(sockets.want([], of: 7) == nil)
    // Readable between two requests: it would be readable for ever.
    #expect(!sockets.isWanted(7))
    #expect(sockets.want([.reading], of: 7) == [.reading])
    #expect(sockets.isWanted(7))
  }

  @Test func anotherSocketOfTheSameNumberIsWatchedAnew() {
    let sockets = Sockets()
    sockets.opened(7)
    #expect(sockets.want([.reading], of: 7) == [.reading])
    #expect(sockets.want([], of: 7) == nil)
    sockets.closed(7)
    sockets.opened(7)
    #expect(sockets.want([.reading], of: 7) == [.reading])
  }

  @Test func whatIsNoConnectionIsWatchedAsToldAndForgottenAtOnce() {
    let sockets = Sockets()
    for _ in 0..<2 {
      #expect(sockets.want([.reading], of: 7) == [.reading])
      #expect(sockets.isWanted(7))
      #expect(sockets.want([], of: 7) == [])
    }
  }
}

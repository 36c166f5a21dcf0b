/// What epoll watches each socket for, so that it is told only of changes.
///
/// libcurl stops watching a kept connection when an answer is whole, and watches it again for the next request. In
/// between, epoll may go on watching it: nothing arrives then, unless the server closes the connection.
struct WatchedSockets {
  struct Interest: OptionSet {
    let rawValue: UInt8

    static let reading = Interest(rawValue: 1)
    static let writing = Interest(rawValue: 2)
  }

  private struct Socket {
    /// What libcurl wants to be told of.
    var wanted: Interest
    var watched: Interest
  }

  /// The sockets of connections, whose end libcurl reports. What else it may use can be closed at any time, and another
  /// socket can have its number then.
  private var connections: [Int32: Socket] = [:]

  /// Records that a connection's socket was made.
  mutating func opened(_ socket: Int32) {
    connections[socket] = Socket(wanted: [], watched: [])
  }

  /// Records that a connection's socket is about to be closed. epoll forgets it by itself.
  mutating func closed(_ socket: Int32) {
    connections[socket] = nil
  }

  /// Records what libcurl wants.
  ///
  /// - Returns: what epoll must be told to watch it for; nil if it needs no word.
  mutating func want(_ interest: Interest, of socket: Int32) -> Interest? {
    guard var connection = connections[socket] else { return interest }
    connection.wanted = interest
    defer { connections[socket] = connection }
    guard !interest.isEmpty, interest != connection.watched else { return nil }
    connection.watched = interest
    return interest
  }

  /// Whether libcurl is to be told of a socket that is ready. If not, epoll must forget the socket.
  mutating func isWanted(_ socket: Int32) -> Bool {
    guard let connection = connections[socket], connection.wanted.isEmpty else { return true }
    connections[socket]?.watched = []
    return false
  }
}

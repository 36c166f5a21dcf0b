/// Sends requests and returns the answers.
package protocol HTTPTransport: Sendable {
  /// The executor for tasks that do little but send requests; nil if it makes no difference.
  func executor(number: Int) -> (any TaskExecutor)?
  /// Sends the request and reads the whole answer, whatever its status. Does not follow redirects.
  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
  /// Fails all read requests, those in flight and those to come. Answers to writes are still awaited.
  func abandonReads()
}

extension HTTPTransport {
  package func executor(number: Int) -> (any TaskExecutor)? { nil }
  package func abandonReads() {}
}

/// Why no complete answer arrived.
package struct TransportError: Error, Sendable, CustomStringConvertible {
  /// The kind of failure, which decides what to do next.
  package enum Kind: Sendable {
    /// The host name is unknown, or nothing listens there: not worth many attempts.
    case cannotConnect
    /// A proxy refuses to connect to the host, and would refuse again.
    case refusedByProxy
    /// The connection broke, stalled or ended early: the request may or may not have been carried out.
    case interrupted
    /// The server's certificate is not trusted.
    case untrusted
    /// The answer was longer than the request allowed.
    case responseTooLarge
    /// Anything else: the request could not be made.
    case other
  }

  package let kind: Kind
  package let message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  package var description: String { message }
}

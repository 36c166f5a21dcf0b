/// Whatever carries a request to a server and brings the answer back.
package protocol HTTPTransport: Sendable {
  /// Where tasks run best that do nothing but send requests, of `number`; nil where it makes no difference.
  func executor(number: Int) -> (any TaskExecutor)?
  /// Sends the request and reads the whole answer, of whatever status. Redirects are answers, not followed.
  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
  /// Gives up the requests under way that only read, and whichever come later. The answers to writes are waited for.
  func abandonReads()
}

extension HTTPTransport {
  package func executor(number: Int) -> (any TaskExecutor)? { nil }
  package func abandonReads() {}
}

/// Why no whole answer came.
package struct TransportError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was, as far as it decides what to do next.
  package enum Kind: Sendable {
    /// The host's name is unknown, or nothing listens there: trying for long makes no sense.
    case cannotConnect
    /// The connection broke, stalled or ended early: the request may or may not have been carried out.
    case interrupted
    /// The server's certificate is not to be trusted.
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

/// How an answer goes out.
struct Delivery: Sendable {
  enum Ending: Sendable {
    case whole
    /// The connection is reset before the answer.
    case reset
    /// The connection is reset after half of the body, or within the headers where there is none.
    case resetMidway
    /// The connection is closed after half of the body, or within the headers where there is none.
    case truncated
    /// Nothing more comes; the connection stays.
    case stall
    /// The Content-Length says one byte more than there is, then the connection is closed.
    case wrongLength
  }

  var response: SandboxResponse
  var delayMilliseconds = 0.0
  var ending = Ending.whole
}

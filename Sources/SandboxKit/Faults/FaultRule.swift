internal import Glibc
internal import AWSKit

/// What goes wrong, with which requests, and how often.
package struct FaultRule: Sendable {
  enum Fault: String, CaseIterable, Sendable {
    /// 503 SlowDown; the operation is not done.
    case slowdown
    /// 500 InternalError; the operation is not done.
    case `internal`
    /// 403 AccessDenied; the operation is not done.
    case forbidden
    /// 403 or 404 as a proxy on the way has it: a page of its own, and no request ID. The operation is not done.
    case proxyForbidden = "proxy-forbidden"
    case proxyMissing = "proxy-missing"
    /// The operation is done; the connection is reset before its answer.
    case reset
    /// The operation is done; the connection is reset in the middle of its answer: of its headers, if it has no body.
    case resetMidway = "reset-midway"
    /// The operation is done; nothing is ever answered.
    case stall
    /// The answer comes later.
    case delay
    /// The operation is done; the second half of the answer's body is missing, or that of its headers if it has no
    /// body, and the connection closed.
    case truncate
    /// The operation is done; the answer is 200 with XML that is none.
    case malformed
    /// The answer is 200 with an error in its body; the operation is not done.
    case errorIn200 = "error-in-200"
    /// The operation is done; the answer's Content-Length is more than there is. That of a HEAD would be taken for the
    /// object's: its answer is cut as by `truncate`.
    case wrongLength = "wrong-length"
    /// The operation is done; blanks and line ends stand before the answer's document, as S3 sends them while it copies.
    case blanks
  }

  /// An operation's name; `*` for all.
  var operation: String
  var fault: Fault
  /// A glob over the object's key; nil for all requests, also those about no object.
  var key: Wildcard?
  /// 0 to 1.
  var probability = 1.0
  /// How many times it still happens; nil for no end.
  var remaining: Int?
  var delay = Delay.fixed(0)

  /// How long an answer waits, in milliseconds.
  package enum Delay: Sendable {
    case fixed(Double)
    case uniform(ClosedRange<Double>)
    /// With that mean.
    case exponential(Double)

    func milliseconds(using random: inout SeededGenerator) -> Double {
      switch self {
      case .fixed(let value): value
      case .uniform(let range): .random(in: range, using: &random)
      case .exponential(let mean): -mean * log(Double.random(in: Double.leastNormalMagnitude...1, using: &random))
      }
    }
  }

  func fits(_ operation: String, key: ObjectKey?) -> Bool {
    guard self.operation == "*" || self.operation == operation else { return false }
    guard let pattern = self.key else { return true }
    return key.map { pattern.matches($0.text) } ?? false
  }
}

import Synchronization

@testable import AWSKit

/// What a scripted transport says to one request.
typealias ScriptedAnswer = Result<HTTPResponse, TransportError>

extension ScriptedAnswer {
  /// An answer with a body.
  static func status(
    _ status: Int, _ body: String = "", headers: [(name: String, value: String)] = []
  ) -> Self {
    .success(HTTPResponse(status: status, headers: HTTPHeaders(headers), body: Array(body.utf8)))
  }

  /// S3's XML for an error.
  static func error(
    _ status: Int, _ code: String, more: String = "", headers: [(name: String, value: String)] = []
  ) -> Self {
    .status(
      status,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>\(code)</Code><Message>because</Message>"
        + "\(more)</Error>", headers: headers)
  }

  /// No answer.
  static func broken(_ kind: TransportError.Kind) -> Self {
    .failure(TransportError(kind, "no answer"))
  }
}

/// A transport without a network: it keeps the requests and answers by a script.
final class ScriptedTransport: HTTPTransport {
  private let log = Log<HTTPRequest>()
  private let answer: @Sendable (_ request: HTTPRequest, _ ordinal: Int) async -> ScriptedAnswer
  private let count = Atomic<Int>(0)

  /// The requests so far, in the order in which they came.
  var requests: [HTTPRequest] { log.entries }

  /// Gives one answer after the other, and the last one for ever.
  convenience init(_ answers: [ScriptedAnswer]) {
    self.init { _, ordinal in answers[min(ordinal, answers.count - 1)] }
  }

  /// - Parameter answer: called with each request and how many there were before it.
  init(answer: @escaping @Sendable (_ request: HTTPRequest, _ ordinal: Int) async -> ScriptedAnswer) {
    self.answer = answer
  }

  func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let ordinal = count.wrappingAdd(1, ordering: .relaxed).oldValue
    log.note(request)
    return try await answer(request, ordinal).get()
  }
}

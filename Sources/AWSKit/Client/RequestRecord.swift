internal import Synchronization

/// What a request came to, to show it as evidence.
package struct RequestRecord: Sendable, Equatable {
  package let operation: String
  /// Whose credentials signed it, for messages; nil if nobody's did.
  package let account: String?
  /// Nil if no answer came.
  package let status: Int?
  package let requestID: String?

  /// Keeps the last record.
  package final class Recorder: Sendable {
    private let record = Mutex<RequestRecord?>(nil)

    package init() {}

    package var last: RequestRecord? { record.withLock { $0 } }

    fileprivate func keep(_ record: RequestRecord) {
      self.record.withLock { $0 = record }
    }
  }

  /// Keeps the requests that the current task and its children send; nil for nobody.
  @TaskLocal package static var recorder: Recorder?

  static func keep(_ operation: String, _ result: Result<HTTPResponse, AWSError>, account: String?) {
    guard let recorder else { return }
    switch result {
    case .success(let response):
      recorder.keep(
        RequestRecord(
          operation: operation, account: account, status: response.status,
          requestID: response.requestID?.cut(toBytes: 128)))
    case .failure:
      recorder.keep(RequestRecord(operation: operation, account: account, status: nil, requestID: nil))
    }
  }
}

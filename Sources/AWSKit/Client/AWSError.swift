/// Why an operation failed: on what, and everything that the server said of it.
package struct AWSError: Error, Sendable {
  /// What kind of failure it is, as far as callers decide by it.
  package enum Kind: Sendable, Equatable {
    /// The server answered with an error.
    case service
    /// No whole answer came.
    case transport(TransportError.Kind)
    /// The answer is not what S3 sends.
    case malformedAnswer
    /// There are no usable credentials.
    case credentials
    /// It was not sent: somebody asked the run to stop.
    case stopped
  }

  package let kind: Kind
  /// The operation's name in the S3 API.
  package let operation: String
  package let bucket: String?
  package let key: ObjectKey?
  package let status: Int?
  /// S3's error code; for a HEAD request, which has no body, one that stands for the status.
  package let code: String?
  package let message: String
  package let requestID: String?
  /// The region that the server says the bucket is in.
  package let region: String?
  /// Which service was asked.
  package let service: AWSService
  /// As whom the request was signed, for people: `profile tools`, `the environment`.
  package let account: String?
  /// The name and the value of the argument that the server objects to, as it shows them.
  package let argument: Argument?

  /// What an answer like `InvalidArgument` says of the argument that was wrong.
  package struct Argument: Sendable, Equatable {
    /// Such as `CanonicalUser/ID`.
    package let name: String
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }
  /// Whether the server may have carried out a write all the same: look before it is repeated.
  package internal(set) var isOutcomeUnknown = false

  package init(
    kind: Kind, operation: String, bucket: String? = nil, key: ObjectKey? = nil, status: Int? = nil,
    code: String? = nil, message: String, requestID: String? = nil, region: String? = nil, account: String? = nil,
    service: AWSService = .s3, argument: Argument? = nil
  ) {
    self.kind = kind
    self.operation = operation
    self.bucket = bucket
    self.key = key
    self.status = status
    self.code = code
    self.message = message
    self.requestID = requestID
    self.region = region
    self.account = account
    self.service = service
    self.argument = argument
  }

  package var isStopped: Bool { kind == .stopped }
  package var isNotFound: Bool { status == 404 }
  package var isAccessDenied: Bool { status == 403 && (code == nil || code == "AccessDenied") }
}

extension AWSError: CustomStringConvertible {
  package var description: String {
    var text = operation
    if let bucket {
      text += " s3://" + bucket.escapedForTerminal + (key.map { "/\($0)" } ?? "")
    }
    text += ":"
    if let status { text += " \(status)" }
    if let code { text += " " + code.escapedForTerminal }
    let account = account.map { "as \($0.escapedForTerminal)" }
    if let requestID { text += " (request \(requestID.escapedForTerminal)\(account.map { ", \($0)" } ?? ""))" }
    // Servers end their messages with a full stop or not, or send none; here a sentence goes on after it.
    let said = message.escapedForTerminal
    if !said.isEmpty { text += " " + (said.hasSuffix(".") ? String(said.dropLast()) : said) }
    if let argument, !argument.value.isEmpty {
      let name = argument.name.isEmpty ? "the value" : argument.name
      text += " (\("\(name) \(argument.value)".escapedForTerminal))"
    }
    if requestID == nil, let account { text += " (\(account))" }
    return text
  }
}

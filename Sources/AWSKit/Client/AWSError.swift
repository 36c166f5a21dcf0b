/// Why an operation failed, on what, and everything the server said about it.
package struct AWSError: Error, Sendable {
  /// The kinds of failure that callers distinguish.
  package enum Kind: Sendable, Equatable {
    /// The server answered with an error.
    case service
    /// No complete answer arrived.
    case transport(TransportError.Kind)
    /// The answer is not what S3 sends.
    case malformedAnswer
    /// There are no usable credentials.
    case credentials
    /// It was not sent, because the run is being stopped.
    case stopped
  }

  /// The argument named by an error such as `InvalidArgument`.
  package struct Argument: Sendable, Equatable {
    /// Such as `CanonicalUser/ID`.
    package let name: String
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  private struct Facts: Sendable {
    let kind: Kind
    let operation: String
    let bucket: String?
    let key: ObjectKey?
    let status: Int?
    let code: String?
    let message: String
    let requestID: String?
    let region: String?
    let account: String?
    let service: AWSService
    let argument: Argument?
    var isOutcomeUnknown = false
    var isOfUntriedFIPSHost = false
    var renewalFailure: String?
  }

  private final class Box: Sendable {
    let facts: Facts

    init(_ facts: Facts) {
      self.facts = facts
    }
  }

  /// Everything, behind one reference: each result has room for an error, and is passed on by many.
  private var box: Box

  private var facts: Facts {
    get { box.facts }
    set { box = Box(newValue) }
  }

  package var kind: Kind { facts.kind }
  /// The operation's name in the S3 API.
  package var operation: String { facts.operation }
  package var bucket: String? { facts.bucket }
  package var key: ObjectKey? { facts.key }
  package var status: Int? { facts.status }
  /// S3's error code. A HEAD request's answer has no body; then a code that stands for its status.
  package var code: String? { facts.code }
  package var message: String { facts.message }
  package var requestID: String? { facts.requestID }
  /// The bucket's region according to the server.
  package var region: String? { facts.region }
  /// The service that was called.
  package var service: AWSService { facts.service }
  /// Whose credentials signed the request, for messages: `profile tools`, `the environment`.
  package var account: String? { facts.account }
  /// The argument that the server rejected, as the server shows it.
  package var argument: Argument? { facts.argument }
  /// Whether the server may have carried out the write despite the error: look before repeating it.
  package internal(set) var isOutcomeUnknown: Bool {
    get { facts.isOutcomeUnknown }
    set { facts.isOutcomeUnknown = newValue }
  }
  /// Whether a FIPS host was asked for, and none of the service's hosts has answered yet.
  package internal(set) var isOfUntriedFIPSHost: Bool {
    get { facts.isOfUntriedFIPSHost }
    set { facts.isOfUntriedFIPSHost = newValue }
  }
  /// Why there are no other credentials in place of those that have expired, and what to do about it.
  package internal(set) var renewalFailure: String? {
    get { facts.renewalFailure }
    set { facts.renewalFailure = newValue }
  }

  package init(
    kind: Kind, operation: String, bucket: String? = nil, key: ObjectKey? = nil, status: Int? = nil,
    code: String? = nil, message: String, requestID: String? = nil, region: String? = nil, account: String? = nil,
    service: AWSService = .s3, argument: Argument? = nil
  ) {
    box = Box(
      Facts(
        kind: kind, operation: operation, bucket: bucket, key: key, status: status, code: code, message: message,
        requestID: requestID, region: region, account: account, service: service, argument: argument))
  }

  package var isStopped: Bool { kind == .stopped }
  /// Whether the reason may be that the service has no FIPS host in the region. Proxies say it in their own ways.
  package var isWithoutFIPSHost: Bool {
    switch kind {
    case .transport(.cannotConnect), .transport(.refusedByProxy), .transport(.interrupted): isOfUntriedFIPSHost
    default: false
    }
  }
  package var isNotFound: Bool { kind == .service && status == 404 }
  /// Whether the service forbids it, for whatever reason.
  package var isForbidden: Bool { kind == .service && status == 403 }
  package var isAccessDenied: Bool { isForbidden && (code == nil || code == "AccessDenied") }
}

extension AWSError: CustomStringConvertible {
  package var description: String { text(withAccount: true) }

  /// - Parameter withAccount: whether to say who signed the request.
  func text(withAccount: Bool) -> String {
    // Servers may or may not end messages with a full stop, or send none; here text follows.
    var said = message.escapedForTerminal
    while said.last == " " || said.last == "." { said.removeLast() }
    // Nothing was sent, and the message names the profile: what would have been asked for does not matter.
    if kind == .credentials, operation != Self.missingCredentials { return said }
    var text = operation
    if let bucket {
      text += " s3://" + bucket.escapedForTerminal + (key.map { "/\($0)" } ?? "")
    }
    text += ":"
    if let status { text += " \(status)" }
    if let code { text += " " + code.escapedForTerminal }
    let account = (withAccount ? account : nil).map { "as \($0.escapedForTerminal)" }
    if let requestID { text += " (request \(requestID.escapedForTerminal)\(account.map { ", \($0)" } ?? ""))" }
    if !said.isEmpty { text += " " + said }
    if let argument, !argument.value.isEmpty {
      let name = argument.name.isEmpty ? "the value" : argument.name
      text += " (\("\(name) \(argument.value)".escapedForTerminal))"
    }
    if requestID == nil, let account { text += " (\(account))" }
    return text
  }
}

package import AWSKit

/// What the server said of one object that cannot be read, bounded in length: texts of servers can be long.
package struct ObjectFailure: Hashable, Sendable {
  /// S3's name of what was asked for.
  package let operation: String
  package let status: Int?
  /// S3's error code.
  package let code: String?
  package let requestID: String?
  package let message: String
  /// The profile that asked; nil for the environment's keys, and in plans, which do not depend on it.
  package var profile: String?

  /// The most bytes of a name or ID, and of the message.
  private static let maximumNameLength = 128
  private static let maximumMessageLength = 256

  package init(
    operation: String, status: Int? = nil, code: String? = nil, requestID: String? = nil, message: String = ""
  ) {
    self.operation = operation.cut(to: Self.maximumNameLength)
    self.status = status
    self.code = code?.cut(to: Self.maximumNameLength)
    self.requestID = requestID?.cut(to: Self.maximumNameLength)
    self.message = message.cut(to: Self.maximumMessageLength)
  }

  package init(_ error: AWSError) {
    self.init(
      operation: error.operation, status: error.status, code: error.code, requestID: error.requestID,
      message: error.message)
  }

  /// The failure with the profile that asked.
  package static func withProfile(_ error: AWSError) -> ObjectFailure {
    var failure = ObjectFailure(error)
    let prefix = "profile "
    if let account = error.account, account.hasPrefix(prefix) {
      failure.profile = String(account.dropFirst(prefix.count))
    }
    return failure
  }

  /// The failure without what differs from object to object: equal ones are told of once.
  package var kind: ObjectFailure { ObjectFailure(operation: operation, status: status, code: code) }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("operation", operation)
      if let status { json.member("status", status) }
      if let code { json.member("code", code) }
      if let requestID { json.member("requestId", requestID) }
      if let profile { json.member("profile", profile) }
      if !message.isEmpty { json.member("message", message) }
    }
  }

  /// - Throws: `JSONLineReader.Damage` where it is no such object.
  init(reading reader: inout JSONLineReader) throws {
    var (operation, code, requestID, message): (String?, String?, String?, String?)
    var status: Int?
    try reader.object { reader, name in
      switch name {
      case "operation": operation = try reader.text()
      case "status": status = try reader.integer()
      case "code": code = try reader.text()
      case "requestId": requestID = try reader.text()
      case "message": message = try reader.text()
      default: try reader.skip()
      }
    }
    guard let operation else { throw JSONLineReader.Damage() }
    self.init(operation: operation, status: status, code: code, requestID: requestID, message: message ?? "")
  }
}

extension ObjectFailure: CustomStringConvertible {
  /// Escaped for a terminal: `GetObjectAcl: 400 InvalidRequest (request 4F…): a message`.
  package var description: String {
    let answer = [
      status.map { "\($0)" }, code?.escapedForTerminal, requestID.map { "(request \($0.escapedForTerminal))" },
    ]
    let words = answer.compactMap { $0 }.joined(separator: " ")
    return ([operation.escapedForTerminal, words, message.escapedForTerminal].filter { !$0.isEmpty })
      .joined(separator: ": ")
  }
}

extension String {
  /// The text, or as much of its beginning as has so many bytes.
  fileprivate func cut(to length: Int) -> String {
    guard utf8.count > length else { return self }
    let ellipsis = "…"
    // The bytes of a character that is cut are left out.
    var bytes = utf8.prefix(length - ellipsis.utf8.count)[...]
    while !bytes.isEmpty, String(validating: bytes, as: UTF8.self) == nil { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self) + ellipsis
  }
}

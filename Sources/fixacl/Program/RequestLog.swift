internal import Logging

/// Tells each request on stderr, as `--verbose` wants it.
struct RequestLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.debug

  /// Nil unless requests are logged.
  static var logger: Logger? {
    guard Console.shared.shows(.debug) else { return nil }
    return Logger(label: "fixacl.aws") { _ in RequestLog() }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let fields = (event.metadata ?? [:]).mapValues { "\($0)" }
    var text = fields["operation"] ?? ""
    if let bucket = fields["bucket"] { text += " s3://" + bucket + (fields["key"].map { "/\($0)" } ?? "") }
    text += ": " + (fields["status"] ?? fields["failure"] ?? "") + " in \(fields["milliseconds"] ?? "") ms"
    if let attempt = fields["attempt"], attempt != "1" { text += ", attempt \(attempt)" }
    if let id = fields["requestId"] { text += " (request \(id))" }
    var message = Message(.debug, event.message.description, text)
    message.fields = fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    Console.shared.say(message)
  }
}

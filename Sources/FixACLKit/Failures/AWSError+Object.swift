internal import AWSKit

extension AWSError {
  /// Whether it may concern its object alone. If not, no other object could be read either: the server cannot be
  /// reached, or it takes no request with these credentials.
  var mayConcernOneObject: Bool {
    guard key != nil, !refusesCredentials, code != "NoSuchBucket" else { return false }
    switch kind {
    case .service, .malformedAnswer: return true
    case .transport(.cannotConnect), .transport(.refusedByProxy), .transport(.untrusted), .credentials, .stopped:
      return false
    case .transport: return true
    }
  }

  /// Whether the same question may be answered a while later. Throttling was waited for long enough.
  var mayPass: Bool {
    switch kind {
    case .malformedAnswer, .transport: true
    case .service: isServerTrouble || status == 200 || code == "RequestTimeTooSkewed"
    case .credentials, .stopped: false
    }
  }
}

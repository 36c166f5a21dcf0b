internal import Glibc
internal import AWSKit

extension SandboxState {
  /// Counts and answers one request, with the faults that were asked for.
  ///
  /// - Parameters:
  ///   - operation: its name in the service's API.
  ///   - isWrite: whether S3's limits count it among the writes.
  ///   - failure: writes an error as the service does.
  ///   - perform: does the operation; not called where a fault refuses it.
  func deliver(
    _ operation: String, isWrite: Bool, bucket: String? = nil, key: ObjectKey? = nil,
    failure: (ServiceError) -> SandboxResponse, perform: () throws(ServiceError) -> SandboxResponse
  ) -> Delivery {
    counters.count(request: operation)
    let decision = faults.decide(operation, isWrite: isWrite, bucket: bucket, key: key, at: Self.monotonicSeconds)
    var delivery = Delivery(
      response: SandboxResponse(), delayMilliseconds: decision.delayMilliseconds)
    do throws(ServiceError) {
      switch decision.fault {
      case .slowdown: throw ServiceError(503, "SlowDown", "Please reduce your request rate.")
      case .internal: throw .internalError(status: 500)
      case .errorIn200: throw .internalError(status: 200)
      case .forbidden: throw .accessDenied
      case .proxyForbidden: delivery.response = .ofProxy(403, "Forbidden")
      case .proxyMissing: delivery.response = .ofProxy(404, "Not Found")
      default:
        delivery.response = try perform()
        counters.count(success: operation, bucket: bucket, key: key)
      }
    } catch {
      delivery.response = failure(error)
    }
    // Also an answer that is an error of its own can be broken.
    delivery.apply(decision.fault)
    if let fault = decision.fault { counters.count(fault: fault.rawValue) }
    return delivery
  }

  /// Of a clock that does not go back.
  static var monotonicSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

extension ServiceError {
  fileprivate static func internalError(status: Int) -> ServiceError {
    ServiceError(status, "InternalError", "We encountered an internal error. Please try again.")
  }
}

extension Delivery {
  /// Breaks an answer as a fault asks for.
  fileprivate mutating func apply(_ fault: FaultRule.Fault?) {
    switch fault {
    case .reset: ending = .reset
    case .resetMidway: ending = .resetMidway
    case .stall: ending = .stall
    case .truncate: ending = .truncated
    case .wrongLength: ending = .wrongLength
    case .blanks: if !response.body.isEmpty { response.body = Array(" \n\n  ".utf8) + response.body }
    case .malformed:
      // Nothing of the answer stays: a HEAD, which has no body, would be right by its headers.
      response = .xml(document: Array("<Malformed><Unclosed></Malformed>".utf8))
    default: break
    }
  }
}

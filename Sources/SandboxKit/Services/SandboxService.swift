internal import NIOHTTP1
internal import AWSKit

/// A service other than S3: it finds out what a request asks for, does it, and writes errors in a form of its own.
protocol SandboxService: AnyObject {
  var state: SandboxState { get }

  /// - Throws: 501 for what the sandbox does not do.
  func operation(of request: SandboxRequest) throws(ServiceError) -> ServiceOperation

  /// Writes an error as the service does.
  func failure(_ error: ServiceError, requestID: String) -> SandboxResponse
}

/// What a request asks of a service.
struct ServiceOperation {
  /// As in the service's API, by which faults and counters name it too.
  let name: String
  let isWrite: Bool
  /// Does it; the argument is the request's ID.
  let perform: (String) throws(ServiceError) -> SandboxResponse

  init(
    _ name: String, isWrite: Bool = false, perform: @escaping (String) throws(ServiceError) -> SandboxResponse
  ) {
    self.name = name
    self.isWrite = isWrite
    self.perform = perform
  }
}

extension SandboxService {
  /// Answers one request, with the faults that were asked for.
  func deliver(_ request: SandboxRequest) -> Delivery {
    let requestID = state.newRequestID()
    func failure(_ error: ServiceError) -> SandboxResponse { self.failure(error, requestID: requestID) }
    var delivery: Delivery
    do throws(ServiceError) {
      let operation = try operation(of: request)
      delivery = state.deliver(
        operation.name, isWrite: operation.isWrite, failure: failure,
        perform: { () throws(ServiceError) in try operation.perform(requestID) })
    } catch {
      delivery = Delivery(response: failure(error))
    }
    guard !delivery.response.isOfProxy else { return delivery }
    delivery.response.headers.add(name: "x-amzn-RequestId", value: requestID)
    delivery.response.headers.add(name: "Date", value: Timestamp.now().httpDate)
    return delivery
  }
}

/// A service whose requests are signed.
protocol SignedService: SandboxService {
  var verifier: SignatureVerifier { get set }
}

extension SignedService {
  /// Who signed a request, and the body that was signed.
  func signer(
    of request: SandboxRequest, now: Timestamp
  ) throws(ServiceError) -> (identity: AccountDirectory.Identity, body: [UInt8]) {
    let verified = try verifier.verify(request, accounts: state.accounts, now: now)
    guard case .identity(let identity) = verified.caller else { throw .missingAuthenticationToken }
    return (identity, verified.body)
  }
}

package import Logging
internal import Synchronization

/// Calls S3 or another AWS service with one set of credentials: signs, sends, retries, renews credentials that have
/// expired, and follows a bucket to its region.
package final class AWSClient: Sendable {
  /// Waiting and randomness, replaceable in tests.
  package struct Dependencies: Sendable {
    /// Waits for that many seconds.
    package var sleep: @Sendable (Double) async -> Void = { seconds in
      try? await Task.sleep(nanoseconds: UInt64(seconds * 1e9))
    }
    package var now: @Sendable () -> Timestamp = { Timestamp.now() }
    /// Seconds of a clock that is never set; only differences matter.
    package var uptime: @Sendable () -> Double = RequestGate.Clock().now
    /// In 0..<1.
    package var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

    package init() {}
  }

  /// Where requests go, and the signer for it.
  private struct Place: Sendable {
    let region: Region
    let signer: SigV4Signer

    init(_ region: Region, service: AWSService) {
      self.region = region
      signer = SigV4Signer(region: service.signingRegion(region).name, service: service.signingName)
    }
  }

  package let service: AWSService
  package let endpoint: AWSEndpoint
  /// Whose credentials these are, for messages: `profile tools`, `the environment`; nil if unknown.
  package let account: String?
  private let requestPayer: RequestPayer?
  private let transport: any HTTPTransport
  /// Nil for operations that nobody signs.
  private let credentials: (any CredentialsProvider)?
  private let throttle: Throttle
  /// Told of each request at debug level, on any thread; nil if nobody wants to know.
  private let logger: Logger?
  private let surroundings: Dependencies
  /// The configured region at first, then the one that the server named.
  private let place: Mutex<Place>
  /// How many seconds the server's clock is ahead of this machine's.
  private let clockOffset = Atomic<Int>(0)
  /// Whether the service gives its answers IDs.
  private let namesRequests = Atomic<Bool>(false)
  /// The uptime in milliseconds of the last request whose signature the server took.
  private let acceptedAt = Atomic<Int>(.min / 2)
  let aclDocuments = ACLDocumentCache()

  package init(
    service: AWSService = .s3, endpoint: AWSEndpoint, region: Region, credentials: (any CredentialsProvider)?,
    transport: any HTTPTransport, throttle: Throttle, surroundings: Dependencies = Dependencies(),
    account: String? = nil, requestPayer: RequestPayer? = nil, logger: Logger? = nil
  ) {
    self.logger = logger.flatMap { $0.logLevel <= .debug ? $0 : nil }
    self.service = service
    self.endpoint = endpoint
    self.credentials = credentials
    self.account = account
    self.requestPayer = requestPayer
    self.transport = transport
    self.throttle = throttle
    self.surroundings = surroundings
    place = Mutex(Place(region, service: service))
  }

  /// The executor for a task that sends one request after another with little work in between; nil if it makes no
  /// difference.
  ///
  /// - Parameter number: the number of the task. Few tasks with low numbers share a thread, which costs least.
  package func executor(number: Int) -> (any TaskExecutor)? { transport.executor(number: number) }

  /// How many such tasks keep the server busy.
  ///
  /// - Parameter underWay: how many there are now.
  package func wantedWork(underWay: Int) -> Int { throttle.gate.wantedWork(underWay: underWay) }

  /// The region that requests go to.
  package var region: Region { place.withLock { $0.region } }

  /// Runs an operation, with retries.
  package func run<Output>(_ operation: AWSOperation<Output>) async throws(AWSError) -> Output {
    var attempt = 1
    var throttled = 0
    var redirects = 0
    var isClockSet = false
    var renewals = 0
    var lastFailure: RetryableFailure?
    while true {
      let failure: RetryableFailure?
      var error: AWSError
      var retryAfter: Double?
      let (result, sent) = await send(operation)
      RequestRecord.keep(operation.name, result, account: account)
      if let logger { log(operation, result, attempt: attempt, seconds: sent.seconds, to: logger) }
      switch result {
      case .success(let response):
        switch read(response, of: operation, sent) {
        case .success(let output):
          throttle.noteSuccess(afterRetryOf: lastFailure, of: operation.scope)
          noteAccepted(sent)
          if !namesRequests.load(ordering: .relaxed), response.requestID != nil {
            namesRequests.store(true, ordering: .relaxed)
          }
          return output
        case .failure(let serviceError):
          error = serviceError
          if redirects < 2, await followsRegion(of: error, operation, insteadOf: sent.region) {
            redirects += 1
            continue
          }
          if !isClockSet, adoptClock(of: response, error, sent) {
            isClockSet = true
            continue
          }
          if operation.method == .head {
            error = await reason(of: error, operation, sent)
          } else if error.isAccessDenied {
            noteAccepted(sent)
          }
          // Nothing was done for expired credentials, so that a write may be sent again.
          if renewals < Self.maximumRenewals {
            switch await renewal(after: error, sent) {
            case .done:
              renewals += 1
              continue
            case .failed(let reason): error.renewalFailure = reason
            case .noneDue: break
            }
          }
          failure = retryableFailure(for: error)
          retryAfter = response.headers["retry-after"].flatMap { Double($0) }
        }
      case .failure(let sendError):
        error = sendError
        failure = retryableFailure(for: error)
      }
      if operation.repetition == .afterLook, error.mayHaveBeenDone {
        error.isOutcomeUnknown = true
        throw error
      }
      attempt += throttle.policy.extraAttempts(forSeconds: sent.seconds)
      guard let failure else {
        if error.kind == .service, !error.refusesCredentials {
          throttle.noteAnswer(afterRetryOf: lastFailure, of: operation.scope)
        }
        throw error
      }
      if failure == .throttled { throttled += 1 }
      guard
        await waits(
          afterAttempt: attempt, throttled: throttled, failure, of: operation.scope, retryAfterSeconds: retryAfter)
      else { throw error }
      lastFailure = failure
      attempt += 1
    }
  }

  private func log<Output>(
    _ operation: AWSOperation<Output>, _ result: Result<HTTPResponse, AWSError>, attempt: Int,
    seconds: Double, to logger: Logger
  ) {
    var metadata: Logger.Metadata = [
      "operation": "\(operation.name)", "attempt": "\(attempt)",
      "milliseconds": "\(Int(seconds * 1000))",
    ]
    if let bucket = operation.bucket { metadata["bucket"] = "\(bucket)" }
    if let key = operation.key { metadata["key"] = "\(key.text)" }
    if let account { metadata["profile"] = "\(account)" }
    switch result {
    case .success(let response):
      metadata["status"] = "\(response.status)"
      if let id = response.requestID { metadata["requestId"] = "\(id)" }
    case .failure(let error): metadata["failure"] = "\(error.message)"
    }
    logger.debug("request", metadata: metadata)
  }

  /// How a request was signed and sent.
  private struct Sent: Sendable {
    let region: Region
    var credentials: Credentials?
    /// The time that it was signed with.
    var time = Timestamp(seconds: 0)
    /// The uptime in milliseconds then.
    var uptime = 0
    /// How long the server had it, in seconds: not how long it waited for credentials or its turn.
    var seconds = 0.0
    var authorization: String?
    /// Secrets in the operation itself.
    var secrets: [String] = []

    /// Removes this request's secrets from a server's text.
    var scrubber: SecretScrubber {
      // The signature and the scope, without the algorithm's name, which servers may mention.
      let words = authorization?.split(separator: " ") ?? []
      let signature = authorization?.split(separator: "=").last ?? ""
      return SecretScrubber(
        [
          credentials?.secretAccessKey ?? "", credentials?.sessionToken ?? "",
          words.dropFirst().joined(separator: " "), String(signature),
        ] + secrets)
    }
  }

  /// Waits before repeating a write that, as a look has shown, was not made.
  ///
  /// - Parameters:
  ///   - error: why its outcome was unknown.
  ///   - attempt: the number of failed attempts.
  /// - Returns: false if it must not be repeated: attempts or the retry budget are used up, or the run is being
  ///   stopped.
  package func mayRepeat(after error: AWSError, attempt: Int) async -> Bool {
    guard let failure = error.retryableFailure else { return false }
    return await waits(afterAttempt: attempt, throttled: 0, failure, of: .objectWrite, retryAfterSeconds: nil)
  }

  private func waits(
    afterAttempt attempt: Int, throttled: Int, _ failure: RetryableFailure, of scope: RequestScope,
    retryAfterSeconds: Double?
  ) async -> Bool {
    guard throttle.allowsRetry(afterAttempt: attempt, throttled: throttled, failure: failure, of: scope) else {
      return false
    }
    let delay = throttle.policy.delaySeconds(
      attempt: attempt, retryAfterSeconds: retryAfterSeconds, random: surroundings.random())
    await throttle.pause(seconds: delay, surroundings.sleep)
    return true
  }

  /// Sends the operation once.
  ///
  /// - Parameter chosen: the credentials to sign with; nil for today's.
  private func send<Output>(
    _ operation: AWSOperation<Output>, with chosen: Credentials? = nil
  ) async -> (result: Result<HTTPResponse, AWSError>, sent: Sent) {
    if let obstacle = operation.obstacle ?? operation.body.obstacle {
      return (
        .failure(self.error(.transport(.other), in: operation, message: obstacle)), Sent(region: region)
      )
    }
    // Waited for before a place is taken, which others can use meanwhile.
    if chosen == nil, let failure = await credentialsFailure(of: operation) {
      return (.failure(failure), Sent(region: region))
    }
    guard let pass = await throttle.gate.enter(operation.kind) else {
      return (.failure(stopped(operation)), Sent(region: region))
    }
    let provided: Credentials?
    do {
      // The turn may have come late: the ones of then may have ended.
      provided = if let chosen { chosen } else { try await credentials?.credentials() }
    } catch {
      throttle.gate.leave(pass, operation: operation.name, outcome: .failed)
      return (.failure(self.failure(of: operation, error)), Sent(region: region))
    }
    let place = place.withLock { $0 }
    var request = request(for: operation, region: place.region)
    let time = Timestamp(seconds: surroundings.now().seconds + clockOffset.load(ordering: .relaxed))
    let began = surroundings.uptime()
    if let provided {
      place.signer.sign(
        &request, credentials: provided, at: time,
        payloadHash: operation.body.payloadHash)
    }
    throttle.noteRequest(operation.name)
    let result: Result<HTTPResponse, AWSError>
    do {
      let response = try await transport.send(request)
      let throttled = isThrottling(response)
      if throttled { throttle.noteThrottled() }
      throttle.gate.leave(pass, operation: operation.name, outcome: throttled ? .throttled : .answered)
      result = .success(response)
    } catch {
      throttle.gate.leave(pass, operation: operation.name, outcome: .failed)
      let message = "\(error.message) (\(request.scheme)://\(request.authority))"
      var error = self.error(.transport(error.kind), in: operation, message: message)
      error.isOfUntriedFIPSHost = endpoint.hosts(.fips) && !throttle.hasSucceeded
      result = .failure(error)
    }
    let authorization = request.headers.last { $0.name == "Authorization" }?.value
    return (
      result,
      Sent(
        region: place.region, credentials: provided, time: time, uptime: Int(began * 1000),
        seconds: surroundings.uptime() - began, authorization: authorization, secrets: operation.secrets)
    )
  }

  /// Why there are no credentials for an operation; nil if there are.
  private func credentialsFailure<Output>(of operation: AWSOperation<Output>) async -> AWSError? {
    do {
      _ = try await credentials?.credentials()
      return nil
    } catch {
      return failure(of: operation, error)
    }
  }

  private func failure<Output>(of operation: AWSOperation<Output>, _ error: any Error) -> AWSError {
    if let error = error as? CredentialsError, error.code == .stopped { return stopped(operation) }
    return self.error(.credentials, in: operation, message: "\(error)")
  }

  private func stopped<Output>(_ operation: AWSOperation<Output>) -> AWSError {
    error(.stopped, in: operation, message: "not sent, since the run was stopped")
  }

  /// What came of asking for other credentials.
  private enum Renewal {
    /// Nobody said that these have expired, or there are no others.
    case noneDue
    case done
    case failed(String)
  }

  /// Asks for other credentials if the server says that these have expired.
  private func renewal(after error: AWSError, _ sent: Sent) async -> Renewal {
    guard let credentials, let rejected = sent.credentials, error.saysCredentialsExpired else { return .noneDue }
    do {
      return try await credentials.credentials(insteadOf: rejected).signLike(rejected) ? .noneDue : .done
    } catch let error as CredentialsError where error.code == .stopped {
      // The next attempt says so.
      return .done
    } catch {
      return .failed("\(error)")
    }
  }

  /// The answer to a HEAD is a status and nothing else: 400 is S3's for a session's credentials that it rejects, and for
  /// an object that is encrypted with a customer's key; 403 for a reader who may not, and for keys that it does not know.
  /// The same asked by a GET of one byte says which.
  ///
  /// - Returns: the error that says so; the given one if the credentials are good, or were just now.
  private func reason<Output>(
    of error: AWSError, _ operation: AWSOperation<Output>, _ sent: Sent
  ) async -> AWSError {
    guard error.kind == .service, let status = error.status, let rejected = sent.credentials, operation.key != nil
    else {
      return error
    }
    switch status {
    case 400 where rejected.sessionToken != nil: break
    case 403 where !wasAccepted(sent): break
    default: return error
    }
    var question = operation
    question.method = .get
    question.headers.append(("Range", "bytes=0-0"))
    question.maximumResponseBytes = 64 << 10
    let (result, sent) = await send(question, with: rejected)
    let response: HTTPResponse
    switch result {
    // Not knowing why, nobody may act on it.
    case .failure(let failure): return failure
    case .success(let answer): response = answer
    }
    // An object's range may be empty, too.
    if response.isSuccess || response.status == 416 {
      noteAccepted(sent)
      return self.error(
        .malformedAnswer, in: operation, status: status, message: "\(status), but not to a GET",
        requestID: error.requestID, sent: sent)
    }
    let answer = serviceError(response, of: question, sent)
    guard !answer.refusesCredentials, answer.retryableFailure == nil else { return answer }
    // What it says of the object is better than nothing; a customer's key is known by the HEAD's 400.
    if status == 403, !answer.isAccessDenied { return answer }
    noteAccepted(sent)
    return error
  }

  /// The server took a request's signature, whatever it answered.
  private func noteAccepted(_ sent: Sent) {
    acceptedAt.max(sent.uptime, ordering: .relaxed)
  }

  /// Whether it took another one's at that time, or later.
  private func wasAccepted(_ sent: Sent) -> Bool {
    sent.uptime - acceptedAt.load(ordering: .relaxed) <= Self.acceptanceMilliseconds
  }

  private func request<Output>(for operation: AWSOperation<Output>, region: Region) -> HTTPRequest {
    let address = endpoint.address(
      of: service, bucket: operation.bucket, region: region, account: operation.account)
    var path = address.path + (operation.path ?? "")
    if let key = operation.key {
      path += "/" + PercentEncoding.encode(key.bytes, keepingSlashes: true)
    }
    var headers = operation.headers
    if let requestPayer, service == .s3 { headers.append((RequestPayer.header, requestPayer.rawValue)) }
    if !operation.body.bytes.isEmpty, service == .s3 { headers.append(("Content-MD5", operation.body.contentMD5)) }
    var request = HTTPRequest(
      method: operation.method, scheme: address.scheme, authority: address.authority,
      path: path.isEmpty ? "/" : path, query: operation.canonicalQuery, headers: headers,
      body: operation.body.bytes, maximumResponseBytes: operation.maximumResponseBytes,
      // A server that has never answered may be a mistyped address: give up sooner.
      stallTimeoutSeconds: throttle.hasSucceeded
        ? operation.stallTimeoutSeconds : operation.stallTimeoutSeconds ?? Self.firstStallTimeoutSeconds,
      deadlineSeconds: operation.deadlineSeconds, maySendTwice: operation.repetition == .always)
    if operation.sendsBlanks { request.minimumBytesPerSecond = 1 }
    return request
  }

  private func read<Output>(
    _ response: HTTPResponse, of operation: AWSOperation<Output>, _ sent: Sent
  ) -> Result<Output, AWSError> {
    guard response.isSuccess else { return .failure(serviceError(response, of: operation, sent)) }
    do {
      return .success(try operation.parse(response))
    } catch .unexpectedRoot("Error") {
      // S3 can send status 200 when it begins to work, and an error when it fails.
      return .failure(serviceError(response, of: operation, sent))
    } catch {
      return .failure(
        self.error(
          .malformedAnswer, in: operation, status: response.status, message: error.description,
          requestID: response.requestID, sent: sent))
    }
  }

  private func serviceError<Output>(
    _ response: HTTPResponse, of operation: AWSOperation<Output>, _ sent: Sent
  ) -> AWSError {
    let body = ServiceErrorBody(response)
    if isOfAProxy(response, body, of: operation) {
      return error(
        .malformedAnswer, in: operation, status: response.status, message: "not the service's own answer", sent: sent)
    }
    return error(
      .service, in: operation, status: response.status, code: body.code ?? Self.standInCode(for: response.status),
      message: body.message, requestID: response.requestID ?? body.requestID,
      region: response.headers["x-amz-bucket-region"] ?? body.region, argument: body.argument, sent: sent)
  }

  /// Whether something between here and the service has answered, which says nothing of objects or rights: it has words of
  /// its own, and no ID of the request, which services give all their answers.
  private func isOfAProxy<Output>(
    _ response: HTTPResponse, _ body: ServiceErrorBody, of operation: AWSOperation<Output>
  ) -> Bool {
    guard body.code == nil, (400..<500).contains(response.status), response.requestID == nil,
      !AWSError.isPassing(status: response.status, code: nil)
    else { return false }
    return operation.method != .head && !body.isBlank || namesRequests.load(ordering: .relaxed)
  }

  private func error<Output>(
    _ kind: AWSError.Kind, in operation: AWSOperation<Output>, status: Int? = nil, code: String? = nil,
    message: String, requestID: String? = nil, region: String? = nil, argument: AWSError.Argument? = nil,
    sent: Sent? = nil
  ) -> AWSError {
    let scrubber = sent?.scrubber
    /// A server's text reaches terminals and journals: remove secrets, and bound its length.
    func bounded(_ text: String, _ maximum: Int) -> String {
      (scrubber?.scrub(text) ?? text).cut(toBytes: maximum)
    }
    return AWSError(
      kind: kind, operation: operation.name, bucket: operation.bucket, key: operation.key,
      status: status, code: code.map { bounded($0, 128) }, message: bounded(message, 1024),
      requestID: requestID.map { bounded($0, 128) }, region: region.map { bounded($0, 128) }, account: account,
      service: service,
      argument: argument.map { AWSError.Argument(name: bounded($0.name, 128), value: bounded($0.value, 256)) })
  }

  /// Adopts the server's time from an error about clock skew, as AWS's SDKs do.
  ///
  /// - Returns: whether to retry.
  private func adoptClock(of response: HTTPResponse, _ error: AWSError, _ sent: Sent) -> Bool {
    guard error.kind == .service, let time = response.headers["date"].flatMap(Timestamp.init(httpDate:)) else {
      return false
    }
    let offset = time.seconds - surroundings.now().seconds
    // By what the request was signed with: since then another may have adopted the time, or this machine woken up.
    let difference = abs(time.seconds - sent.time.seconds)
    guard abs(offset) <= Self.maximumClockOffset, difference > 0 else { return false }
    // Services other than S3 say no more than that the signature is wrong, and take five minutes.
    let isSkewed =
      error.code.map { code in
        AWSError.clockCodes.contains(code)
          || service != .s3 && Self.signatureCodes.contains(code) && difference >= Self.toleratedSkewOfOthers
      } ?? false
    // The answer to a HEAD does not say why.
    let mayBe = error.status == 403 && response.body.isEmpty && difference >= Self.toleratedSkew
    guard isSkewed || mayBe else { return false }
    clockOffset.store(offset, ordering: .relaxed)
    return true
  }

  /// Others may end too, while a request waits for its turn.
  private static let maximumRenewals = 10
  private static let signatureCodes: Set<String> = ["SignatureDoesNotMatch", "InvalidSignatureException"]
  /// The same of other services (IAM User Guide, "Signature Version 4: request is expired"), in seconds.
  private static let toleratedSkewOfOthers = 300
  /// How far off S3 lets a signature's time be (S3 API Reference, error codes: RequestTimeTooSkewed), in seconds.
  private static let toleratedSkew = 900
  /// How long credentials are taken for good after the server took a signature.
  private static let acceptanceMilliseconds = 1000
  /// The stall timeout while no request has succeeded yet.
  private static let firstStallTimeoutSeconds = 10
  /// More than a wrong time zone makes. With a clock further off, certificates fail as well.
  private static let maximumClockOffset = 86_400

  /// Adopts the bucket's region after an error that says that it is in another one. If the error does not say which, a
  /// HEAD of the bucket does: S3 answers it with the region, to any caller and in any region.
  ///
  /// - Returns: whether to retry.
  private func followsRegion<Output>(
    of error: AWSError, _ operation: AWSOperation<Output>, insteadOf signedRegion: Region
  ) async -> Bool {
    if adoptRegion(error.region, status: error.status, insteadOf: signedRegion) { return true }
    guard service == .s3, endpoint.url == nil, error.region == nil, let bucket = operation.bucket,
      error.status == 301 || error.status == 307 || Self.otherRegionCodes.contains(error.code ?? "")
    else { return false }
    let question = AWSOperation<Void>("HeadBucket", .head, bucket: bucket, parse: AWSOperation.expectNoError)
    guard case .success(let response) = await send(question).result else { return false }
    return adoptRegion(response.headers["x-amz-bucket-region"], status: error.status, insteadOf: signedRegion)
  }

  /// Errors of buckets in other regions, which need not name them. Regions that accounts have to opt in to have the last.
  private static let otherRegionCodes: Set<String> = [
    "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException",
  ]

  /// Adopts the region that a server names. Only the region is taken from the answer; the host is built from it here, so
  /// no answer can send credentials elsewhere; nor to another partition, since accounts do not reach beyond theirs.
  ///
  /// - Parameter signedRegion: the region of the failed request; another request may have adopted the new one by now.
  /// - Returns: whether to retry.
  private func adoptRegion(_ name: String?, status: Int?, insteadOf signedRegion: Region) -> Bool {
    guard service == .s3, let region = name.flatMap(Region.init), region != signedRegion,
      endpoint.accepts(region), let status, [301, 307, 400, 403].contains(status),
      endpoint.url != nil || Partition.of(region) == Partition.of(signedRegion)
    else { return false }
    place.withLock { if $0.region != region { $0 = Place(region, service: service) } }
    return true
  }

  /// S3 says it by a status, but for errors that come late; other services by an error's code.
  private func isThrottling(_ response: HTTPResponse) -> Bool {
    if response.status == 503 || response.status == 429 { return true }
    let mayBe =
      response.isSuccess
      ? ServiceErrorBody.isAtHead(of: response.body) : response.status == 400 || service != .s3
    guard mayBe else { return false }
    return ServiceErrorBody(response).code.map(AWSError.isThrottling(code:)) ?? false
  }

  /// How a failure counts for retries; nil if a retry makes no sense.
  ///
  /// A server that has never answered like S3 may be a mistyped address, or `https` for `http`: those give up sooner.
  private func retryableFailure(for error: AWSError) -> RetryableFailure? {
    let failure = error.retryableFailure
    guard failure != nil, !throttle.hasSucceeded else { return failure }
    switch error.kind {
    case .malformedAnswer, .transport: return .cannotConnect
    case .service, .credentials, .stopped: return failure
    }
  }

  private static func standInCode(for status: Int) -> String? {
    switch status {
    case 301: "PermanentRedirect"
    case 400: "BadRequest"
    case 403: "AccessDenied"
    case 404: "NotFound"
    case 412: "PreconditionFailed"
    case 503: "ServiceUnavailable"
    default: nil
    }
  }
}

internal import NIOHTTP1
internal import AWSKit

/// Amazon S3, and S3 Control's operations for Block Public Access and Batch Operations. One a sandbox; not thread-safe.
final class S3Service {
  let state: SandboxState
  private var verifier = SignatureVerifier(service: "s3")
  /// Of the request that is being answered; nil until it is known.
  private var caller: Caller?
  /// Of the same request's answer, if it is an error.
  private(set) var errorCode: String?
  /// The same in all parts of an answer.
  private(set) var requestID = ""
  /// The header `Date` of answers, and the second that it tells.
  private var date = (second: 0, text: "")
  /// The server that answers, as `x-amz-id-2` and `HostId` name it.
  private let hostID: String

  init(state: SandboxState) {
    self.state = state
    hostID = state.newID(length: 75) + "="
  }

  /// Answers one request, with the faults that were asked for.
  func deliver(_ request: SandboxRequest) -> Delivery {
    var delivery: Delivery
    var parsed: S3Request?
    begin()
    do throws(ServiceError) {
      if request.method == "OPTIONS" {
        delivery = Delivery(response: try preflight(request))
        finish(&delivery.response)
        return delivery
      }
      let wanted = try S3Request(request)
      parsed = wanted
      delivery = state.deliver(
        wanted.operation.name, isWrite: wanted.operation.isWrite,
        bucket: wanted.bucketName.isEmpty ? nil : wanted.bucketName, key: wanted.key.bytes.isEmpty ? nil : wanted.key,
        failure: { errorResponse($0, to: request) },
        perform: { () throws(ServiceError) in try perform(wanted) })
      addCORS(to: &delivery.response, for: wanted)
    } catch {
      delivery = Delivery(response: errorResponse(error, to: request))
    }
    finish(&delivery.response)
    log(request, as: parsed, caller, delivery.response)
    return delivery
  }

  /// Answers a request of another service that acts for a role, with the faults that were asked for.
  func deliver(_ request: SandboxRequest, as caller: Caller) -> Delivery {
    var delivery: Delivery
    begin()
    self.caller = caller
    do throws(ServiceError) {
      let wanted = try S3Request(request)
      delivery = state.deliver(
        wanted.operation.name, isWrite: wanted.operation.isWrite, bucket: wanted.bucketName, key: wanted.key,
        failure: { errorResponse($0, to: request) },
        perform: { () throws(ServiceError) in
          try perform(S3Call(wanted, caller: caller, body: request.body, now: .now()))
        })
    } catch {
      delivery = Delivery(response: errorResponse(error, to: request))
    }
    finish(&delivery.response)
    log(request, caller, delivery.response)
    return delivery
  }

  /// Answers a request of somebody who need not sign: of the program itself, and of CloudFront.
  func answer(_ request: SandboxRequest, as caller: Caller) -> SandboxResponse {
    var response: SandboxResponse
    begin()
    self.caller = caller
    do throws(ServiceError) {
      let wanted = try S3Request(request)
      do throws(ServiceError) {
        response = try perform(S3Call(wanted, caller: caller, body: request.body, now: .now()))
      } catch {
        response = errorResponse(error, to: request)
      }
      addCORS(to: &response, for: wanted)
    } catch {
      response = errorResponse(error, to: request)
    }
    finish(&response)
    log(request, caller, response)
    return response
  }

  /// Forgets the request before.
  func begin() {
    caller = nil
    errorCode = nil
    requestID = state.newRequestID()
  }

  /// The answer to a request that waits to be asked for its body (`Expect: 100-continue`), if it is refused without it:
  /// nil where the body is wanted (API Reference: PutObject; User Guide: "Prepare your application to use 100-continue").
  func refusal(_ request: SandboxRequest) -> Delivery? {
    // Without its hash, the body must be complete before it is known what is signed.
    guard
      request[header: "authorization"] == nil ? request.query.isEmpty : request[header: "x-amz-content-sha256"] != nil
    else { return nil }
    begin()
    do throws(ServiceError) {
      let wanted = try S3Request(request)
      let now = Timestamp.now()
      let verified = try verifier.verify(request, accounts: state.accounts, now: now, bodyFollows: true)
      caller = verified.caller
      if let region = verified.region { try check(region: region, verified.method, for: wanted) }
      try checkRightToWrite(S3Call(wanted, verified, now: now))
      return nil
    } catch {
      var delivery = Delivery(response: errorResponse(error, to: request))
      finish(&delivery.response)
      log(request, caller, delivery.response)
      return delivery
    }
  }

  /// What is known of an upload before its content is.
  private func checkRightToWrite(_ call: S3Call) throws(ServiceError) {
    try call.operation.members.check(call.request)
    let action: IAMAction
    switch call.operation.work {
    case .onKey(let name, _): action = name
    case .onUpload(let name, _): action = name
    default: return
    }
    let bucket = try bucket(of: call)
    let access = authorizer(call, bucket)
    var owner: CanonicalID?
    if case .onKey = call.operation.work { owner = bucket.newest(call.key)?.owner }
    guard access.allowsOnKey(action.name, call.key, over: owner) else {
      throw access.refusal(action.name, access.resource(call.key))
    }
    if case .onUpload = call.operation.work { _ = try existingUpload(call, bucket) }
  }

  private func perform(_ request: S3Request) throws(ServiceError) -> SandboxResponse {
    let now = Timestamp.now()
    let verified = try verifier.verify(request.http, accounts: state.accounts, now: now)
    caller = verified.caller
    if let region = verified.region { try check(region: region, verified.method, for: request) }
    if verified.method == .oldQuery {
      let region = state.buckets[request.bucketName]?.region ?? "us-east-1"
      guard OldQuerySignature.regions.contains(region) else { throw OldQuerySignature.unsupported }
    }
    let call = S3Call(request, verified, now: now)
    var response = try perform(call)
    if let bucket = state.buckets[call.bucketName], bucket.payer == .requester,
      !call.caller.isOf(bucket.owner.canonicalID)
    {
      response.headers.add(name: "x-amz-request-charged", value: "requester")
    }
    return response
  }

  /// A request must be signed for its bucket's region; S3 says which one that is.
  private func check(
    region: String, _ method: SignatureVerifier.Method, for request: S3Request
  ) throws(ServiceError) {
    // A bucket that does not exist yet has none.
    if case .forAccount = request.operation.work { return }
    guard let bucket = state.buckets[request.bucketName], region != bucket.region else { return }
    guard method == .header else {
      throw PresignedQuery.refusal(
        "Error parsing the X-Amz-Credential parameter; the region '\(region)' is wrong; expecting '\(bucket.region)'",
        details: [("Region", bucket.region)])
    }
    throw ServiceError(
      400, "AuthorizationHeaderMalformed",
      "The authorization header is malformed; the region '\(region)' is wrong; expecting '\(bucket.region)'",
      details: [("Region", bucket.region)], headers: ["x-amz-bucket-region": bucket.region])
  }

  func errorResponse(_ error: ServiceError, to request: SandboxRequest) -> SandboxResponse {
    errorCode = error.code
    func write(_ writer: inout DocumentWriter) {
      writer.element("Code", text: error.code)
      writer.element("Message", text: error.message)
      for (name, value) in error.details { writer.element(name, text: value) }
    }
    func writeIDs(_ writer: inout DocumentWriter) {
      writer.element("RequestId", text: requestID)
      writer.element("HostId", text: hostID)
    }
    var response: SandboxResponse
    if request.method == "HEAD" {
      response = SandboxResponse(error.status)
    } else if request.isForControl {
      // Of S3 Control, an error stands in an element of its own, as in AWS's other XML services.
      response = .xml("ErrorResponse", status: error.status, attributes: Self.controlNamespace) { writer in
        writer.element("Error") { write(&$0) }
        writeIDs(&writer)
      }
    } else {
      response = .xml("Error", status: error.status) { writer in
        write(&writer)
        writeIDs(&writer)
      }
    }
    for (name, value) in error.headers { response.headers.add(name: name, value: value) }
    return response
  }

  func finish(_ response: inout SandboxResponse) {
    guard !response.isOfProxy else { return }
    if requestID.isEmpty { requestID = state.newRequestID() }
    response.headers.add(name: "x-amz-id-2", value: hostID)
    response.headers.add(name: "x-amz-request-id", value: requestID)
    let now = Timestamp.now()
    if now.seconds != date.second { date = (now.seconds, now.httpDate) }
    response.headers.add(name: "Date", value: date.text)
    // As Amazon S3 names itself: by this header clients tell whether the origin or the edge has answered.
    response.headers.add(name: "Server", value: "AmazonS3")
  }

  // MARK: Operations

  /// Finds what the operation is about, checks the right that it needs, and has its handler do it.
  private func perform(_ call: S3Call) throws(ServiceError) -> SandboxResponse {
    try call.operation.members.check(call.request)
    if let version = call.versionID { try Self.check(versionID: version) }
    switch call.operation.work {
    case .forAccount(let handler):
      guard let account = call.caller.account,
        call.operation.subject != .account || call.header("x-amz-account-id") == account.accountID
      else { throw .accessDenied }
      return try handler(self)(call, account)
    case .onBucket(let action, let permission, let handler):
      let bucket = try bucket(of: call)
      let access = authorizer(call, bucket)
      guard access.allowsOnBucket(action.name, permission: permission) else {
        // Without a body, a HEAD has no other way to say where the bucket is.
        throw call.operation.method == "HEAD"
          ? ServiceError(403, "AccessDenied", "Access Denied", headers: ["x-amz-bucket-region": bucket.region])
          : access.refusal(action.name, access.bucketResource)
      }
      if call.operation.isWrite { try verifyDigest(call) }
      return try handler(self)(call, bucket)
    case .onObject(let action, let permission, let precondition, let handler):
      let bucket = try bucket(of: call)
      try precondition?(bucket)
      let method = call.operation.method
      let object = try existingObject(
        call.key, versionID: call.versionID, bucket, authorizer(call, bucket), action, permission,
        change: method == "PUT" || method == "DELETE" || call.operation.subresource == "tagging" ? method : nil)
      if call.operation.isWrite { try verifyDigest(call) }
      return try handler(self)(call, bucket, object)
    case .onKey(let action, let handler):
      let bucket = try bucket(of: call)
      let owner = bucket.newest(call.key)?.owner
      let access = authorizer(call, bucket)
      guard access.allowsOnKey(action.name, call.key, over: owner) else {
        throw access.refusal(action.name, access.resource(call.key))
      }
      return try handler(self)(call, bucket)
    case .onUpload(let action, let handler):
      let bucket = try bucket(of: call)
      let access = authorizer(call, bucket)
      guard access.allowsOnKey(action.name, call.key) else {
        throw access.refusal(action.name, access.resource(call.key))
      }
      if let answer = repeatedCompletion(call, bucket) { return answer }
      return try handler(self)(call, bucket, existingUpload(call, bucket))
    case .onDeletion(let action, let handler):
      return try handler(self)(call, bucket(of: call), action)
    }
  }

  private static func check(versionID: String) throws(ServiceError) {
    guard !versionID.isEmpty else {
      throw .invalidArgument("Version id cannot be the empty string", "versionId", value: versionID)
    }
    guard SandboxBucket.isValid(versionID: versionID) else {
      throw .invalidArgument("Invalid version id specified", "versionId", value: versionID.xmlSafe)
    }
  }

  private func bucket(of call: S3Call) throws(ServiceError) -> SandboxBucket {
    let bucket = try existingBucket(call.bucketName, expectedOwner: call.header("x-amz-expected-bucket-owner"))
    try checkPayer(call, bucket)
    return bucket
  }

  /// Whoever is to pay has to say so, and to be known (User Guide: "Using Requester Pays general purpose buckets").
  func checkPayer(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) {
    guard bucket.payer == .requester, !call.caller.isOf(bucket.owner.canonicalID) else { return }
    guard call.caller.canonicalID != Caller.anonymousID, call.header("x-amz-request-payer") == "requester" else {
      throw .accessDenied
    }
  }

  /// - Parameter expectedOwner: the account ID that a request demands of the bucket's owner, if any.
  func existingBucket(_ name: String, expectedOwner: String?) throws(ServiceError) -> SandboxBucket {
    guard let bucket = state.buckets[name] else {
      throw ServiceError(404, "NoSuchBucket", "The specified bucket does not exist", details: [("BucketName", name)])
    }
    guard let expectedOwner, expectedOwner != bucket.owner.accountID else { return bucket }
    guard expectedOwner.utf8.count == 12, expectedOwner.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else {
      throw ServiceError(
        400, "InvalidBucketOwnerAWSAccountID",
        "The value of the expected bucket owner parameter must be an AWS Account ID... [\(expectedOwner.xmlSafe)]")
    }
    throw .accessDenied
  }

  func authorizer(_ call: S3Call, _ bucket: SandboxBucket) -> Authorizer {
    Authorizer(bucket: state.access(to: bucket), context: context(call, bucket))
  }

  /// What the conditions of a bucket policy can ask of a request.
  func context(_ call: S3Call, _ bucket: SandboxBucket) -> RequestContext {
    var context = RequestContext(call.caller)
    context.resourceOrganizationID = bucket.owner.organizationID
    // Most buckets have no policy that could ask.
    guard bucket.policy != nil else { return context }
    context.now = call.now
    context.sourceIP = call.request.sourceIP
    context.referer = call.header("referer")
    context.userAgent = call.header("user-agent")
    context.resourceAccountID = bucket.owner.accountID
    if bucket.hasABAC { context.bucketTags = bucket.tags }
    addRequestValues(of: call, bucket, to: &context)
    return context
  }
}
